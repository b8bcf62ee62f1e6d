import { type DestinationStream, type Logger, pino } from 'pino';

import { describeForLog } from './describe-error.js';

export type { Logger } from 'pino';

/**
 * One JSON line per entry on standard output. Secrets never reach a line: requests and errors are logged by chosen fields
 * only, and what looks like a credential in an object is removed all the same.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => describeForLog(error) },
      redact: { paths: ['*.authorization', '*.token', '*.secret', '*.key', '*.oneTimeToken'], remove: true },
    },
    ...(destination ? [destination] : []),
  );
}
