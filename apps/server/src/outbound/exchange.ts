import { isUtf8 } from 'node:buffer';
import type { Dispatcher } from 'undici';
import { describeError, errorCode, type FailureText, TIMED_OUT } from './failure.js';
import type { HeaderPair } from './target.js';

/** The receiver answered. `body` is text, or base64 where it is no text. */
export interface Answer {
  readonly kind: 'response';
  readonly statusCode: number;
  readonly headers: readonly HeaderPair[];
  readonly body: string;
  /** Whole milliseconds from the start to the head of the answer. */
  readonly durationMs: number;
}

/** There was no answer. `message` is for people and holds no secret. */
export interface Failure extends FailureText {
  readonly kind: 'failure';
  /** Whole milliseconds from the start to the error. */
  readonly durationMs: number;
}

/** What came of a request. Never an exception. */
export type SendResult = Answer | Failure;

/** What an exchange needs of the sender that runs it. */
export interface ExchangeSettings {
  readonly agent: Dispatcher;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  /** Is a connection being handed over at this moment, so that a request that starts now is its first? */
  readonly isConnectionNew: () => boolean;
}

/** A broken connection is retried at once only this soon after the start; later the receiver was likely at work. */
const RETRY_WITHIN_MS = 1000;

/** Codes of a connection that was closed under a request. */
const CLOSED_UNDER_US = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** Reason for cutting an exchange. Made once: an error with its stack for each would be dear. */
const CUT = new Error('the exchange is over');

/**
 * One request and its answer, as undici's handler. Over at the latest when the time is up:
 *
 * - without a head of an answer it is a failure;
 * - with one it is an answer, and its body is what has come until then: until its end, the limit, the timeout or a break.
 *   The rest of a body over the limit is not read; that costs the connection.
 *
 * A request on a connection that had been used before, and that breaks before anything of an answer, is sent again once
 * without waiting: the receiver closed an idle connection at the moment we wrote to it. (undici never repeats a POST itself.)
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #settings: ExchangeSettings;
  readonly #request: Dispatcher.DispatchOptions;
  readonly #settle: (result: SendResult) => void;
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #mayRetry = true;
  #isOver = false;
  #statusCode = 0;
  #durationMs = 0;
  #headers: HeaderPair[] = [];
  #chunks: Buffer[] = [];
  #size = 0;

  /** Starts at once; `settle` is called once. */
  constructor(
    settings: ExchangeSettings,
    request: Dispatcher.DispatchOptions,
    settle: (result: SendResult) => void,
  ) {
    this.#settings = settings;
    this.#request = request;
    this.#settle = settle;
    this.#timer = setTimeout(endByTimeout, settings.timeoutMs, this);
    settings.agent.dispatch(request, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#isOver) {
      controller.abort(CUT);
      return;
    }
    this.#controller = controller;
    if (this.#settings.isConnectionNew()) this.#mayRetry = false;
  }

  /** Called at the first byte of an answer, for which undici's newer interface has no name. */
  onResponseStarted(): void {
    this.#mayRetry = false;
  }

  onResponseStart(controller: Dispatcher.DispatchController, statusCode: number): void {
    if (statusCode < 200) return; // Informational: the answer is still to come.
    this.#statusCode = statusCode;
    this.#durationMs = this.#elapsedMs();
    this.#headers = pairHeaders(controller.rawHeaders);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const room = this.#settings.maxResponseBytes - this.#size;
    if (room > 0) this.#chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    this.#size += chunk.length;
    if (chunk.length > room) this.#cut();
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#isOver) return;
    if (this.#shouldRetry(error)) {
      this.#mayRetry = false;
      this.#controller = undefined;
      this.#settings.agent.dispatch(this.#request, this);
      return;
    }
    this.#end(error);
  }

  /** Ends an exchange whose time is up. */
  expire(): void {
    if (!this.#isOver) this.#cut(TIMED_OUT);
  }

  #shouldRetry(error: Error): boolean {
    return (
      this.#mayRetry &&
      this.#controller !== undefined &&
      CLOSED_UNDER_US.has(errorCode(error)) &&
      this.#elapsedMs() < RETRY_WITHIN_MS
    );
  }

  /** Ends before the receiver does, which closes the connection. */
  #cut(failure?: FailureText): void {
    this.#end(failure);
    this.#controller?.abort(CUT);
  }

  #end(failure?: FailureText | Error): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#settle(this.#statusCode === 0 && failure ? this.#fail(failure) : this.#answer());
  }

  #fail(failure: FailureText | Error): Failure {
    const text = failure instanceof Error ? describeError(failure, this.#controller !== undefined) : failure;
    return { kind: 'failure', ...text, durationMs: this.#elapsedMs() };
  }

  #answer(): Answer {
    return {
      kind: 'response',
      statusCode: this.#statusCode,
      headers: this.#headers,
      body: readableText(this.#chunks),
      durationMs: this.#durationMs,
    };
  }

  #elapsedMs(): number {
    return Math.round(performance.now() - this.#startedAt);
  }
}

// Not a closure, so that a request costs one timer and nothing more.
const endByTimeout = (exchange: Exchange): void => exchange.expire();

function pairHeaders(raw: Dispatcher.DispatchController['rawHeaders']): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  if (!Array.isArray(raw)) return pairs;
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([latin1(raw[i]), latin1(raw[i + 1])]);
  return pairs;
}

const latin1 = (part: Buffer | string | undefined): string =>
  typeof part === 'string' ? part : (part?.toString('latin1') ?? '');

/**
 * The bytes as text, or their base64 when they are not UTF-8, as when the limit splits a character (spec: wire behaviour,
 * section 7.4), or hold a NUL, which no text in PostgreSQL can.
 */
function readableText(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  if (!first) return '';
  const bytes = chunks.length === 1 ? first : Buffer.concat(chunks);
  return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString('utf8') : bytes.toString('base64');
}
