import { unwrap } from '@postrider/client';
import { OperationalEvent, type OperationalWebhookEndpointOut } from '@postrider/contract';
import { vi } from 'vitest';
import type { TestEnvironment } from './harness.js';
import type { Received, Receiver } from './receiver.js';

type Input = Partial<
  Parameters<TestEnvironment['client']['operationalWebhookEndpoint']['create']>[0]['body']
>;

/** Has the receiver told what happens in the environment. */
export const listen = (
  { client }: Pick<TestEnvironment, 'client'>,
  receiver: Receiver,
  input: Input = {},
): Promise<OperationalWebhookEndpointOut> =>
  unwrap(client.operationalWebhookEndpoint.create({ body: { url: receiver.url, ...input } }));

/** What a request says; fails for what the contract does not know. */
export const eventOf = (request: Received): OperationalEvent =>
  OperationalEvent.parse(JSON.parse(request.body));

/** The events that a receiver was told, as soon as there are so many, in the order of their names: they come in none. */
export async function told(receiver: Receiver, count: number): Promise<OperationalEvent[]> {
  await vi.waitFor(
    () => {
      if (receiver.requests.length < count) {
        throw new Error(`${receiver.requests.length} events of ${count}`);
      }
    },
    { timeout: 30_000, interval: 10 },
  );
  return receiver.requests.map(eventOf).sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** Names of the events that it was told. */
export const typesOf = (receiver: Receiver): string[] =>
  receiver.requests.map((request) => eventOf(request).type).sort();
