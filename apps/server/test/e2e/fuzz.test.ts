import { isDeepStrictEqual } from 'node:util';
import { unwrap } from '@postrider/client';
import { listOperations, type Operation } from '@postrider/contract';
import fc from 'fast-check';
import { Pool } from 'undici';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { oddText, type Settings, toJson, valuesFor } from '../arbitrary.js';
import { startServer, type TestServer } from '../harness.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

/** POSTRIDER_FUZZ_SEED and POSTRIDER_FUZZ_RUNS look for more than a build does. */
const SEED = Number(process.env['POSTRIDER_FUZZ_SEED'] ?? 20_261_124);
const RUNS = Number(process.env['POSTRIDER_FUZZ_RUNS'] ?? 60);
/** No answer may take this long, whatever was asked. In ms. */
const PATIENCE_MS = 10_000;

const operations = listOperations().map((operation) => ({
  operation,
  name: `${operation.method} ${operation.path}`,
}));
const withBody = operations.filter(({ operation }) => bodyOf(operation) !== undefined);

let server: TestServer;
let scene: Scene;
let pool: Pool;
/** What the names in paths may stand for: things that are there. */
let known: Record<string, string[]>;
let settings: Settings;

beforeAll(async () => {
  process.stdout.write(`fuzz: seed ${SEED}, ${RUNS} runs of each operation\n`);
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_REQUEST_TIMEOUT: '1' });
  scene = await Scene.open(server);
  pool = new Pool(server.url, {
    connections: 8,
    headersTimeout: PATIENCE_MS,
    bodyTimeout: PATIENCE_MS,
    maxHeaderSize: 65_536,
  });
  const { url } = await scene.receiver();
  const { client, appId } = scene;
  for (const name of ['invoice.paid', 'a.b']) {
    const schemas = { '1': { type: 'object', examples: [{ n: 1 }] } };
    await unwrap(client.eventType.create({ body: { name, description: 'Fuzz', schemas } }));
  }
  const endpoint = await scene.endpoint(url, { uid: 'ep-uid' });
  const message = await scene.send({ eventId: 'event-id' });
  const [attempt] = await scene.recorded(message.id, 1);
  const spare = await unwrap(
    client.management.authentication.createApiToken({
      params: { env_id: scene.environment.id },
      body: { name: 'spare' },
    }),
  );
  known = {
    app_id: [appId],
    endpoint_id: [endpoint.id, endpoint.id, 'ep-uid'],
    msg_id: [message.id, 'event-id'],
    attempt_id: [attempt?.id ?? ''],
    event_type_name: ['invoice.paid', 'a.b'],
    env_id: [scene.environment.id],
    key_id: [spare.id],
  };
  const texts = Object.values(known).flat();
  settings = { urls: [url], texts: [...texts, ...texts.map((text) => `-${text}`)] };
});
afterAll(async () => {
  await pool.close();
  await scene.close();
  await server.stop();
});

interface Call {
  readonly path: string;
  readonly token?: string;
  readonly key?: string;
  readonly body?: string | Buffer;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type: string;
}

async function call(
  { operation }: { operation: Operation },
  { path, token, key, body }: Call,
): Promise<Answer> {
  const answer = await pool.request({
    method: operation.method as 'POST',
    path,
    headers: {
      authorization: `Bearer ${token ?? scene.environment.key}`,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: body ?? null,
  });
  const type = answer.headers['content-type'];
  if (String(type).startsWith('text/event-stream')) {
    // It does not end by itself; what it tells is looked at elsewhere.
    answer.body.on('error', () => {}).destroy();
    return { status: answer.statusCode, text: '', type: String(type) };
  }
  return { status: answer.statusCode, text: await answer.body.text(), type: String(type ?? '') };
}

function bodyOf({ route }: Operation): z.ZodType | undefined {
  return 'body' in route && route.body instanceof z.ZodType ? route.body : undefined;
}

const Refusal = z.strictObject({ code: z.string().min(1), detail: z.string().min(1) });
const Invalid = z.strictObject({
  detail: z
    .array(
      z.strictObject({ loc: z.array(z.string()).min(1), msg: z.string().min(1), type: z.string().min(1) }),
    )
    .min(1),
});

/** Every answer is one that the operation documents, and JSON; what is wrong with the input is said where and how. */
function expectDocumented(
  { operation }: { operation: Operation },
  answer: Answer,
  more: number[] = [],
): void {
  const { status, text, type } = answer;
  expect([...Object.keys(operation.route.responses).map(Number), ...more]).toContain(status);
  if (status === 204) {
    expect(text).toBe('');
    return;
  }
  if (operation.metadata.streams && status === 200) {
    expect(type).toMatch(/^text\/event-stream/);
    return;
  }
  expect(type).toMatch(/^application\/json/);
  const body: unknown = JSON.parse(text);
  if (status >= 400) (status === 422 ? Invalid : Refusal).parse(body);
}

const encode = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

const isMalformed = (path: string): boolean => {
  try {
    decodeURIComponent(path);
    return false;
  } catch {
    return true;
  }
};

/** Statuses that no operation documents: of a path that cannot be read, or that is another one once it is tidied. */
const statusesOfPath = (path: string): number[] =>
  isMalformed(path) || path.includes('//') || path.includes('/..') ? [400, 405] : [];

const ODD_PARTS = [
  ['%', '%E0%A4%A', '%ed%a0%80', '..', '%2e%2e', '', 'a%2Fb', '%00'],
  ['a', 'b', 'msg_', `msg_${'z'.repeat(27)}`, 'x'.repeat(5_000)],
].flat();

/** Paths of an operation; `odd` parts of a hundred name what is not there. What is there is never deleted. */
function pathsFor({ operation }: { operation: Operation }, odd: number): fc.Arbitrary<string> {
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const isGone = operation.method === 'DELETE';
  const parts = names.map((name) => {
    const there = fc.constant(name).chain((of) => fc.constantFrom(...(known[of] ?? [''])).map(encode));
    return fc.oneof(
      { weight: isGone ? 0 : 100 - odd, arbitrary: there },
      { weight: odd, arbitrary: oddText.map((text) => encode(text.slice(0, 1_000))) },
      { weight: Math.ceil(odd / 10), arbitrary: fc.constantFrom(...ODD_PARTS) },
    );
  });
  return fc.tuple(...parts).map((values) => {
    let index = 0;
    return operation.path.replaceAll(/\{\w+\}/g, () => values[index++] ?? '');
  });
}

const asText = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.flatMap(asText)
    : [typeof value === 'string' ? value : (JSON.stringify(value) ?? '')];

/** Query strings: what the contract knows, as it wants it or not, and what it does not know. */
function queriesFor({ operation }: { operation: Operation }): fc.Arbitrary<string> {
  const { query } = operation.route;
  const schema = query instanceof z.ZodType ? query : z.object({});
  const pairs = valuesFor(schema, settings).map((value) =>
    Object.entries(Object(value) as object).flatMap(([name, one]) =>
      asText(one).map((text) => `${encode(name.slice(0, 100))}=${encode(text.slice(0, 2_000))}`),
    ),
  );
  const raw = fc.constantFrom(
    'limit=',
    'limit[]=1',
    'limit[0]=1&limit[0]=2',
    '__proto__=1',
    '__proto__[a]=1',
    '%',
    '=',
    '&&',
    'limit=%00',
    'before=2026-11-24T09:00:00+01:00',
    'tag[][]=a',
    'iterator=-',
  );
  return fc
    .tuple(pairs, fc.array(raw, { maxLength: 2 }))
    .map(([some, others]) => [...some, ...others].join('&').slice(0, 8_000));
}

/** Keys of idempotent calls: mostly none, few others, so that they come twice. */
const keys = fc.oneof(
  { weight: 8, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom('k1', 'k2', 'x'.repeat(257), '', '\u00e9') },
);

/** What makes no JSON of a body, or hardly any. */
const BREAKERS: readonly ((json: string) => string | Buffer)[] = [
  () => '',
  () => ' \n',
  () => 'null',
  () => '[]',
  () => '"',
  () => 'NaN',
  (json) => `\ufeff${json}`,
  (json) => `${json}${json}`,
  (json) => `${json} x`,
  (json) => json.slice(0, -1),
  (json) => json.replace('{', '{"__proto__":{"name":"x"},'),
  (json) => json.replace('{', '{"name":1,"name":"twice","eventType":"a.b","payload":1,'),
  () => '['.repeat(200_000),
  () =>
    `{"payload":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}},"eventType":"a.b","name":"x","description":"x"}`,
  (json) => Buffer.concat([Buffer.from(json.slice(0, -1)), Buffer.from([0xff, 0xc3, 0x28, 0x7d])]),
  (json) => Buffer.from(json, 'utf16le'),
];

const bodiesFor = (schema: z.ZodType): fc.Arbitrary<string | Buffer> =>
  fc
    .tuple(
      valuesFor(schema, settings).map(toJson),
      fc.oneof(
        { weight: 12, arbitrary: fc.constant((json: string) => json) },
        { weight: 1, arbitrary: fc.constantFrom(...BREAKERS) },
      ),
    )
    .map(([json, change]) => change(json));

/** What a body says, nothing being the empty object; undefined where it is no JSON. */
function read(body: string | Buffer): unknown {
  try {
    return JSON.parse(body.toString().trim() || '{}');
  } catch {
    return undefined;
  }
}

/** Fields that come back as they were sent; lists and addresses have a form of their own. */
const KEPT = ['name', 'description', 'eventType', 'eventId', 'uid', 'metadata', 'payload', 'schemas'];
/** What JSON can say of a value: not -0, not infinity. */
const inJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
/** The embedded database gives texts back without a byte order mark in front: PGlite decodes them so. */
const asRead = (value: unknown): unknown =>
  typeof value === 'string' && inject('database') === 'embedded' ? value.replace(/^\ufeff/, '') : value;

function expectKept({ key }: Operation, sent: unknown, answer: Answer): void {
  if (answer.status >= 300 || answer.text === '') return;
  const received = JSON.parse(answer.text) as Record<string, unknown>;
  const given = Object(sent) as Record<string, unknown>;
  // An example is not shown, and a raw payload stands in the place of the other.
  const isRaw = typeof Object(given['transformationsParams'])['rawPayload'] === 'string';
  const showsPayload = key[0] === 'message' && !isRaw;
  for (const name of KEPT) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || value === null || !(name in received)) continue;
    if (name === 'payload' && !showsPayload) continue;
    expect(
      isDeepStrictEqual(asRead(received[name]), asRead(inJson(value))),
      `${name} in ${answer.text}`,
    ).toBe(true);
  }
}

const check = async <T>(
  arbitrary: fc.Arbitrary<T>,
  numRuns: number,
  property: (value: T) => Promise<void>,
): Promise<void> => {
  await fc.assert(fc.asyncProperty(arbitrary, property), { seed: SEED, numRuns });
};

describe('whatever the body, the answer is documented', () => {
  it.each(withBody)('$name', async (target) => {
    const schema = bodyOf(target.operation);
    if (!schema) throw new Error('the operation has no body');
    const calls = fc.record({ path: pathsFor(target, 4), key: keys, body: bodiesFor(schema) });
    await check(calls, RUNS, async ({ path, key, body }) => {
      const answer = await call(target, { path, body, ...(key === undefined ? {} : { key }) });
      expectDocumented(target, answer, statusesOfPath(path));
      if (key !== undefined) return;
      const { success, data } = schema.safeParse(read(body));
      if (success) expectKept(target.operation, data, answer);
      else expect(answer.status).toBeGreaterThanOrEqual(400);
    });
  });
});

describe('whatever the path, query and token, the answer is documented', () => {
  it.each(operations)('$name', async (target) => {
    // Others before may have ended the portal's sessions.
    const access = { params: { app_id: scene.appId }, body: {} };
    const portal = await unwrap(scene.client.authentication.getAppPortalAccess(access));
    const calls = fc.record({
      path: pathsFor(target, 30),
      query: queriesFor(target),
      token: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(scene.environment.key, scene.environment.key, portal.token) },
        { weight: 1, arbitrary: fc.constantFrom('', 'no', 'appsk_', 'sk_\u00ff', 'x'.repeat(5_000)) },
      ),
      key: keys,
    });
    await check(calls, Math.ceil(RUNS / 2), async ({ path, query, token, key }) => {
      const answer = await call(target, {
        path: `${path}?${query}`,
        token,
        ...(key === undefined ? {} : { key }),
      });
      expectDocumented(target, answer, statusesOfPath(path));
    });
  });
});

it('nothing of it was a fault of ours', () => {
  const faults = server.logs
    .map((line) => JSON.parse(line) as { level: number })
    .filter(({ level }) => level >= 50);
  expect(faults).toEqual([]);
});
