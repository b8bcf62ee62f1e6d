import {
  LIVE_EVENTS,
  LiveEndOut,
  type LiveEventName,
  MessageAttemptOut,
  MessageOut,
} from '@postrider/contract';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { z } from 'zod';
import { checkServerUrl, encodePathParameters, queryString } from './address.js';
import type { ClientOptions } from './client.js';
import { bearer } from './client.js';
import { ApiError, type CallInfo, ConnectionError } from './errors.js';
import { systemTiming, type Timing } from './timing.js';

/** What a stream tells its reader. */
export type LiveUpdate<Item> =
  /** It is open: what comes from now on is told. `resumed`: and nothing was left out since the last one. */
  | { readonly type: 'open'; readonly resumed: boolean }
  | { readonly type: 'item'; readonly item: Item }
  /** Something was left out, since the break was long: the list has it. */
  | { readonly type: 'restart' }
  /** The connection broke; it is tried again after so many milliseconds. */
  | { readonly type: 'broken'; readonly retryInMs: number };

export interface LiveInput<Params, Query> {
  readonly params: Params;
  readonly query?: Query;
  /** Ends the stream without an error. */
  readonly signal?: AbortSignal;
  /** Goes on behind this event; see `onPlace`. */
  readonly lastEventId?: string | undefined;
  /** Told the id of each event, for who wants to go on from there later. */
  readonly onPlace?: (id: string) => void;
}

/** What can be followed. */
export interface Live {
  /** New messages of an application, without their payloads. */
  messages(
    input: LiveInput<{ readonly app_id: string }, LiveFilter>,
  ): AsyncGenerator<LiveUpdate<MessageOut>, void>;
  /** New attempts of an endpoint, each with its message, without content. */
  attempts(
    input: LiveInput<
      { readonly app_id: string; readonly endpoint_id: string },
      LiveFilter & { readonly status?: number | undefined }
    >,
  ): AsyncGenerator<LiveUpdate<MessageAttemptOut>, void>;
}

export interface LiveFilter {
  readonly channel?: string | undefined;
  readonly tag?: string | undefined;
  readonly event_types?: readonly string[] | undefined;
}

/** Silence after which a connection counts as broken, in milliseconds: the server says something every 15 seconds. */
export const LIVE_SILENCE_MS = 40_000;
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;
/** Answers that another try does not change. */
const isFinal = (status: number): boolean => status < 500 && status !== 429 && status !== 408;

interface Settings {
  readonly serverUrl: string;
  readonly token: ClientOptions['token'];
  readonly fetch: typeof globalThis.fetch;
  readonly timing: Timing;
}

/**
 * Follows lists live, over server-sent events. A stream goes on over breaks, from where it stopped, for as long as its
 * reader wants. It throws ApiError once the server says that the token may not read this, or no longer.
 *
 * `retries` and `timeoutMs` have no meaning here.
 *
 * @throws TypeError for a `serverUrl` that no call could reach
 */
export function createLive(options: ClientOptions): Live {
  const settings: Settings = {
    serverUrl: checkServerUrl(options.serverUrl),
    token: options.token,
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    timing: { ...systemTiming, ...options.timing },
  };
  return {
    messages: (input) => follow(settings, '/api/v1/app/:app_id/live/msg/', 'message', MessageOut, input),
    attempts: (input) =>
      follow(
        settings,
        '/api/v1/app/:app_id/live/attempt/endpoint/:endpoint_id/',
        'attempt',
        MessageAttemptOut,
        input,
      ),
  };
}

async function* follow<Schema extends z.ZodType>(
  settings: Settings,
  path: string,
  name: LiveEventName,
  schema: Schema,
  input: LiveInput<object, object>,
): AsyncGenerator<LiveUpdate<z.output<Schema>>, void> {
  let place = input.lastEventId;
  let failures = 0;
  while (!input.signal?.aborted) {
    const connection = new Connection(settings, input.signal);
    try {
      for await (const { event, id, data } of connection.read(urlOf(settings, path, input), place)) {
        failures = 0;
        if (id !== undefined && id !== '') {
          place = id;
          input.onPlace?.(id);
        }
        if (event === name) yield { type: 'item', item: schema.parse(JSON.parse(data)) };
        else if (event === 'open') yield { type: 'open', resumed: isResumed(data) };
        else if (event === 'restart') yield { type: 'restart' };
        else if (event === 'end') throw connection.ended(data);
      }
    } catch (error) {
      if (input.signal?.aborted) return;
      if (!(error instanceof ConnectionError) && !(error instanceof ApiError && !isFinal(error.status))) {
        throw error;
      }
      connection.asked = error instanceof ApiError ? error.retryAfterMs : undefined;
    } finally {
      connection.close();
    }
    if (input.signal?.aborted) return;
    const retryInMs = waitBeforeReturn(failures, connection.asked, settings.timing);
    failures += 1;
    yield { type: 'broken', retryInMs };
    try {
      await settings.timing.delay(retryInMs, input.signal);
    } catch {
      return;
    }
  }
}

/** Half of it is chance: readers of a server that stopped must not come back together. */
function waitBeforeReturn(failures: number, asked: number | undefined, timing: Timing): number {
  const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** failures, MAX_BACKOFF_MS);
  return Math.max(Math.round(backoff * (0.5 + timing.random() / 2)), Math.min(asked ?? 0, MAX_BACKOFF_MS));
}

function urlOf({ serverUrl }: Settings, path: string, { params, query }: LiveInput<object, object>): string {
  const encoded: Record<string, unknown> = { ...encodePathParameters(path, params) };
  const filled = path.replace(/:(\w+)/g, (_all, name: string) => String(encoded[name]));
  return `${serverUrl}${filled}${queryString({ ...query })}`;
}

const isResumed = (data: string): boolean => {
  const value: unknown = JSON.parse(data);
  return typeof value === 'object' && value !== null && 'resumed' in value && value.resumed === true;
};

const isKnown = (event: string | undefined): event is LiveEventName =>
  LIVE_EVENTS.some((one) => one === event);

/** One connection of a stream. */
class Connection {
  readonly #settings: Settings;
  readonly #caller: AbortSignal | undefined;
  readonly #controller = new AbortController();
  #call: CallInfo = { method: 'GET', path: '', requestId: '' };
  #headers = new Headers();
  #cancelSilence: () => void = () => undefined;
  readonly #follow = () => this.#controller.abort();
  /** How long the server asks to stay away, in milliseconds. */
  asked: number | undefined;

  constructor(settings: Settings, caller: AbortSignal | undefined) {
    this.#settings = settings;
    this.#caller = caller;
    caller?.addEventListener('abort', this.#follow, { once: true });
  }

  /**
   * @throws ConnectionError when it broke or was silent for too long; ApiError for an answer that is no stream
   */
  async *read(
    url: string,
    place: string | undefined,
  ): AsyncGenerator<{ event: LiveEventName; id: string | undefined; data: string }> {
    const body = await this.#open(url, place);
    // What the platform types differ in does not matter here: both are streams of bytes.
    const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    const reader = events.getReader();
    try {
      for (;;) {
        this.#expectSomething();
        const { done, value } = await this.#orBroken(reader.read());
        if (done) return;
        if (isKnown(value.event)) yield { event: value.event, id: value.id, data: value.data };
      }
    } finally {
      this.close();
      reader.releaseLock();
    }
  }

  close(): void {
    this.#cancelSilence();
    this.#caller?.removeEventListener('abort', this.#follow);
    this.#controller.abort();
  }

  /** The error of an `end` event: as if the stream was asked for now. */
  ended(data: string): ApiError {
    const { status, code, detail } = LiveEndOut.parse(JSON.parse(data));
    return new ApiError({ call: this.#call, status, headers: this.#headers, body: { code, detail } });
  }

  async #open(url: string, place: string | undefined): Promise<ReadableStream<BufferSource>> {
    const authorization = await bearer(this.#settings.token);
    this.#call = { ...this.#call, path: new URL(url, 'http://same.origin').pathname };
    this.#expectSomething();
    const response = await this.#orBroken(
      this.#settings.fetch(url, {
        headers: {
          accept: 'text/event-stream',
          ...(authorization === undefined ? {} : { authorization }),
          ...(place === undefined ? {} : { 'last-event-id': place }),
        },
        redirect: 'manual',
        cache: 'no-store',
        signal: this.#controller.signal,
      }),
    );
    this.#headers = response.headers;
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    if (response.ok && isStream && response.body) return response.body;
    const text = await this.#orBroken(response.text());
    const result = {
      call: this.#call,
      status: response.status,
      headers: response.headers,
      body: parse(text),
    };
    throw new ApiError(result, response.ok ? 'the answer is no stream of events' : undefined);
  }

  #expectSomething(): void {
    this.#cancelSilence();
    this.#cancelSilence = this.#settings.timing.deadline(LIVE_SILENCE_MS, () => this.#controller.abort());
  }

  async #orBroken<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (cause) {
      throw new ConnectionError(this.#call, 1, cause);
    }
  }
}

function parse(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    return text;
  }
}
