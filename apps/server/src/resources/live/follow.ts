import type { LiveEvent, LiveEventName } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import { AppError } from '../../errors.js';
import type { Connection } from '../../handlers.js';
import { endId, startId } from '../../ids.js';
import { currentSnapshot, type News, type NewsWindow } from '../../storage/live.js';
import { type Mark, type Place, writePlace } from './place.js';

/** Shortest time between two looks, in ms; it is also how long a session that was ended may read on. */
const LOOK_MS = 1_000;
/** A look may take one part in so many of a stream's time: what is busy is looked at more rarely. */
const SHARE = 20;
/** Longest silence: something is said, so that proxies do not take the connection for dead. In ms. */
const BEAT_MS = 15_000;
/** Rows of one look. */
const PORTION = 100;
/** How far back a place may lie that is gone on from, in ms; what is older has the list. */
const REACH_MS = 3_600_000;
/** How far ahead of our clock ids may be, in ms. */
const AHEAD_MS = 3_600_000;

/** A list that is followed. */
export interface Source<Row extends { readonly id: string }> {
  readonly event: Extract<LiveEventName, 'message' | 'attempt'>;
  /** What its ids start with. */
  readonly prefix: string;
  /** How long after the time of its id a row may be committed, in ms. */
  readonly delayMs: number;
  /** @throws AppError 404 when what is followed is gone */
  read(window: NewsWindow): Promise<News<Row>>;
  present(rows: readonly Row[]): Promise<readonly unknown[]>;
}

/** What is new between a place and the next. */
interface Look {
  readonly events: readonly LiveEvent[];
  readonly place: Place;
  readonly more: boolean;
}

/**
 * What comes anew to a list, from a place on or from now on, until the connection ends. Nobody tells a stream: it looks
 * by itself, once a second, so that those who write need not know of it, whichever process they are. With each look it
 * is asked anew whether the caller may read this.
 */
export async function* follow<Row extends { readonly id: string }>(
  ctx: RequestContext,
  connection: Connection,
  source: Source<Row>,
  from: Place | undefined,
): AsyncGenerator<LiveEvent> {
  const { clock } = ctx;
  let place = from ?? (await here(ctx));
  let saidAt = clock.now().getTime();
  yield say('open', place, { resumed: from !== undefined });
  while (!connection.signal.aborted) {
    const begin = clock.now().getTime();
    const found = await attemptLook(ctx, connection, source, place);
    if (found === 'failed') return;
    yield* found.events;
    place = found.place;
    const now = clock.now().getTime();
    if (found.events.length > 0) saidAt = now;
    if (found.events.some(({ event }) => event === 'end')) return;
    if (found.more) continue;
    if (now - saidAt >= BEAT_MS) {
      yield say('position', place, {});
      saidAt = now;
    }
    await clock.wait(Math.max(LOOK_MS, (now - begin) * SHARE), connection.signal);
  }
}

const say = (event: LiveEventName, place: Place, data: unknown): LiveEvent => ({
  event,
  id: writePlace(place),
  data,
});

async function here({ clock, database }: RequestContext): Promise<Place> {
  const at = clock.now();
  return { since: { at, ...(await currentSnapshot(database.kysely)) } };
}

/** One look, whose failure ends the stream: the caller comes back with its place. */
async function attemptLook<Row extends { readonly id: string }>(
  ctx: RequestContext,
  connection: Connection,
  source: Source<Row>,
  place: Place,
): Promise<Look | 'failed'> {
  try {
    await connection.check();
    return await look(ctx, source, place);
  } catch (error) {
    if (error instanceof AppError && error.status < 500) {
      const { status, code, message: detail } = error;
      return { events: [{ event: 'end', data: { status, code, detail } }], place, more: false };
    }
    ctx.log.warn({ err: error }, 'a live stream could not go on');
    return 'failed';
  }
}

async function look<Row extends { readonly id: string }>(
  ctx: RequestContext,
  source: Source<Row>,
  place: Place,
): Promise<Look> {
  const now = ctx.clock.now();
  const { since, until } = place;
  const isOld = since.at.getTime() < now.getTime() - REACH_MS;
  const news = isOld
    ? { rows: [], more: false, at: await currentSnapshot(ctx.database.kysely) }
    : await source.read({
        since,
        until,
        over: place.over ?? startId(source.prefix, new Date(since.at.getTime() - source.delayMs)),
        under: endId(source.prefix, new Date(now.getTime() + AHEAD_MS)),
        limit: PORTION,
      });
  const seen: Mark = { at: now, ...news.at };
  // A place of another database, or of this one before it was put back to an older state.
  if (isOld || since.xmax > seen.xmax) {
    const restart = { since: seen };
    return { events: [say('restart', restart, {})], place: restart, more: false };
  }
  const end = until ?? seen;
  const items = await source.present(news.rows);
  const events = news.rows.map((row, index) =>
    say(source.event, { since, until: end, over: row.id }, items[index]),
  );
  const last = news.rows.at(-1);
  const next: Place = news.more && last ? { since, until: end, over: last.id } : { since: end };
  return { events, place: next, more: news.more };
}
