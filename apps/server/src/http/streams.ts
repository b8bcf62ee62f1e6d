import { Readable } from 'node:stream';
import type { LiveEvent } from '@postrider/contract';
import type { Response } from 'express';
import { tooManyStreams } from '../errors.js';
import type { Caller } from '../handlers.js';

/** Streams that one session, or one key, may have open in this process. */
export const STREAMS_OF_CALLER = 10;
/** A connection on which nothing can be sent for so long is cut, in ms: the longest silence is a quarter of it. */
const STUCK_MS = 60_000;
/** When a reader comes back after a break, in ms. */
const RETRY_MS = 1_000;

/** The streams of one process: how many there are, and that they end with it. */
export class Streams {
  readonly #most: number;
  readonly #byCaller = new Map<string, number>();
  readonly #open = new Set<AbortController>();
  #closed = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Ends all, and lets none begin any more. */
  close(): void {
    this.#closed = true;
    for (const one of this.#open) one.abort();
  }

  /** A signal for a response: aborts when the reader is gone, or when the process stops. */
  connect(response: Response): AbortController {
    const ended = new AbortController();
    response.once('close', () => ended.abort());
    if (this.#closed || response.destroyed) ended.abort();
    return ended;
  }

  /**
   * Takes a place for the stream and makes its body, which is read as fast as the reader does.
   *
   * @throws AppError 429 when there are too many, of the caller or in all
   */
  begin(
    response: Response,
    ended: AbortController,
    caller: Caller,
    events: AsyncIterable<LiveEvent>,
  ): Readable {
    if (response.req.method === 'HEAD') {
      writeHead(response);
      return Readable.from([]);
    }
    const name = caller.kind === 'session' ? caller.session.id : caller.keyId;
    const own = this.#byCaller.get(name) ?? 0;
    if (own >= STREAMS_OF_CALLER || this.#open.size >= this.#most) throw tooManyStreams();
    this.#byCaller.set(name, own + 1);
    this.#open.add(ended);
    const leave = () => {
      if (!this.#open.delete(ended)) return;
      const left = (this.#byCaller.get(name) ?? 1) - 1;
      if (left > 0) this.#byCaller.set(name, left);
      else this.#byCaller.delete(name);
    };
    ended.signal.addEventListener('abort', leave, { once: true });
    if (ended.signal.aborted) leave();
    writeHead(response);
    const body = Readable.from(toText(events), { objectMode: false, highWaterMark: 16_384 });
    body.once('error', () => response.destroy());
    ended.signal.addEventListener('abort', () => body.destroy(), { once: true });
    response.once('finish', () => ended.abort());
    body.once('close', () => response.end());
    return body;
  }
}

function writeHead(response: Response): void {
  response.setHeader('content-type', 'text/event-stream; charset=utf-8');
  response.setHeader('cache-control', 'no-store, no-transform');
  // nginx gathers answers unless it is told not to.
  response.setHeader('x-accel-buffering', 'no');
  // The connection is done with the stream: a server that stops need not wait for it.
  response.setHeader('connection', 'close');
  response.flushHeaders();
  response.setTimeout(STUCK_MS, () => response.destroy());
}

async function* toText(events: AsyncIterable<LiveEvent>): AsyncGenerator<string> {
  yield `retry: ${RETRY_MS}\n\n`;
  for await (const event of events) yield writeEvent(event);
}

/** JSON has no line breaks, so each event is one line of data. */
const writeEvent = ({ event, id, data }: LiveEvent): string =>
  `${event === 'position' ? ': still here\n' : ''}event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
