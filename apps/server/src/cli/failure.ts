import { CommanderError } from 'commander';
import { isDatabaseUnavailable } from '../database/unavailable.js';
import { AppError, ConfigurationError, InvalidInputError } from '../errors.js';

/** What the process ends with. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** The command was not called as it must be: the process ends with 2, and the message says what is wrong. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** The command has said all there is to say, and it is not good: the process ends with 1. */
export class FoundProblems extends Error {}

/** How a command ended: its exit code, and the line that says why, unless that was said already. */
export interface Failure {
  readonly code: number;
  readonly message: string | undefined;
}

/** SQLSTATE classes and codes that the operator mends: who may enter, what is not there, what may not be done. */
const DATABASE_REFUSAL = /^(28...|3D000|42501|53300)$/;
/** Node's codes for a certificate that one of the two sides does not trust, and for files that are none. */
const CERTIFICATE_REFUSAL = /CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|^ERR_(SSL|OSSL)_/;

/** What the system says where nothing can be written, or not so much. */
const DISK_REFUSAL = /^(EACCES|EPERM|EROFS|ENOTDIR|ENOSPC|EDQUOT|EFBIG)$/;

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : '';

/** What a thrown error comes to. An error that nobody foresaw keeps its stack, for the report that it deserves. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) {
    // Commander has written its message; help and version are asked for, so they are no failure.
    return { code: error.exitCode === 0 ? EXIT.ok : EXIT.usage, message: undefined };
  }
  if (!(error instanceof Error)) return { code: EXIT.failed, message: String(error) };
  if (error instanceof FoundProblems) return { code: EXIT.failed, message: undefined };
  if (error instanceof UsageError) return { code: EXIT.usage, message: error.message };
  if (isForeseen(error)) return { code: EXIT.failed, message: error.message };
  const code = codeOf(error);
  if (isDatabaseUnavailable(error) || DATABASE_REFUSAL.test(code) || CERTIFICATE_REFUSAL.test(code)) {
    const why = error.message || code;
    return { code: EXIT.failed, message: `the database cannot be used: ${why}; see POSTRIDER_DATABASE_URL` };
  }
  if (DISK_REFUSAL.test(code)) return { code: EXIT.failed, message: error.message };
  return { code: EXIT.failed, message: error.stack ?? error.message };
}

/** Errors of @postrider/client, by name: importing it takes longer than most commands. */
const OF_CLIENT = new Set(['ApiError', 'ConnectionError', 'TimeoutError']);

/** Errors whose message is made for people. */
const isForeseen = (error: Error): boolean =>
  OF_CLIENT.has(error.name) ||
  error instanceof ConfigurationError ||
  error instanceof AppError ||
  error instanceof InvalidInputError;

/** Commander's message as one line in the house's words: `unknown command 'x' (did you mean y?)`. */
export const toUsageLine = (text: string): string =>
  `postrider: ${text
    .replace(/^error: /, '')
    .trim()
    .replace(/\n+\(Did you mean/, ' (did you mean')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '')}; see postrider --help\n`;
