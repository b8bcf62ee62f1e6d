import { errors } from 'undici';
import { BlockedAddressError } from './guard.js';

/** Why there was no answer. Only what is worth a decision is told apart. */
export type FailureReason = 'timeout' | 'blocked' | 'connect' | 'send' | 'invalid';

/** A failure and the text that people read of it in the list of attempts (spec: wire behaviour, section 7.4). */
export interface FailureText {
  readonly reason: FailureReason;
  readonly message: string;
}

export const TIMED_OUT: FailureText = { reason: 'timeout', message: 'request timed out' };

export const INVALID_URL: FailureText = {
  reason: 'invalid',
  message: 'error making request: the URL is not a valid http or https URL',
};

const INVALID_REQUEST: FailureText = {
  reason: 'invalid',
  message: 'error making request: the URL or a header cannot be sent over HTTP/1.1',
};

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection closed before an answer',
  UND_ERR_SOCKET: 'connection closed before an answer',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too large',
  UND_ERR_CLOSED: 'the service is stopping',
  UND_ERR_DESTROYED: 'the service is stopping',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name lookup failed',
  ENETUNREACH: 'network unreachable',
  EHOSTUNREACH: 'host unreachable',
  ETIMEDOUT: 'connection timed out',
  EPROTO: 'TLS handshake failed',
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate is not from a trusted authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate is not from a trusted authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate chain is incomplete',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate is for another host name',
};

/**
 * Puts the error of an exchange into words. They are made from the error's code only: its message may hold addresses of
 * the internal network or parts of a header.
 *
 * @param wasConnected whether the request had a connection when the error came
 */
export function describeError(error: unknown, wasConnected: boolean): FailureText {
  if (error instanceof BlockedAddressError) return { reason: 'blocked', message: error.message };
  const code = errorCode(error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return TIMED_OUT;
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') return INVALID_REQUEST;
  const words = error instanceof errors.HTTPParserError ? 'the answer is not valid HTTP/1.1' : wordsFor(code);
  return wasConnected
    ? { reason: 'send', message: `error making request: client error (SendRequest): ${words}` }
    : { reason: 'connect', message: `error making request: client error (Connect): ${words}` };
}

function wordsFor(code: string): string {
  if (code.startsWith('ERR_SSL_')) return 'TLS handshake failed';
  return WORDS[code] ?? (code === '' ? 'unknown error' : code);
}

/** The stable code of an error of Node or undici; empty when it has none. */
export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
