import { describe, expect, test } from 'vitest';
import { ApiError, createClient, unwrap } from '../src/index.js';
import { applicationOut, type Behaviour, json, raw, standingTiming, startServer } from './harness.js';

const params = { app_id: 'acme' };
const body = { name: 'Acme' };
const html = { 'content-type': 'text/html' };

async function clientOf(behaviour: Behaviour) {
  const server = await startServer(behaviour);
  const { timing } = standingTiming();
  return { ...server, client: createClient({ serverUrl: server.url, token: 'sk_secret', timing }) };
}

/** The ApiError that a call must end with. */
async function errorOf(call: Promise<unknown>): Promise<ApiError> {
  const outcome: unknown = await call.catch((thrown: unknown) => thrown);
  if (outcome instanceof ApiError) return outcome;
  throw new Error('the call did not end with an ApiError', { cause: outcome });
}

describe('declared errors', () => {
  test('a call resolves to an error that the contract declares, to branch on', async () => {
    const { client } = await clientOf((response) =>
      json(response, 404, { code: 'not_found', detail: 'Entity not found' }),
    );
    const result = await client.application.get({ params });
    expect(result.status).toBe(404);
    if (result.status === 404) expect(result.body.code).toBe('not_found');
  });

  test('unwrap gives the body of a success', async () => {
    const { client } = await clientOf((response) => json(response, 201, applicationOut()));
    expect(await unwrap(client.application.create({ body }))).toEqual(applicationOut());
  });

  test('unwrap throws all other answers with status, code, detail and request id', async () => {
    const { client, received } = await clientOf((response) =>
      json(response, 404, { code: 'not_found', detail: 'Entity not found' }, { 'x-kept': 'yes' }),
    );
    const error = await errorOf(unwrap(client.application.get({ params })));
    expect(error).toMatchObject({
      name: 'ApiError',
      message: 'GET /api/v1/app/acme/ failed with 404 not_found: Entity not found',
      status: 404,
      code: 'not_found',
      detail: 'Entity not found',
      requestId: received[0]?.headers['x-request-id'],
      retryAfterMs: undefined,
      body: { code: 'not_found', detail: 'Entity not found' },
    });
    expect(error.headers.get('x-kept')).toBe('yes');
  });

  test('the request id that the server answers with goes before the one that was sent', async () => {
    const { client } = await clientOf((response) =>
      json(response, 409, { code: 'conflict', detail: 'A conflict has occurred' }, { 'x-request-id': 'r-1' }),
    );
    expect((await errorOf(unwrap(client.application.create({ body })))).requestId).toBe('r-1');
  });

  test('a 422 lists what is wrong and where', async () => {
    const detail = [
      { loc: ['body', 'name'], msg: 'Application names must be at least one character', type: 'value_error' },
      { loc: ['body', 'uid', '__all__'], msg: 'String too long', type: 'value_error' },
    ];
    const { client } = await clientOf((response) => json(response, 422, { detail }));
    expect(await errorOf(unwrap(client.application.create({ body })))).toMatchObject({
      status: 422,
      code: 'validation_error',
      detail,
      message:
        'POST /api/v1/app/ failed with 422 validation_error: ' +
        'body.name: Application names must be at least one character; body.uid.__all__: String too long',
    });
  });

  test('a declared status that is a success for nobody, as of an ill server, is an ApiError as well', async () => {
    const health = { database: { status: 'error' } };
    const { client } = await clientOf((response) => json(response, 503, health));
    const result = await client.health.get();
    expect(result).toMatchObject({ status: 503, body: health });
    expect(await errorOf(unwrap(client.health.get()))).toMatchObject({ code: 'http_503', body: health });
  });
});

describe('undeclared answers', () => {
  test('errors that the contract does not declare are thrown with all they say', async () => {
    for (const status of [400, 413, 418, 500, 501, 503]) {
      const { client } = await clientOf((response) =>
        json(response, status, { code: 'some', detail: 'Text' }),
      );
      expect(await errorOf(client.application.create({ body }))).toMatchObject({
        status,
        code: 'some',
        detail: 'Text',
        message: `POST /api/v1/app/ failed with ${status} some: Text`,
      });
    }
  });

  test("a proxy's page is an ApiError, without the page in its words", async () => {
    for (const status of [404, 502]) {
      const { client } = await clientOf((response) => raw(response, status, '<html>Oops</html>', html));
      expect(await errorOf(client.application.get({ params }))).toMatchObject({
        status,
        code: `http_${status}`,
        detail: `HTTP status ${status}`,
        message: `GET /api/v1/app/acme/ failed with ${status} http_${status}`,
        body: '<html>Oops</html>',
      });
    }
  });

  test('a line of plain text becomes the detail', async () => {
    const { client } = await clientOf((response) =>
      raw(response, 400, 'Failed to deserialize query string\n', { 'content-type': 'text/plain' }),
    );
    expect(await errorOf(client.application.list())).toMatchObject({
      code: 'http_400',
      detail: 'Failed to deserialize query string',
    });
  });

  test('an error with an empty, broken or odd body is an ApiError', async () => {
    for (const text of ['', '{', 'null', '[]', '7', '{"detail":[null,{"loc":7}]}', '{"code":5}']) {
      const { client } = await clientOf((response) =>
        raw(response, 401, text, { 'content-type': 'application/json' }),
      );
      expect(await errorOf(client.application.get({ params }))).toMatchObject({ status: 401 });
    }
  });

  test('a success whose body is not of the declared shape is an ApiError that says where', async () => {
    const { client } = await clientOf((response) => json(response, 200, { ...applicationOut(), name: 7 }));
    expect(await errorOf(client.application.get({ params }))).toMatchObject({
      status: 200,
      code: 'unexpected_answer',
      detail: 'the answer is not of the declared shape in name',
    });
  });

  test('a page in place of JSON is not taken for success', async () => {
    const { client } = await clientOf((response) => raw(response, 200, '<html>Log in</html>', html));
    expect(await errorOf(client.application.get({ params }))).toMatchObject({
      code: 'unexpected_answer',
      detail: 'the answer is not of the declared shape in the body',
    });
  });

  test('a success that the operation does not declare is an ApiError', async () => {
    const { client } = await clientOf((response) => json(response, 202, applicationOut()));
    expect(await errorOf(client.application.get({ params }))).toMatchObject({
      status: 202,
      code: 'unexpected_answer',
    });
  });

  test('a redirect is not followed, which would make a GET of a POST, but explained', async () => {
    const { client, received } = await clientOf((response) =>
      response.writeHead(301, { location: '/elsewhere' }).end(),
    );
    const error = await errorOf(client.application.create({ body }));
    expect(error).toMatchObject({ status: 301, code: 'unexpected_answer' });
    expect(error.message).toContain('serverUrl');
    expect(received).toHaveLength(1);
  });

  test('fields that this version does not know are left out', async () => {
    const { client } = await clientOf((response) => json(response, 200, { ...applicationOut(), added: 1 }));
    expect(await unwrap(client.application.get({ params }))).toEqual(applicationOut());
  });
});

describe('what errors keep to themselves', () => {
  test('a message holds no token or secret, even where the server repeats it', async () => {
    const { client } = await clientOf((response, { headers }) =>
      json(response, 401, {
        code: 'authentication_failed',
        detail: `No: ${headers.authorization} whsec_a+/=b.`,
      }),
    );
    const error = await errorOf(unwrap(client.application.create({ body })));
    expect(error.message).toBe(
      'POST /api/v1/app/ failed with 401 authentication_failed: No: Bearer sk_*** whsec_***',
    );
  });

  test('nothing of the request but method, path and id is in an error', async () => {
    const { client } = await clientOf((response) => raw(response, 500, '', {}));
    const error = await errorOf(
      client.application.create({ body: { name: 'private name' }, query: { get_if_exists: true } }),
    );
    const { stack: _stack, ...fields } = error;
    const shown = `${error.message} ${JSON.stringify(fields)}`;
    expect(shown).toContain('POST /api/v1/app/');
    for (const secret of ['sk_secret', 'private name', 'get_if_exists']) expect(shown).not.toContain(secret);
  });
});
