import { createApiKey } from './api-keys.js';
import type { App } from './app.js';
import { startDemoReceiver } from './demo-receiver.js';

const EVENT_TYPES = [
  { name: 'invoice.paid', description: 'An invoice was paid.' },
  { name: 'invoice.overdue', description: 'An invoice was not paid in time.' },
  { name: 'user.signed_up', description: 'Somebody made an account.' },
];

const MESSAGES = [
  { eventType: 'user.signed_up', payload: { type: 'user.signed_up', user: 'ada@example.com' } },
  { eventType: 'invoice.paid', payload: { type: 'invoice.paid', invoice: 'inv_1', amount: 4200 } },
  { eventType: 'invoice.overdue', payload: { type: 'invoice.overdue', invoice: 'inv_2', days: 14 } },
];

type Call = (
  method: 'POST' | 'PUT' | 'PATCH',
  path: string,
  body: unknown,
) => Promise<Record<string, unknown>>;

/** Calls the API as a customer of it would. */
const createCaller =
  (address: string, key: string): Call =>
  async (method, path, body) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const request = { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${address}/api/v1${path}`, request);
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`the demo's ${method} ${path} was answered ${response.status}`);
    return answer;
  };

/** An example customer with a receiver that works, one that fails, and a few messages. Can be done again and again. */
async function fill(call: Call, receiverUrl: string): Promise<void> {
  for (const eventType of EVENT_TYPES) await call('PUT', `/event-type/${eventType.name}/`, eventType);
  await call('POST', '/app/?get_if_exists=true', { name: 'Example customer', uid: 'example' });
  await call('PUT', '/app/example/endpoint/well/', {
    uid: 'well',
    url: `${receiverUrl}/well`,
    description: 'Takes every message',
  });
  await call('PUT', '/app/example/endpoint/failing/', {
    uid: 'failing',
    url: `${receiverUrl}/failing`,
    description: 'Fails on purpose, listens to invoices only',
    eventTypes: ['invoice.paid', 'invoice.overdue'],
  });
  for (const message of MESSAGES) await call('POST', '/app/example/msg/', message);
}

/**
 * Fills a running service with an example customer and gives the text that shows the way in: a key, calls to try, and
 * a link that opens the portal. `onReceived` is told of each delivery to the demo's receiver.
 */
export async function showDemo(
  app: App,
  address: string,
  onReceived: (line: string) => void,
): Promise<string> {
  const key = app.context.config.apiKey ?? app.firstKey ?? (await createApiKey(app.context, undefined));
  const receiver = await startDemoReceiver(onReceived);
  const call = createCaller(address, key);
  await fill(call, receiver.url);
  const access = await call('POST', '/auth/app-portal-access/example/', {});
  const { portal } = app.context.config;
  const minutes = Math.round(portal.oneTimeTokenTtlSeconds / 60);
  return `
Postrider is running with an example customer, two endpoints and three messages.

  API             ${address}/api/v1
  API reference   ${address}/docs
  Metrics         ${address}/metrics
  API key         ${key}

Open the customer's portal (works once, within ${minutes} minutes):

  ${String(access['url'])}

Send another message, and see its attempts at the endpoint that fails:

  curl -X POST ${address}/api/v1/app/example/msg/ \\
    -H 'Authorization: Bearer ${key}' \\
    -d '{"eventType": "invoice.paid", "payload": {"invoice": "inv_3"}}'

  curl ${address}/api/v1/app/example/attempt/endpoint/failing/ \\
    -H 'Authorization: Bearer ${key}'

Make another link into the portal:

  curl -X POST ${address}/api/v1/auth/app-portal-access/example/ \\
    -H 'Authorization: Bearer ${key}' -d '{}'

Ctrl+C stops it. ${whereData(app)} Deliveries to the demo's receiver:
`;
}

const whereData = (app: App): string => {
  const { database } = app.context.config;
  return database.kind === 'embedded'
    ? `What you do is kept in ${database.directory}.`
    : 'What you do is kept in your database.';
};
