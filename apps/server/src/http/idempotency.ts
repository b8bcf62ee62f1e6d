import { createHash, randomUUID } from 'node:crypto';
import type { Context } from '../context.js';
import { conflict } from '../errors.js';
import {
  findIdempotentCall,
  releaseIdempotentCall,
  renewIdempotentCall,
  storeIdempotentAnswer,
  takeIdempotentCall,
} from '../storage/idempotency-key.js';
import { openWithSecret, sealWithSecret } from './seal.js';

/** How long an answer is kept for repeats (spec: wire behaviour, section 5). */
const ANSWER_MS = 12 * 3_600_000;
/** How long a process may be silent before its call counts as dead, and how often it speaks, in ms. */
const LOCK_MS = 15_000;
export const RENEW_MS = 5_000;
/** How long a repeat waits for the first call before it is told 409, and how often it looks, in ms. */
const WAIT_MS = 30_000;
export const LOOK_MS = 50;

/** A stored answer. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A call that a caller may repeat: the same token, method, path, query and key are the same call. */
export interface IdempotentRequest {
  readonly id: Buffer;
  /** What seals the answer: only the caller has it. */
  readonly secret: string;
}

/** What identifies a POST with an idempotency key; the body does not count (spec: wire behaviour, section 5). */
export function identifyRequest(token: string, key: string, path: string): IdempotentRequest {
  const secret = `${token}\n${key}`;
  const id = createHash('sha256').update(`${token}\n${path}\n${key}`).digest();
  return { id, secret };
}

/** The first half of a call's id in the form of a UUID: 128 bits tell calls apart as well. */
export function toUuid(id: Buffer): string {
  const hex = id.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const openAnswer = (request: IdempotentRequest, sealed: Uint8Array): Answer =>
  JSON.parse(openWithSecret(request.secret, sealed)) as Answer;

/** The first answer of a call that was made before; undefined when there is none yet. */
export async function findAnswer(context: Context, request: IdempotentRequest): Promise<Answer | undefined> {
  const call = await findIdempotentCall(context.database.kysely, request.id, context.clock.now());
  return call?.answer ? openAnswer(request, call.answer) : undefined;
}

/**
 * Runs `work` once for a call: whoever repeats it meanwhile waits for the first and gets its answer. Only successes
 * are kept; after a failure the next one runs again. A process that dies lets go within 15 s.
 *
 * @throws AppError 409 when the first call is still under way after 30 s; whatever `work` throws
 */
export async function runOnce<A extends Answer>(
  context: Context,
  request: IdempotentRequest,
  work: () => Promise<A>,
): Promise<Answer> {
  const { clock } = context;
  const owner = randomUUID();
  const deadline = clock.now().getTime() + WAIT_MS;
  while (!(await take(context, request, owner))) {
    const answer = await findAnswer(context, request);
    if (answer) return answer;
    if (clock.now().getTime() >= deadline) {
      throw conflict('A request with this idempotency key is still being processed.');
    }
    await clock.wait(LOOK_MS);
  }
  return runOwned(context, request, owner, work);
}

function take(context: Context, request: IdempotentRequest, owner: string): Promise<boolean> {
  const now = context.clock.now();
  return takeIdempotentCall(context.database.kysely, {
    id: request.id,
    owner,
    now,
    lockedUntil: new Date(now.getTime() + LOCK_MS),
    expiresAt: new Date(now.getTime() + ANSWER_MS),
  });
}

async function runOwned<A extends Answer>(
  context: Context,
  request: IdempotentRequest,
  owner: string,
  work: () => Promise<A>,
): Promise<A> {
  const database = context.database.kysely;
  const done = new AbortController();
  const renewal = keepLock(context, request, owner, done.signal);
  try {
    const answer = await work();
    if (answer.status < 300) {
      const sealed = sealWithSecret(
        request.secret,
        JSON.stringify({ status: answer.status, body: answer.body }),
      );
      await storeIdempotentAnswer(database, request.id, owner, sealed);
    } else {
      await releaseIdempotentCall(database, request.id, owner);
    }
    return answer;
  } catch (error) {
    await releaseIdempotentCall(database, request.id, owner);
    throw error;
  } finally {
    done.abort();
    await renewal;
  }
}

/** Says from time to time that the owner still works on it, until it does not. Never rejects. */
async function keepLock(
  { clock, database, log }: Context,
  request: IdempotentRequest,
  owner: string,
  done: AbortSignal,
): Promise<void> {
  for (;;) {
    await clock.wait(RENEW_MS, done);
    if (done.aborted) return;
    const lockedUntil = new Date(clock.now().getTime() + LOCK_MS);
    await renewIdempotentCall(database.kysely, request.id, owner, lockedUntil).catch((error: unknown) => {
      log.warn({ err: error }, 'could not renew an idempotent call');
    });
  }
}
