import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';

let server: TestServer;
let environment: TestEnvironment;
beforeAll(async () => {
  server = await startServer({ POSTRIDER_PORTAL_FRAME_ANCESTORS: 'https://app.example.com' });
  environment = await server.createEnvironment();
});
afterAll(() => server.stop());

const call = (path: string, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {}) =>
  fetch(`${server.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${environment.key}`, ...init.headers },
  });

/** Sends a path just as it is: fetch would tidy it. */
const callAsWritten = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const url = new URL(server.url);
    httpRequest({
      host: url.hostname,
      port: url.port,
      path,
      headers: { authorization: `Bearer ${environment.key}` },
    })
      .on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', reject)
      .end();
  });

describe('paths', () => {
  it.each(['/api/v1/app', '/api/v1/app/', '/api/v1/app///', '//api/v1/app', '///api/v1/app//?limit=1'])(
    '%s lists',
    async (path) => {
      expect(await callAsWritten(path)).toBe(200);
    },
  );

  it('an unknown path is 404 in JSON', async () => {
    const answer = await call('/api/v1/nothing/here');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'not_found', detail: expect.any(String) });
  });

  it('a wrong method is 405 in JSON, with what is allowed', async () => {
    const answer = await call('/api/v1/auth/logout', { method: 'DELETE' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
    expect(await answer.json()).toMatchObject({ code: 'method_not_allowed' });
  });

  it('a path that cannot be decoded is 400 in JSON', async () => {
    const answer = await call('/api/v1/app/%E0%A4%A/');
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'bad_request' });
  });
});

describe('bodies', () => {
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    call('/api/v1/app/', { method: 'POST', body, headers });

  it('need no content type', async () => {
    const answer = await post(new TextEncoder().encode('{"name":"Bytes"}'));
    expect(answer.status).toBe(201);
  });

  it('may be compressed', async () => {
    const answer = await post(new Uint8Array(gzipSync('{"name":"Zipped"}')), { 'content-encoding': 'gzip' });
    expect(answer.status).toBe(201);
  });

  it('in an encoding that nobody knows are 415 in JSON', async () => {
    const answer = await post('{"name":"x"}', { 'content-encoding': 'compress' });
    expect(answer.status).toBe(415);
    expect(await answer.json()).toMatchObject({ code: 'unsupported_media_type' });
  });

  it.each(['{', 'nonsense', '{"name":"a"} b'])('malformed JSON (%s) is 422', async (text) => {
    const answer = await post(text);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      detail: [{ loc: ['body', '', ''], type: 'value_error.jsondecode' }],
    });
  });

  it.each(['[]', '"text"', 'null', '7'])('JSON that is no object (%s) is 422', async (text) => {
    expect((await post(text)).status).toBe(422);
  });

  it('none is an empty object: what is missing is named', async () => {
    const answer = await post('');
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ detail: [{ loc: ['body', 'name'] }] });
  });

  it('over 2 MiB are 413, with and without a length', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(2_097_152) });
    const stream = new ReadableStream({
      start(controller) {
        for (let n = 0; n < 40; n++) controller.enqueue(new TextEncoder().encode('x'.repeat(65_536)));
        controller.close();
      },
    });
    for (const body of [large, stream]) {
      const answer = await call('/api/v1/app/', {
        method: 'POST',
        body,
        duplex: 'half',
      } as RequestInit as never);
      expect(answer.status).toBe(413);
      expect(await answer.json()).toMatchObject({ code: 'payload_too_large' });
    }
  });

  it('are not read where the operation has none', async () => {
    const answer = await call('/api/v1/auth/dashboard-access/nobody', { method: 'POST', body: '{' });
    expect(answer.status).toBe(404);
    await environment.client.application.create({ body: { name: 'A', uid: 'customer' } });
    for (const body of [null, 'null', '{', '{}']) {
      const access = await call('/api/v1/auth/dashboard-access/customer/', { method: 'POST', body });
      expect(access.status, `${body}`).toBe(200);
      const { token } = (await access.json()) as { token: string };
      expect((await server.as(token).portalSession.whoami()).status).toBe(200);
    }
  });
});

it('checks who calls before it looks at the input', async () => {
  const answer = await call('/api/v1/app/?limit=many', {
    method: 'POST',
    body: '{',
    headers: { authorization: '' },
  });
  expect(answer.status).toBe(401);
});

it('answers browsers of every origin', async () => {
  const preflight = await call('/api/v1/app/', {
    method: 'OPTIONS',
    headers: {
      origin: 'https://customer.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,idempotency-key',
    },
  });
  expect(preflight.ok).toBe(true);
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,idempotency-key');
  expect(preflight.headers.get('access-control-max-age')).toBe('600');
  const refusal = await call('/api/v1/app/', {
    headers: { authorization: '', origin: 'https://customer.example' },
  });
  expect(refusal.headers.get('access-control-allow-origin')).toBe('*');
});

it('gives a request the id it came with, else one of its own, in the answer and in the log', async () => {
  const answer = await call('/api/v1/app/', {
    headers: { 'x-request-id': 'mine-1', authorization: 'Bearer no' },
  });
  expect(answer.headers.get('x-request-id')).toBe('mine-1');
  expect(
    server.logs.some((line) => line.includes('"requestId":"mine-1"') && line.includes('"status":401')),
  ).toBe(true);
  expect((await call('/api/v1/app/', { headers: { 'svix-req-id': '42' } })).headers.get('x-request-id')).toBe(
    '42',
  );
  expect((await call('/api/v1/app/')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

it('says nothing of the inside when something unexpected happens, and logs it', async () => {
  const { kysely } = server.context.database;
  await sql`alter table application rename to application_away`.execute(kysely);
  try {
    const answer = await call('/api/v1/app/');
    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({ code: 'server_error', detail: 'Internal server error' });
    expect(
      server.logs.some((line) => line.includes('request.failed') && line.includes('does not exist')),
    ).toBe(true);
  } finally {
    await sql`alter table application_away rename to application`.execute(kysely);
  }
});

describe('beside the API', () => {
  it('health answers GET and HEAD without a token', async () => {
    expect(await (await call('/api/v1/health', { headers: { authorization: '' } })).json()).toEqual({
      database: { status: 'ok' },
    });
    expect((await call('/api/v1/health/', { method: 'HEAD' })).status).toBe(200);
    for (const path of ['/api/v1/health/ping', '/api/v1/health/ping/']) {
      for (const method of ['GET', 'HEAD']) {
        const ping = await call(path, { method, headers: { authorization: '' } });
        expect(ping.status, `${method} ${path}`).toBe(204);
        expect(await ping.text()).toBe('');
      }
    }
  });

  it('serves its OpenAPI document and a reference page that loads nothing from elsewhere', async () => {
    const document = (await (await call('/api/v1/openapi.json')).json()) as { paths: object };
    expect(Object.keys(document.paths)).toContain('/api/v1/auth/logout/');
    const page = await (await call('/docs')).text();
    const sources = [...page.matchAll(/(?:src|href|spec-url)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(sources.length).toBeGreaterThan(2);
    for (const source of sources) {
      expect(source).toMatch(/^\//);
      expect((await call(source)).status).toBe(200);
    }
  });

  it('serves the portal for people, embeddable by whom the configuration says', async () => {
    const page = await call('/login?darkMode=true', { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain('frame-ancestors https://app.example.com');
    expect(page.headers.get('x-frame-options')).toBeNull();
    const html = await page.text();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
    const asset = await call(script);
    expect(asset.status).toBe(200);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect((await call('/assets/none.js')).status).toBe(404);
  });
});
