import { MAX_CHANNELS } from '@postrider/contract';
import { ConfigurationError } from './errors.js';
import type { TracingConfig } from './observability/tracing.js';

/** Where the data lives. */
export type DatabaseConfig =
  | {
      readonly kind: 'postgres';
      readonly url: string;
      /**
       * A second address of the same database, for what belongs to a connection. With it `url` may be that of a pooler
       * that gives connections to transactions; undefined: `url` keeps a connection for whoever has it.
       */
      readonly directUrl: string | undefined;
    }
  | {
      readonly kind: 'embedded';
      readonly directory: string;
      /** What an answered commit outlives: a killed process, or also a power failure. */
      readonly durability: 'process' | 'power';
    };

/** Every setting, typed; made once from the environment, passed down in the context. */
export interface Config {
  readonly listen: { readonly host: string; readonly port: number };
  /** Base of magic links, without a slash at the end. */
  readonly publicUrl: string;
  readonly database: DatabaseConfig;
  readonly databasePoolSize: number;
  /** Bootstrap key of the default environment. */
  readonly apiKey: string | undefined;
  /** 32 bytes each; the first seals, all open. Empty: the embedded database keeps one in its directory. */
  readonly encryptionKeys: readonly Buffer[];
  readonly portal: {
    /** Value of the `frame-ancestors` directive. */
    readonly frameAncestors: string;
    readonly oneTimeTokenTtlSeconds: number;
  };
  readonly dispatch: {
    /** Whether this process serves the API, makes deliveries, or both. */
    readonly role: 'all' | 'api' | 'worker';
    /** Milliseconds to wait after each failure, in turn. Empty: every message is tried once. */
    readonly retryScheduleMs: readonly number[];
    /** Milliseconds for one attempt. */
    readonly requestTimeoutMs: number;
    /** Milliseconds of failure before an endpoint is disabled. */
    readonly failureDisableAfterMs: number;
    /** Ranges that endpoints may be in although they are not public. */
    readonly allowSubnets: string;
    /** Days that messages and attempts are kept. */
    readonly retentionDays: number;
  };
  readonly signature: {
    /** Kind of the secrets that are made for endpoints. */
    readonly defaultType: 'hmac256' | 'ed25519';
    /** Whether the headers of messages are called `webhook-…` instead of `svix-…`. */
    readonly whitelabelHeaders: boolean;
  };
  readonly endpoints: {
    /** Whether endpoints must have an https address. */
    readonly httpsOnly: boolean;
  };
  readonly limits: {
    /** Requests per second and key; undefined: no limit. */
    readonly apiRequestsPerSecond: number | undefined;
    /** Failed authentications, and code exchanges, per address and minute. */
    readonly authenticationsPerMinute: number;
    /** Largest request body in bytes. */
    readonly requestBodyBytes: number;
    /** Endpoints that an application may have; undefined: any number. */
    readonly endpointsPerApplication: number | undefined;
    /** Largest payload of a message in bytes; undefined: what fits into a request. */
    readonly payloadBytes: number | undefined;
    /** Live streams that one process has open at most. */
    readonly streams: number;
    /** Channels that a message or an endpoint may have. */
    readonly channels: number;
  };
  /** Reverse proxies in front of the service whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: number;
  /** Bearer token that reading the metrics takes; undefined: none. */
  readonly metricsToken: string | undefined;
  /** Where traces go; undefined: there are none. */
  readonly tracing: TracingConfig | undefined;
  readonly logLevel: string;
  /** Seconds after SIGTERM in which calls are still taken, while `/ready` says that the process is about to stop. */
  readonly drainDelaySeconds: number;
  /** Seconds that requests under way get to finish after that. */
  readonly drainSeconds: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * Reads the configuration. A variable that is set but empty means the empty value where there is one.
 *
 * @throws ConfigurationError naming the variable that is wrong
 */
export function readConfig(environment: Environment): Config {
  const get = (name: string) => environment[`POSTRIDER_${name}`];
  const url = get('DATABASE_URL');
  const listen = parseListen(get('LISTEN') ?? '127.0.0.1:8071');
  const encryptionKeys = parseKeys(get('ENCRYPTION_KEY') ?? '');
  if (url && encryptionKeys.length === 0) {
    throw new ConfigurationError(
      'POSTRIDER_ENCRYPTION_KEY is required with POSTRIDER_DATABASE_URL: 32 bytes in base64, for example from `openssl rand -base64 32`',
    );
  }
  if (!url && get('ROLE') && get('ROLE') !== 'all') {
    throw new ConfigurationError(
      'POSTRIDER_ROLE splits the work between processes, which takes PostgreSQL: set POSTRIDER_DATABASE_URL',
    );
  }
  return {
    listen,
    publicUrl: parsePublicUrl(get('PUBLIC_URL') ?? `http://localhost:${listen.port}`),
    database: url
      ? { kind: 'postgres', url, directUrl: get('DATABASE_DIRECT_URL') || undefined }
      : {
          kind: 'embedded',
          directory: get('DATA_DIR') || '.postrider',
          durability: oneOf('DURABILITY', get('DURABILITY') || 'power', ['process', 'power']),
        },
    databasePoolSize: integer('DATABASE_POOL_SIZE', get('DATABASE_POOL_SIZE'), 10, 2, 1000),
    apiKey: parseApiKey(get('API_KEY')),
    encryptionKeys,
    portal: {
      frameAncestors: parseFrameAncestors(get('PORTAL_FRAME_ANCESTORS') || '*'),
      oneTimeTokenTtlSeconds: integer('ONE_TIME_TOKEN_TTL', get('ONE_TIME_TOKEN_TTL'), 900, 1, 604_800),
    },
    dispatch: {
      role: oneOf('ROLE', get('ROLE') || 'all', ['all', 'api', 'worker'] as const),
      retryScheduleMs: parseSchedule(get('RETRY_SCHEDULE') ?? '5,300,1800,7200,18000,36000,36000'),
      requestTimeoutMs: seconds('REQUEST_TIMEOUT', get('REQUEST_TIMEOUT'), 15, 0.05, 120),
      failureDisableAfterMs: seconds(
        'ENDPOINT_FAILURE_DISABLE_AFTER',
        get('ENDPOINT_FAILURE_DISABLE_AFTER'),
        432_000,
        0,
        31_536_000,
      ),
      allowSubnets: get('ALLOW_SUBNETS') ?? '',
      retentionDays: integer('RETENTION_DAYS', get('RETENTION_DAYS'), 90, 1, 3650),
    },
    signature: {
      defaultType: oneOf('DEFAULT_SIGNATURE_TYPE', get('DEFAULT_SIGNATURE_TYPE') || 'hmac256', [
        'hmac256',
        'ed25519',
      ]),
      whitelabelHeaders: flag('WHITELABEL_HEADERS', get('WHITELABEL_HEADERS')),
    },
    endpoints: { httpsOnly: flag('ENDPOINT_HTTPS_ONLY', get('ENDPOINT_HTTPS_ONLY')) },
    limits: {
      apiRequestsPerSecond: optionalInteger('API_RATE_LIMIT', get('API_RATE_LIMIT')),
      authenticationsPerMinute: integer('AUTH_RATE_LIMIT', get('AUTH_RATE_LIMIT'), 60, 1, 1_000_000),
      requestBodyBytes: integer('MAX_BODY_BYTES', get('MAX_BODY_BYTES'), 2_097_152, 1024, 67_108_864),
      endpointsPerApplication: optionalInteger('MAX_ENDPOINTS', get('MAX_ENDPOINTS')),
      payloadBytes: optionalInteger('MAX_PAYLOAD_BYTES', get('MAX_PAYLOAD_BYTES'), 67_108_864),
      streams: integer('MAX_STREAMS', get('MAX_STREAMS'), 500, 0, 100_000),
      channels: integer('MAX_CHANNELS', get('MAX_CHANNELS'), MAX_CHANNELS, 1, MAX_CHANNELS),
    },
    trustedProxies: integer('TRUSTED_PROXIES', get('TRUSTED_PROXIES'), 0, 0, 100),
    metricsToken: get('METRICS_TOKEN') || undefined,
    logLevel: oneOf('LOG_LEVEL', get('LOG_LEVEL') || 'info', LOG_LEVELS),
    tracing: readTracing(environment),
    drainDelaySeconds: integer('DRAIN_DELAY', get('DRAIN_DELAY'), 0, 0, 3600),
    drainSeconds: integer('DRAIN_TIMEOUT', get('DRAIN_TIMEOUT'), 30, 0, 3600),
  };
}

function parseListen(text: string): Config['listen'] {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (!match?.[1] || port > 65_535) {
    throw new ConfigurationError(`POSTRIDER_LISTEN must look like 127.0.0.1:8071, not "${text}"`);
  }
  return { host: match[1].replace(/^\[|\]$/g, ''), port };
}

function parsePublicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new ConfigurationError(
      'POSTRIDER_PUBLIC_URL must be an http or https address without query and fragment',
    );
  }
  return url.href.replace(/\/+$/, '');
}

/** OpenTelemetry's own variables turn traces on, as they do in other programs. */
function readTracing(environment: Environment): TracingConfig | undefined {
  const isOff = environment['OTEL_SDK_DISABLED'] === 'true' || environment['OTEL_TRACES_EXPORTER'] === 'none';
  const base = environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const text =
    environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || (base && `${base.replace(/\/+$/, '')}/v1/traces`);
  if (isOff || !text) return undefined;
  if (!/^https?:/.test(text) || !URL.canParse(text)) {
    throw new ConfigurationError('OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https address');
  }
  const protocol =
    environment['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] || environment['OTEL_EXPORTER_OTLP_PROTOCOL'];
  // What takes protobuf over HTTP takes JSON at the same address.
  if (protocol === 'grpc') {
    throw new ConfigurationError(
      'OTEL_EXPORTER_OTLP_PROTOCOL: traces are sent over HTTP (http/json), mostly to port 4318, and not by grpc',
    );
  }
  return { url: text };
}

function parseApiKey(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  // No dot: official SDKs read the text after it as a region and call another host.
  if (!/^[A-Za-z0-9_-]{16,128}$/.test(text) || text.startsWith('appsk_')) {
    throw new ConfigurationError(
      'POSTRIDER_API_KEY must be 16 to 128 of letters, digits, - and _, and not start with appsk_',
    );
  }
  return text;
}

function parseKeys(text: string): Buffer[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const key = Buffer.from(part, 'base64');
      if (key.length !== 32 || key.toString('base64').replace(/=+$/, '') !== part.replace(/=+$/, '')) {
        throw new ConfigurationError(
          'POSTRIDER_ENCRYPTION_KEY must be 32 bytes in base64, or several joined by commas with the newest first',
        );
      }
      return key;
    });
}

function parseFrameAncestors(text: string): string {
  // The value goes into a header: a semicolon would begin another directive.
  if (/[;,\r\n]/.test(text)) {
    throw new ConfigurationError(
      'POSTRIDER_PORTAL_FRAME_ANCESTORS is a list of origins separated by spaces, such as https://app.example.com',
    );
  }
  return text;
}

function integer(name: string, text: string | undefined, standard: number, min: number, max: number): number {
  if (text === undefined || text === '') return standard;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new ConfigurationError(
      `POSTRIDER_${name} must be a whole number of ${min} to ${max}, not "${text}"`,
    );
  }
  return value;
}

const optionalInteger = (name: string, text: string | undefined, max = 1_000_000): number | undefined =>
  text === undefined || text === '' ? undefined : integer(name, text, 1, 1, max);

function oneOf<T extends string>(name: string, text: string, allowed: readonly T[]): T {
  const value = allowed.find((one) => one === text);
  if (value === undefined) {
    throw new ConfigurationError(`POSTRIDER_${name} must be one of ${allowed.join(', ')}, not "${text}"`);
  }
  return value;
}

/** A setting that is off where nobody turns it on. */
const flag = (name: string, text: string | undefined): boolean =>
  oneOf(name, text || 'false', ['true', 'false']) === 'true';

/** Seconds, fractions allowed, as whole milliseconds. */
function seconds(name: string, text: string | undefined, standard: number, min: number, max: number): number {
  const value = text === undefined || text === '' ? standard : Number(text);
  if (!(value >= min && value <= max)) {
    throw new ConfigurationError(`POSTRIDER_${name} must be ${min} to ${max} seconds, not "${text}"`);
  }
  return Math.round(value * 1000);
}

/** Longest wait between two attempts that a schedule may have: 30 days in seconds. */
const MAX_WAIT_SECONDS = 2_592_000;

function parseSchedule(text: string): number[] {
  if (text.trim() === '') return [];
  return text.split(',').map((part) => {
    const value = part.trim() === '' ? Number.NaN : Number(part);
    if (!(value >= 0 && value <= MAX_WAIT_SECONDS)) {
      throw new ConfigurationError(
        `POSTRIDER_RETRY_SCHEDULE must be seconds joined by commas, such as 5,300,1800, not "${text}"`,
      );
    }
    return Math.round(value * 1000);
  });
}
