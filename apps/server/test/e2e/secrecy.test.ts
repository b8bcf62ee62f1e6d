import { unwrap } from '@postrider/client';
import { expect, it } from 'vitest';
import { startServer } from '../harness.js';

it.each([
  ['an endpoint’s header', (secrets: Used) => secrets.header],
  ['a one-time code', (secrets: Used) => secrets.code],
])('a server that logged %s cannot be stopped by a test without failing it', async (_name, secretOf) => {
  const server = await startServer();
  const { client } = await server.createEnvironment();
  const header = 'value-of-a-private-header';
  const { id: app_id } = await unwrap(client.application.create({ body: { name: 'Acme' } }));
  await unwrap(
    client.endpoint.create({
      params: { app_id },
      body: { url: 'https://example.com/', headers: { 'x-private': header } },
    }),
  );
  const { url } = await unwrap(client.authentication.getAppPortalAccess({ params: { app_id }, body: {} }));
  const link = JSON.parse(Buffer.from(decodeURIComponent(url.split('#key=')[1] ?? ''), 'base64').toString());
  const secret = secretOf({ header, code: String((link as Record<string, unknown>)['oneTimeToken']) });
  server.context.log.info({ event: 'request', leaked: secret });
  const stopped = server.stop();
  await expect(stopped).rejects.toThrow('stands in the log');
  await expect(stopped).rejects.not.toThrow(secret);
});

interface Used {
  readonly header: string;
  readonly code: string;
}
