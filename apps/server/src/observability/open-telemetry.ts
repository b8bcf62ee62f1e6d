import {
  type Context as OtelContext,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type TextMapSetter,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import { VERSION } from '../version.js';
import type { Logger } from './logger.js';
import type { Span, SpanFields, Tracing, TracingConfig } from './tracing.js';

/** How long a stop waits for the last spans to be taken, in ms. */
const CLOSE_MS = 5_000;

const propagator = new W3CTraceContextPropagator();
const reader = {
  get: (carrier: Record<string, string>, key: string) => carrier[key],
  keys: (carrier: Record<string, string>) => Object.keys(carrier),
};
const writer: TextMapSetter<Record<string, string>> = {
  set: (carrier, key, value) => {
    carrier[key] = value;
  },
};

/** The context that a `traceparent` stands for; the root for none, and for one that is wrong. */
const contextOf = (traceparent: string | null | undefined): OtelContext =>
  traceparent ? propagator.extract(ROOT_CONTEXT, { traceparent }, reader) : ROOT_CONTEXT;

function start(tracer: Tracer, name: string, kind: SpanKind, parent: OtelContext): Span {
  const span = tracer.startSpan(name, { kind }, parent);
  const headers: Record<string, string> = {};
  propagator.inject(trace.setSpan(ROOT_CONTEXT, span), headers, writer);
  return {
    traceParent: headers['traceparent'] ?? '',
    end: (fields, failure) => finish(span, fields, failure),
  };
}

function finish(span: OtelSpan, fields: SpanFields, failure: string | undefined): void {
  span.setAttributes(fields);
  if (failure !== undefined) {
    span.setAttribute('error.type', failure);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/** Says in the log when spans are not taken any more, and when they are again. */
class ReportingExporter implements SpanExporter {
  readonly #inner: SpanExporter;
  readonly #log: Logger;
  #fails = false;

  constructor(inner: SpanExporter, log: Logger) {
    this.#inner = inner;
    this.#log = log;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#inner.export(spans, (result) => {
      const fails = result.code !== ExportResultCode.SUCCESS;
      // Not the error itself: it may hold what the collector answered, and headers with its key.
      if (fails && !this.#fails) this.#log.warn({ event: 'tracing.failed' }, 'the collector takes no spans');
      if (!fails && this.#fails)
        this.#log.info({ event: 'tracing.works' }, 'the collector takes spans again');
      this.#fails = fails;
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown();
  }

  forceFlush(): Promise<void> {
    return this.#inner.forceFlush?.() ?? Promise.resolve();
  }
}

/**
 * Spans by OpenTelemetry, sent in batches over OTLP. What is not ours to name is set by its standard variables, which
 * its packages read themselves: `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_TRACES_SAMPLER`, `OTEL_BSP_…`, `OTEL_SERVICE_NAME`.
 */
export function createTracing({ url }: TracingConfig, log: Logger): Tracing {
  const own = resourceFromAttributes({ 'service.name': 'postrider', 'service.version': VERSION });
  const provider = new BasicTracerProvider({
    resource: own.merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new ReportingExporter(new OTLPTraceExporter({ url }), log))],
  });
  const tracer = provider.getTracer('postrider', VERSION);
  return {
    startAccept: (caller) => start(tracer, 'accept message', SpanKind.SERVER, contextOf(caller)),
    startAttempt: (accept) => start(tracer, 'attempt delivery', SpanKind.CLIENT, contextOf(accept)),
    close: async () => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_MS);
      });
      await Promise.race([provider.shutdown().catch(() => {}), late]);
      clearTimeout(timer);
    },
  };
}
