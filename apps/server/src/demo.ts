import { ALL_CAPABILITIES } from '@postrider/contract';
import { createApiKey } from './api-keys.js';
import type { App } from './app.js';

/** Calls the API as a customer of it would. */
async function call(
  address: string,
  key: string,
  method: string,
  path: string,
  body: unknown,
): Promise<unknown> {
  const response = await fetch(`${address}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`the demo's ${method} ${path} was answered ${response.status}`);
  return answer;
}

/**
 * Fills a running service with an example customer and gives the text that shows the way in: a key, a call to try, and
 * a link that opens the portal.
 */
export async function showDemo(app: App, address: string): Promise<string> {
  const key = app.firstKey ?? (await createApiKey(app.context, undefined));
  await call(address, key, 'POST', '/app/?get_if_exists=true', { name: 'Example customer', uid: 'example' });
  const access = (await call(address, key, 'POST', '/auth/app-portal-access/example/', {
    capabilities: ALL_CAPABILITIES,
  })) as { url: string };
  const minutes = Math.round(app.context.config.portal.oneTimeTokenTtlSeconds / 60);
  return `
Postrider is running with an example customer.

  API             ${address}/api/v1
  API reference   ${address}/docs
  API key         ${key}

Open the customer's portal (works once, within ${minutes} minutes):

  ${access.url}

Make another link:

  curl -X POST ${address}/api/v1/auth/app-portal-access/example/ \\
    -H 'Authorization: Bearer ${key}' \\
    -H 'Content-Type: application/json' -d '{}'

Ctrl+C stops it. What you do is kept in ${app.context.config.database.kind === 'embedded' ? app.context.config.database.directory : 'your database'}.
`;
}
