import { describe, expect, test } from 'vitest';
import { createClient, type TokenSource } from '../src/index.js';
import { json, startServer } from './harness.js';

const listServer = () =>
  startServer((response) => json(response, 200, { data: [], iterator: null, done: true }));

describe('tokens', () => {
  const authorizationWith = async (token: TokenSource | undefined, extraHeaders?: Record<string, string>) => {
    const { url, received } = await listServer();
    await createClient({ serverUrl: url, token }).application.list(extraHeaders ? { extraHeaders } : {});
    return received[0]?.headers.authorization;
  };

  test('a token goes with every call, without the line break of the file that it was in', async () => {
    expect(await authorizationWith('sk_1')).toBe('Bearer sk_1');
    expect(await authorizationWith('sk_1\n')).toBe('Bearer sk_1');
  });

  test('a function is asked anew for every call, and may take its time', async () => {
    const { url, received } = await listServer();
    const tokens = ['appsk_1', 'appsk_2'];
    const client = createClient({ serverUrl: url, token: async () => tokens.shift() });
    await client.application.list();
    await client.application.list();
    await client.application.list();
    expect(received.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer appsk_1',
      'Bearer appsk_2',
      undefined,
    ]);
  });

  test('without a token no authorization is sent', async () => {
    expect(await authorizationWith(undefined)).toBeUndefined();
    expect(await authorizationWith('')).toBeUndefined();
    expect(await authorizationWith(() => undefined)).toBeUndefined();
  });

  test("a call's own authorization wins", async () => {
    expect(await authorizationWith('sk_1', { Authorization: 'Bearer appsk_2' })).toBe('Bearer appsk_2');
  });

  test('a token that HTTP cannot carry is refused without showing it', async () => {
    const call = authorizationWith('sk_one\nsk_two');
    await expect(call).rejects.toThrow(new TypeError('the token has characters that HTTP cannot carry'));
  });
});
