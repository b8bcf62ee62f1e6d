import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds that histograms tell apart: from a millisecond to the longest attempt. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Why the service disables endpoints. */
const DISABLED_BY_SERVICE = ['failing', 'gone', 'asked'];

/** What one process counts, for Prometheus. Names and labels are part of what operators rely on. */
export interface Metrics {
  readonly registry: Registry;
  readonly messagesAccepted: Counter;
  readonly attempts: Counter<'outcome'>;
  readonly deliveriesRetried: Counter;
  readonly deliveriesExhausted: Counter;
  readonly deliveriesCanceled: Counter;
  readonly endpointsDisabled: Counter<'reason'>;
  readonly backgroundTasks: Counter<'task' | 'outcome'>;
  readonly operationalEvents: Counter<'type'>;
  readonly workersTakenOver: Counter;
  readonly attemptSeconds: Histogram;
  readonly firstAttemptSeconds: Histogram;
  readonly requestSeconds: Histogram<'method' | 'status'>;
}

/** What is asked for at the moment somebody reads the metrics. */
export interface LiveFigures {
  inFlight(): number;
  streams(): number;
  pools(): Record<string, { total: number; idle: number; waiting: number }>;
  queue(): Promise<{ depth: number; ageSeconds: number }>;
  /** Whether this process takes deliveries; undefined where it is not to. */
  readonly takesWork: (() => boolean) | undefined;
  /** Bytes free for the embedded database; undefined where the data is elsewhere. */
  readonly freeBytes: (() => Promise<number>) | undefined;
}

/** Makes the counters of one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter<L>({ name: `postrider_${name}`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Histogram<L>({ name: `postrider_${name}`, help, labelNames, registers, buckets: BUCKETS });
  return {
    registry,
    messagesAccepted: counter('messages_accepted_total', 'Messages stored and answered with 202'),
    attempts: counter('attempts_total', 'Requests made to endpoints, by outcome', ['outcome']),
    deliveriesRetried: counter(
      'deliveries_retried_total',
      'Failed attempts that will be followed by another',
    ),
    deliveriesExhausted: counter('deliveries_exhausted_total', 'Deliveries whose retry schedule was used up'),
    deliveriesCanceled: counter('deliveries_canceled_total', 'Deliveries closed because their endpoint was'),
    endpointsDisabled: counter('endpoints_disabled_total', 'Endpoints disabled by the service', ['reason']),
    backgroundTasks: counter('background_tasks_total', 'Background tasks that were started and that ended', [
      'task',
      'outcome',
    ]),
    operationalEvents: counter('operational_events_total', 'Operational events stored for whoever listens', [
      'type',
    ]),
    workersTakenOver: counter('workers_taken_over_total', 'Dead processes whose work this one took over'),
    attemptSeconds: histogram(
      'attempt_duration_seconds',
      'From the start of an attempt to the head of its answer',
    ),
    firstAttemptSeconds: histogram(
      'first_attempt_delay_seconds',
      'From the acceptance of a message to the start of its first attempt at an endpoint',
    ),
    requestSeconds: histogram('http_request_duration_seconds', 'Requests to the API', ['method', 'status']),
  };
}

/**
 * Writes down the zeros of counters whose first count matters: what appears with a one has not increased, as Prometheus
 * sees it.
 *
 * @param tasks kinds of background tasks
 */
export function beginAtZero(metrics: Metrics, tasks: readonly string[]): void {
  for (const outcome of ['success', 'failure']) metrics.attempts.inc({ outcome }, 0);
  for (const reason of DISABLED_BY_SERVICE) metrics.endpointsDisabled.inc({ reason }, 0);
  for (const task of tasks) {
    for (const outcome of ['started', 'finished', 'failed'])
      metrics.backgroundTasks.inc({ task, outcome }, 0);
  }
}

/** Adds what is asked for at reading time, and the figures of the process itself. */
export function observeLive({ registry }: Metrics, live: LiveFigures): void {
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'postrider_deliveries_in_flight',
    help: 'Requests to endpoints under way',
    registers,
    collect() {
      this.set(live.inFlight());
    },
  });
  new Gauge({
    name: 'postrider_live_streams',
    help: 'Live streams that are open',
    registers,
    collect() {
      this.set(live.streams());
    },
  });
  new Gauge({
    name: 'postrider_database_connections',
    help: 'Connections of each pool by state; waiting are callers without one',
    labelNames: ['pool', 'state'] as const,
    registers,
    collect() {
      for (const [pool, { total, idle, waiting }] of Object.entries(live.pools())) {
        this.set({ pool, state: 'idle' }, idle);
        this.set({ pool, state: 'busy' }, total - idle);
        this.set({ pool, state: 'waiting' }, waiting);
      }
    },
  });
  observeWhereItApplies(registry, live);
  const age = new Gauge({
    name: 'postrider_queue_age_seconds',
    help: 'For how long the oldest due delivery has waited; up to 5 seconds old',
    registers,
  });
  new Gauge({
    name: 'postrider_queue_depth',
    help: 'Deliveries that wait, now or for a later retry; counted to 100000, up to 5 seconds old',
    registers,
    async collect() {
      const { depth, ageSeconds } = await live.queue();
      this.set(depth);
      age.set(ageSeconds);
    },
  });
}

/** A gauge without a value says 0 to Prometheus, so these are only there where they have one. */
function observeWhereItApplies(registry: Registry, { takesWork, freeBytes }: LiveFigures): void {
  const registers = [registry];
  if (takesWork) {
    new Gauge({
      name: 'postrider_worker_registered',
      help: 'Whether this process takes deliveries: 1, or 0 while it does not hold its lock',
      registers,
      collect() {
        this.set(takesWork() ? 1 : 0);
      },
    });
  }
  if (freeBytes) {
    new Gauge({
      name: 'postrider_data_directory_free_bytes',
      help: 'Room that is left for the embedded database',
      registers,
      async collect() {
        this.set(await freeBytes());
      },
    });
  }
}
