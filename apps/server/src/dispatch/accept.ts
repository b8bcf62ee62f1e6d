import { ID_PREFIX } from '@postrider/contract';
import type { Context } from '../context.js';
import { conflict, serviceUnavailable } from '../errors.js';
import { createId } from '../ids.js';
import { events } from '../observability/events.js';
import { insertMessages, type NewDelivery, type NewMessage } from '../storage/accept.js';
import { deleteMessageKey, findMessageOfKey, type Message } from '../storage/message.js';
import type { ApplicationCache, KnownApplication, KnownEndpoint } from './application-cache.js';
import { type Batch, createBatch } from './batch.js';
import type { InFlight } from './in-flight.js';
import type { Lanes } from './lanes.js';
import { matches } from './match.js';

/** Messages that one commit stores at most. */
const MAX_BATCH = 200;
/** How often an accept is begun anew because the application changed meanwhile. */
const MAX_TRIES = 10;

/** A message as a caller sends it, checked. */
export interface MessageToAccept {
  readonly eventType: string;
  readonly eventId: string | null;
  readonly channels: readonly string[] | null;
  readonly tags: readonly string[] | null;
  /** The body byte by byte. */
  readonly payload: string;
  readonly headers: string | null;
  readonly payloadExpiresAt: Date | null;
  readonly deliverAt: Date | null;
  /** See `NewMessage.traceParent`; absent: null. */
  readonly traceParent?: string | null;
  /** See `NewMessage.idempotencyKey`. */
  readonly idempotencyKey: string | null;
  /** Why it is refused unless it repeats an earlier call: what is too late by now was in time then. */
  readonly refusal?: Error | undefined;
  /** Only this endpoint gets it, once, whatever its filters say. */
  readonly onlyEndpointId?: string;
}

/** A delivery that was born in this process: its place is taken, it is to be sent now. */
export interface Born {
  readonly message: NewMessage;
  readonly endpoint: KnownEndpoint;
  readonly manual: boolean;
}

/** What accepting needs of the dispatcher. */
export interface AcceptPort {
  readonly cache: ApplicationCache;
  readonly lanes: Lanes;
  readonly inFlight: InFlight;
  /** Number of this process; undefined when it makes no deliveries. */
  owner(): number | undefined;
  /** Sends what was born here. */
  send(born: readonly Born[]): void;
  /** Somebody has to look for deliveries that wait from `at` on. */
  wake(at: Date): void;
  /** It is not known whether these were stored: whoever can tell later puts them right. */
  doubt(messages: readonly NewMessage[]): void;
}

interface Draft {
  readonly message: NewMessage;
  readonly born: readonly Born[];
}

/** Accepts messages: stores each with its deliveries, in one commit, before it resolves. */
export class Accept {
  readonly #ctx: Context;
  readonly #port: AcceptPort;
  readonly #store: Batch<NewMessage, boolean>;
  readonly #underWay = new Map<string, Promise<Message>>();
  #lastId = 0;

  constructor(ctx: Context, port: AcceptPort) {
    this.#ctx = ctx;
    this.#port = port;
    this.#store = createBatch(MAX_BATCH, (messages) => this.#insert(messages));
  }

  /**
   * Stores a message of the application. A repeated call (same idempotency key) gives the message of the first.
   *
   * @throws the message's refusal; AppError 404 when the application is gone, 409 when the event id is taken, 503 when
   *   the database does not answer: then the message may be stored or not, and a repeated call with the same key tells
   */
  accept(environmentId: string, idOrUid: string, message: MessageToAccept): Promise<Message | undefined> {
    const key = message.idempotencyKey;
    if (key === null) return this.#acceptFresh(environmentId, idOrUid, message);
    const same = this.#underWay.get(key);
    if (same) return same;
    const call = this.#acceptFresh(environmentId, idOrUid, message).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, call as Promise<Message>);
    return call;
  }

  async #acceptFresh(
    environmentId: string,
    idOrUid: string,
    input: MessageToAccept,
  ): Promise<Message | undefined> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const application = await this.#port.cache.find(environmentId, idOrUid);
      if (!application) return undefined;
      if (input.refusal) return await this.#repeatOf(application.id, input, input.refusal);
      const draft = this.#draft(application, input);
      if (await this.#storeDraft(draft)) return toMessage(draft.message);
      const first = await this.#findFirst(application.id, input, draft.message.id);
      if (first === 'void') continue;
      if (first) return first;
      if ((await this.#refresh(application)) === 'same') throw conflict();
    }
    throw serviceUnavailable('The application is being changed. Please try again.');
  }

  /** Stores it and lets go of what was taken for it where that fails. */
  async #storeDraft(draft: Draft): Promise<boolean> {
    const { message, born } = draft;
    try {
      const stored = await this.#store(message);
      if (!stored) {
        this.#giveBack(draft);
        return false;
      }
    } catch (error) {
      for (const one of born) this.#port.lanes.release(one.endpoint.id);
      this.#port.doubt([message]);
      this.#ctx.log.error({ err: error, event: 'message.not_accepted' }, 'could not store a message');
      throw serviceUnavailable();
    }
    events.messageAccepted(this.#ctx, {
      applicationId: message.applicationId,
      messageId: message.id,
      deliveries: message.deliveries.length,
    });
    if (born.length > 0) this.#port.send(born);
    const waits = message.deliveries.flatMap((one) => (one.dueAt === null ? [] : [one.dueAt.getTime()]));
    if (waits.length > 0) this.#port.wake(new Date(Math.min(...waits)));
    return true;
  }

  #giveBack({ message, born }: Draft): void {
    for (const one of born) {
      this.#port.lanes.release(one.endpoint.id);
      this.#port.inFlight.settle(message.id);
    }
  }

  #draft(application: KnownApplication, input: MessageToAccept): Draft {
    const createdAt = this.#ctx.clock.now();
    // Ids of one process never go back, also when the clock does: see InFlight.
    this.#lastId = Math.max(this.#lastId, createdAt.getTime());
    const id = createId(ID_PREFIX.message, new Date(this.#lastId));
    const chosen =
      input.onlyEndpointId === undefined
        ? application.endpoints.filter((endpoint) => matches(endpoint, input))
        : application.endpoints.filter(
            (endpoint) => endpoint.id === input.onlyEndpointId && !endpoint.disabled,
          );
    const manual = input.onlyEndpointId !== undefined;
    const owner = this.#port.owner();
    const born: KnownEndpoint[] = [];
    const deliveries = chosen.map((endpoint): NewDelivery => {
      const now = input.deliverAt === null && !endpoint.throttled;
      if (owner !== undefined && now && this.#port.lanes.take(endpoint.id)) {
        born.push(endpoint);
        return { endpointId: endpoint.id, owner, dueAt: null, manual };
      }
      return { endpointId: endpoint.id, owner: null, dueAt: input.deliverAt ?? createdAt, manual };
    });
    if (born.length > 0) this.#port.inFlight.add(id, born.length);
    const message: NewMessage = {
      applicationId: application.id,
      revision: application.revision,
      id,
      eventType: input.eventType,
      eventId: input.eventId,
      channels: input.channels,
      tags: input.tags,
      forOne: manual,
      payload: input.payload,
      headers: input.headers,
      payloadExpiresAt: input.payloadExpiresAt,
      deliverAt: input.deliverAt,
      createdAt,
      traceParent: input.traceParent ?? null,
      idempotencyKey: input.idempotencyKey,
      deliveries,
    };
    return { message, born: born.map((endpoint) => ({ message, endpoint, manual })) };
  }

  /**
   * The message of an earlier call with this key. A key whose message was never stored is freed: its own event id was
   * taken (undefined), or an earlier call ended between two statements (`void`: the call runs anew).
   */
  async #findFirst(
    applicationId: string,
    input: MessageToAccept,
    ownId: string,
  ): Promise<Message | 'void' | undefined> {
    const key = input.idempotencyKey;
    if (key === null) return undefined;
    const held = await findMessageOfKey(this.#ctx.database.kysely, applicationId, key);
    if (!held) return undefined;
    if (held.message) return held.message;
    await deleteMessageKey(this.#ctx.database.kysely, applicationId, key, held.messageId);
    return held.messageId === ownId ? undefined : 'void';
  }

  async #repeatOf(
    applicationId: string,
    { idempotencyKey: key }: MessageToAccept,
    refusal: Error,
  ): Promise<Message> {
    const held =
      key === null ? undefined : await findMessageOfKey(this.#ctx.database.kysely, applicationId, key);
    if (held?.message) return held.message;
    throw refusal;
  }

  /** Whether the application is the same as when the draft was made; if not, it is loaded anew at the next try. */
  async #refresh(application: KnownApplication): Promise<'same' | 'changed'> {
    this.#port.cache.drop(application.id);
    const fresh = await this.#port.cache.get(application.id, application.revision);
    return fresh?.revision === application.revision ? 'same' : 'changed';
  }

  async #insert(messages: readonly NewMessage[]): Promise<boolean[]> {
    const newest = new Map<string, number>();
    for (const { applicationId, revision } of messages) {
      newest.set(applicationId, Math.max(newest.get(applicationId) ?? 0, revision));
    }
    const current = messages.filter((one) => newest.get(one.applicationId) === one.revision);
    const stored = await insertMessages(this.#ctx.database, current);
    return messages.map((one) => stored.has(one.id));
  }
}

const toMessage = (one: NewMessage): Message => ({
  application_id: one.applicationId,
  id: one.id,
  event_type: one.eventType,
  event_id: one.eventId,
  channels: one.channels as string[] | null,
  tags: one.tags as string[] | null,
  payload: one.payload,
  headers: one.headers,
  payload_expires_at: one.payloadExpiresAt,
  deliver_at: one.deliverAt,
  created_at: one.createdAt,
  trace_parent: one.traceParent,
});
