import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { unwrap } from '@postrider/client';
import type { Access, Operation } from '@postrider/contract';
import { z } from 'zod';
import type { Context } from '../src/context.js';
import { identifyRequest } from '../src/http/idempotency.js';
import { takeIdempotentCall } from '../src/storage/idempotency-key.js';
import { bodyFor, type Holdings, MAKES_ITS_OWN, pathOf } from './tenants.js';

/** Everybody that a call can be made as. */
export interface Callers {
  /** A key of the holdings' environment that may do everything. */
  readonly key: string;
  /** A token that may create messages of the holdings' application, and nothing else. */
  readonly messageToken: string;
  /** A session of the holdings' application with the capabilities of all. */
  readonly session: string;
  /** A session of the holdings' application with these capabilities only. */
  sessionWith(capabilities: readonly string[]): Promise<string>;
}

/** What a call says, where it is not what the operation wants. */
export interface Call {
  readonly path?: string;
  readonly query?: string;
  readonly body?: unknown;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Refusal {
  readonly status: number;
  /** Of all but 422, which has none. */
  readonly code: string | undefined;
  readonly text: string;
}

/** One way to a documented error. It may be tried for several calls: each is answered so. */
export interface Provocation {
  readonly status: number;
  readonly code?: string;
  readonly provoke: (stage: Stage) => Promise<readonly Refusal[]>;
}

/** What provocations work with. */
export interface Stage {
  readonly url: string;
  readonly context: Context;
  readonly owner: Holdings;
  readonly callers: Callers;
  /** Lets the time of who waits for another call pass, until the calls are answered. */
  readonly waiting: <T>(calls: Promise<T>) => Promise<T>;
}

export const bodyOf = ({ route }: Operation): z.ZodType | undefined =>
  'body' in route && route.body instanceof z.ZodType ? route.body : undefined;
const queryOf = ({ route }: Operation): Record<string, z.ZodType> =>
  route.query instanceof z.ZodObject ? (route.query.shape as Record<string, z.ZodType>) : {};
const paramsOf = ({ path }: Operation): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');

const readRefusal = (status: number, text: string): Refusal => {
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  const { code } = Object(body) as { code?: unknown };
  return { status, code: typeof code === 'string' ? code : undefined, text };
};

/** Bodies that were made: it takes a while to find one. */
const made = new Map<string, unknown>();
function usualBody(name: string, operation: Operation, owner: Holdings): unknown {
  if (!made.has(name)) made.set(name, bodyFor(name, operation, owner));
  return made.get(name);
}

/** Calls an operation as it wants to be called, but for what `call` says. */
export async function callWith(
  { url, owner, callers }: Stage,
  name: string,
  operation: Operation,
  call: Call = {},
): Promise<Refusal> {
  const usual = operation.metadata.access.kind === 'session' ? callers.session : callers.key;
  const token = 'token' in call ? call.token : usual;
  const body = 'body' in call ? call.body : usualBody(name, operation, owner);
  const path = call.path ?? pathOf(name, operation, owner);
  const response = await fetch(`${url}${path}${call.query === undefined ? '' : `?${call.query}`}`, {
    method: operation.method,
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...call.headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return readRefusal(response.status, await response.text());
}

/** A value that no field takes which is not free text. */
const NO_VALUE = 'no good!';
/** What is called nothing. */
const NOBODY = 'nobody';

/** The operation's paths with one name each that stands for nothing. */
function unknownPaths(name: string, operation: Operation, owner: Holdings): string[] {
  // A PUT that finds nothing makes it.
  const made = MAKES_ITS_OWN.has(name) || name === 'endpoint.upsert';
  const names = paramsOf(operation);
  return (made ? names.slice(0, -1) : names).map((param) => {
    const params = { ...owner.params, [param]: NOBODY, [`${name.split('.')[0]}.${param}`]: NOBODY };
    return pathOf(name, operation, { ...owner, params });
  });
}

/** Announces a body that is far too large; nothing of it is read. */
function announceLargeBody(stage: Stage, name: string, operation: Operation): Promise<Refusal> {
  const url = new URL(stage.url + pathOf(name, operation, stage.owner));
  const headers = { authorization: `Bearer ${stage.callers.key}`, 'content-length': '99999999' };
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: operation.method, headers });
    request.on('error', reject).on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve(readRefusal(response.statusCode ?? 0, Buffer.concat(chunks).toString()));
        request.destroy();
      });
    });
    request.flushHeaders();
  });
}

/** Calls while somebody else's call with the same idempotency key goes on and on. */
async function callWhileUnderWay(stage: Stage, name: string, operation: Operation): Promise<Refusal> {
  const { kysely } = stage.context.database;
  const path = pathOf(name, operation, stage.owner).replace(/\/+$/, '');
  const token = operation.metadata.access.kind === 'session' ? stage.callers.session : stage.callers.key;
  const key = `refusal-${name}`;
  const { id } = identifyRequest(token, key, path);
  const now = stage.context.clock.now();
  const farAhead = new Date(now.getTime() + 86_400_000);
  await takeIdempotentCall(kysely, {
    id,
    owner: randomUUID(),
    now,
    lockedUntil: farAhead,
    expiresAt: farAhead,
  });
  return stage.waiting(callWith(stage, name, operation, { headers: { 'idempotency-key': key }, token }));
}

/** Ways that follow from what the contract says of an operation: who may call it, what it names and takes. */
export function derivedProvocations(name: string, operation: Operation): Provocation[] {
  const { access, commitsKey } = operation.metadata;
  const secured = access.kind !== 'public';
  const fields = Object.entries(queryOf(operation)).filter(([, field]) => !field.safeParse(NO_VALUE).success);
  const each = (stage: Stage, calls: readonly Call[]) =>
    Promise.all(calls.map((call) => callWith(stage, name, operation, call)));
  const ways: Provocation[] = [];
  if (secured) {
    const provoke = (stage: Stage) => each(stage, [{ token: undefined }, { token: 'sk_unknown' }]);
    ways.push({ status: 401, code: 'authentication_failed', provoke });
  }
  if (!isForAll(access)) {
    ways.push({
      status: 403,
      code: 'insufficient access',
      provoke: async (stage) =>
        each(
          stage,
          (await tokensWithout(stage, access)).map((token) => ({ token })),
        ),
    });
  }
  if (paramsOf(operation).length > 0 && !MAKES_ITS_OWN.has(name)) {
    ways.push({
      status: 404,
      code: 'not_found',
      provoke: (stage) =>
        each(
          stage,
          unknownPaths(name, operation, stage.owner).map((path) => ({ path })),
        ),
    });
  }
  const wrong: Call[] = [
    ...fields.map(([field]) => ({ query: `${field}=${encodeURIComponent(NO_VALUE)}` })),
    ...(bodyOf(operation) ? [{ body: 7 }, { body: [] }] : []),
    ...(operation.method === 'POST' ? [{ headers: { 'idempotency-key': 'x'.repeat(257) } }] : []),
  ];
  if (wrong.length > 0) ways.push({ status: 422, provoke: (stage) => each(stage, wrong) });
  if (operation.method === 'POST' && !commitsKey) {
    ways.push({
      status: 409,
      code: 'conflict',
      provoke: async (stage) => [await callWhileUnderWay(stage, name, operation)],
    });
  }
  if (bodyOf(operation)) {
    ways.push({
      status: 413,
      code: 'payload_too_large',
      provoke: async (stage) => [await announceLargeBody(stage, name, operation)],
    });
  }
  return ways;
}

/** Good tokens that do not suffice for the operation: there is none where every token does. */
async function tokensWithout({ callers }: Stage, access: Access): Promise<string[]> {
  if (access.kind === 'session') return [callers.key, callers.messageToken];
  const tokens = takesMessageTokens(access) ? [] : [callers.messageToken];
  if (access.kind === 'environment') return [...tokens, callers.session];
  return needsMore(access) ? [...tokens, await callers.sessionWith(['ViewBase'])] : tokens;
}

const takesMessageTokens = (access: Access): boolean =>
  'scopes' in access && access.scopes?.includes('message:create') === true;
/** Whether a session with the one capability that every session has does not suffice. */
const needsMore = (access: Access): boolean =>
  'capabilities' in access && !access.capabilities.includes('ViewBase');
/** Whether any good token may call. */
export const isForAll = (access: Access): boolean =>
  access.kind === 'public' ||
  (access.kind === 'authenticated' && takesMessageTokens(access) && !needsMore(access));

/** Opens everybody that calls are made as. */
export async function openCallers(owner: Holdings, key: string): Promise<Callers> {
  const { client } = owner.scene;
  const params = { app_id: owner.params['app_id'] ?? '' };
  const body = { name: 'refusals' };
  const { token: messageToken } = await unwrap(client.authentication.createMessageToken({ params, body }));
  const sessions = new Map<string, Promise<string>>();
  const open = async (capabilities: readonly string[]) => {
    const input = { capabilities: [...capabilities] } as never;
    return (await unwrap(client.authentication.getAppPortalAccess({ params, body: input }))).token;
  };
  const sessionWith = (capabilities: readonly string[]) => {
    const named = capabilities.join();
    const session = sessions.get(named) ?? open(capabilities);
    sessions.set(named, session);
    return session;
  };
  return { key, messageToken, session: await owner.session(), sessionWith };
}
