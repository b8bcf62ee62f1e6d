import { once } from 'node:events';
import http from 'node:http';
import { json } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { startServer } from '../harness.js';

it('a server that stops answers what was begun, and says that the connection ends, which a caller keeps open', async () => {
  const server = await startServer();
  const { key } = await server.createEnvironment();
  const agent = new http.Agent({ keepAlive: true });
  const call = (body: string) => {
    const request = http.request(`${server.url}/api/v1/app/`, {
      method: 'POST',
      agent,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        expect: '100-continue',
      },
    });
    const begun = once(request, 'continue');
    request.flushHeaders();
    return {
      begun,
      finish: async () => {
        request.end(body);
        const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
        const { connection } = answer.headers;
        return { status: answer.statusCode, connection, body: await json(answer) };
      },
    };
  };

  const before = call('{"name": "Before"}');
  await before.begun;
  expect(await before.finish()).toMatchObject({ status: 201, connection: 'keep-alive' });

  const during = call('{"name": "During"}');
  await during.begun;
  const stopped = server.stop();
  expect(await during.finish()).toMatchObject({
    status: 201,
    connection: 'close',
    body: { name: 'During' },
  });
  await stopped;
  agent.destroy();
});
