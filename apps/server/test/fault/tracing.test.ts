import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createClient, unwrap } from '@postrider/client';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, PLACES, runCommand, type ServerProcess, type Settings } from '../process.js';
import { Receiver } from '../receiver.js';
import { API_KEY, Stage } from './stage.js';

const PATIENCE = { timeout: 30_000, interval: 50 };
const CALLER = { trace: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331' };

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly status: { readonly code?: number };
}

/** What Node writes of the scripts that it loaded. */
interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

const stage = new Stage();
afterEach(() => stage.clear());

/** A collector that takes OTLP over HTTP as JSON. */
async function openCollector() {
  const spans: Span[] = [];
  const texts: string[] = [];
  const keys: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString();
    texts.push(`${request.url} ${text}`);
    keys.push(request.headers.authorization);
    const { resourceSpans } = JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
    spans.push(...resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)));
    response.setHeader('content-type', 'application/json').end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stage.later(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, texts, keys };
}

async function openReceiver(): Promise<Receiver> {
  const receiver = await Receiver.start();
  stage.later(() => receiver.stop());
  return receiver;
}

/** An application with an endpoint at the address; gives how to send to it under a caller's span. */
async function openCustomer({ url }: ServerProcess, endpoint: string) {
  const client = createClient({ serverUrl: url, token: API_KEY });
  const { id } = await unwrap(client.application.create({ body: { name: 'Traced' } }));
  await unwrap(
    client.endpoint.create({
      params: { app_id: id },
      body: { url: endpoint, headers: { 'x-key': 'header-secret' } },
    }),
  );
  return async (traceparent: string): Promise<string> => {
    const answer = await fetch(`${url}/api/v1/app/${id}/msg/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, traceparent },
      body: JSON.stringify({ eventType: 'a.b', payload: { card: 'payload-secret' } }),
    });
    expect(answer.status).toBe(202);
    return ((await answer.json()) as { id: string }).id;
  };
}

const fieldOf = ({ attributes }: Span, name: string) =>
  Object.values(attributes.find(({ key }) => key === name)?.value ?? {})[0];

describe.each(PLACES)('traces on %s', (_name, make) => {
  it('join caller, accept, every attempt and receiver, also after the process was killed', async () => {
    const [place, collector, receiver] = [await make(), await openCollector(), await openReceiver()];
    stage.later(() => place.remove());
    const settings: Settings = {
      ...place.settings,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer collector-key',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    };
    const first = await stage.start({ ...settings, POSTRIDER_RETRY_SCHEDULE: '3,3' });
    const send = await openCustomer(first, `${receiver.url}hook?token=url-secret`);
    receiver.reply = { status: 500 };
    const id = await send(`00-${CALLER.trace}-${CALLER.span}-01`);
    const of = (name: string) => collector.spans.filter((span) => span.name === name);
    await expect.poll(() => of('attempt delivery').length, PATIENCE).toBe(1);
    await expect.poll(() => of('accept message').length, PATIENCE).toBe(1);
    await first.end('SIGKILL');

    receiver.reply = {};
    const second = await stage.start(settings);
    await expect.poll(() => of('attempt delivery').length, PATIENCE).toBe(2);
    const [accept] = of('accept message');
    const attempts = of('attempt delivery');
    expect(accept).toMatchObject({ traceId: CALLER.trace, parentSpanId: CALLER.span, kind: 2 });
    for (const attempt of attempts) {
      expect(attempt).toMatchObject({ traceId: CALLER.trace, parentSpanId: accept?.spanId, kind: 3 });
      expect(fieldOf(attempt, 'postrider.message.id')).toBe(id);
    }
    expect(attempts.map((one) => [fieldOf(one, 'http.response.status_code'), one.status.code ?? 0])).toEqual([
      [500, 2],
      [200, 0],
    ]);
    expect(receiver.requests.map(({ headers }) => headers['traceparent'])).toEqual(
      attempts.map(({ spanId }) => `00-${CALLER.trace}-${spanId}-01`),
    );
    expect(new Set(collector.keys)).toEqual(new Set(['Bearer collector-key']));
    expect(collector.texts[0]).toMatch(/^\/v1\/traces .*"service\.name"/);
    for (const secret of [
      'payload-secret',
      'header-secret',
      'url-secret',
      '/hook',
      API_KEY,
      'collector-key',
    ]) {
      expect(collector.texts.join()).not.toContain(secret);
    }
    expect(second.output() + first.output()).not.toContain('collector-key');

    // Who does not record its own part is not recorded here, and the receiver is told so.
    const other = CALLER.trace.replaceAll('0', '1');
    const client = createClient({ serverUrl: second.url, token: API_KEY });
    const [application] = (await unwrap(client.application.list({ query: {} }))).data;
    await fetch(`${second.url}/api/v1/app/${application?.id}/msg/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, traceparent: `00-${other}-${CALLER.span}-00` },
      body: JSON.stringify({ eventType: 'a.b', payload: {} }),
    });
    const requests = await receiver.waitFor(3);
    expect(requests.at(-1)?.headers['traceparent']).toMatch(new RegExp(`^00-${other}-[0-9a-f]{16}-00$`));
    expect(await second.end('SIGTERM')).toBe(0);
    expect(collector.spans.filter(({ traceId }) => traceId === other)).toEqual([]);
  });
});

const onEmbedded = async () => {
  const place = await (PLACES[0] as (typeof PLACES)[number])[1]();
  stage.later(() => place.remove());
  return place.settings;
};

it.each([
  ['off', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' }],
  ['on', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }],
])('nothing is loaded, sent or kept of traces unless they are on: %s', async (state, variables) => {
  const directory = await stage.directory();
  const receiver = await openReceiver();
  const server = await stage.start({
    ...(await onEmbedded()),
    ...variables,
    // Node writes down every script that it has loaded.
    NODE_V8_COVERAGE: directory,
    OTEL_BSP_SCHEDULE_DELAY: '50',
    OTEL_EXPORTER_OTLP_TIMEOUT: '200',
  });
  const send = await openCustomer(server, receiver.url);
  await send(`00-${CALLER.trace}-${CALLER.span}-01`);
  const [request] = await receiver.waitFor(1);
  const isOn = state === 'on';
  expect(request?.headers['traceparent'] !== undefined).toBe(isOn);
  // A collector that is away harms nothing, and is told of once.
  if (isOn) await expect.poll(() => server.output(), PATIENCE).toContain('tracing.failed');
  expect(await server.end('SIGTERM')).toBe(0);
  const scripts = readdirSync(directory)
    .flatMap((name) => (JSON.parse(readFileSync(join(directory, name), 'utf8')) as Coverage).result)
    .map(({ url }) => url)
    .filter((url) => url.startsWith('file:'));
  expect(scripts.join()).toContain('dist/main.js');
  // Its own files in the build; in the package whatever file they were bundled into.
  const exporters = scripts.filter((url) => readFileSync(new URL(url), 'utf8').includes('OTLPExporterBase'));
  expect(exporters.length > 0).toBe(isOn);
});

it.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'must be an http or https address'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'not by grpc'],
])('a wrong setting %o ends the start with what is wrong', async (settings, text) => {
  const listen = { POSTRIDER_LISTEN: `127.0.0.1:${await freePort()}` };
  const { code, stderr } = await runCommand([], { ...settings, ...listen } as unknown as Settings);
  expect(code).toBe(1);
  expect(stderr).toContain(text);
});
