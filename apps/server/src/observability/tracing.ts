import type { Logger } from './logger.js';

/** What spans may say of themselves: ids, names and numbers; never a token, a payload, a header's value or an address. */
export type SpanFields = Readonly<Record<string, string | number | boolean>>;

/** Something that takes time, as traces show it. */
export interface Span {
  /** Its place in the trace, as the header `traceparent` (W3C Trace Context) has it. */
  readonly traceParent: string;
  /** Ends it; `failure` is a short name of what went wrong. */
  end(fields: SpanFields, failure?: string): void;
}

/** Makes spans. Undefined in the context while tracing is off, so that it costs nothing then. */
export interface Tracing {
  /** Begins to accept a message, under the span of the caller where it sends a valid one. */
  startAccept(caller: string | undefined): Span;
  /** Begins a request to an endpoint, under the span that accepted the message, where that was traced. */
  startAttempt(accept: string | null): Span;
  /** Sends what is not sent yet, and ends. Never rejects. */
  close(): Promise<void>;
}

/** Where spans go. */
export interface TracingConfig {
  /** Address of a collector that takes OTLP over HTTP. */
  readonly url: string;
}

/** Loads what makes spans, which nobody pays for who does not want them. */
export async function openTracing(
  config: TracingConfig | undefined,
  log: Logger,
): Promise<Tracing | undefined> {
  if (!config) return undefined;
  const { createTracing } = await import('./open-telemetry.js');
  return createTracing(config, log);
}
