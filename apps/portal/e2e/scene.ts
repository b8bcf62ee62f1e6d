import { unwrap } from '@postrider/client';
import type { ApplicationOut, EndpointIn, EndpointOut, MessageOut } from '@postrider/contract';
import { vi } from 'vitest';
import type { Receiver } from './receiver';
import type { TestServer } from './server';
import { linkTo } from './walk';

const INVOICE_SCHEMA = {
  type: 'object',
  required: ['type', 'invoiceId', 'amount'],
  properties: {
    type: { const: 'invoice.paid' },
    invoiceId: { type: 'string', description: 'The number on the invoice.' },
    amount: { type: 'integer', description: 'In cents.' },
    paidAt: { type: 'string', format: 'date-time' },
    method: { enum: ['card', 'transfer'] },
    customer: { $ref: '#/definitions/customer' },
    lines: {
      type: 'array',
      items: {
        type: 'object',
        properties: { text: { type: 'string' }, quantity: { type: 'integer' } },
        required: ['text'],
      },
    },
  },
  definitions: {
    customer: {
      type: 'object',
      properties: { id: { type: 'string' }, email: { type: ['string', 'null'], format: 'email' } },
      required: ['id'],
    },
  },
  examples: [
    {
      type: 'invoice.paid',
      invoiceId: 'inv_2048',
      amount: 4200,
      paidAt: '2026-11-24T09:00:00Z',
      method: 'card',
      customer: { id: 'cus_17', email: 'ada@example.com' },
      lines: [{ text: 'Espresso beans', quantity: 2 }],
    },
    { type: 'invoice.paid', invoiceId: 'inv_2049', amount: 990 },
  ],
};

const EVENT_TYPES = [
  {
    name: 'invoice.paid',
    groupName: 'Billing',
    description: 'An invoice was paid in full.',
    schemas: { '1': INVOICE_SCHEMA },
  },
  { name: 'invoice.overdue', groupName: 'Billing', description: 'An invoice was not paid in time.' },
  { name: 'order.created', description: 'Somebody ordered.' },
  { name: 'order.shipped', description: 'An order left the warehouse.' },
  { name: 'order.returned', description: 'An order came back.', deprecated: true },
  { name: 'user.signed_up', description: 'Somebody made an account.' },
] as const;

/** What the walks find: a catalogue, endpoints in every state, and messages that fared well and badly. */
export interface Scene {
  readonly well: EndpointOut;
  readonly failing: EndpointOut;
  readonly off: EndpointOut;
  readonly channelled: EndpointOut;
  /** Delivered to `well`, failed at `failing`, kept from `off` and `channelled`. */
  readonly paid: MessageOut;
}

export const endpointIn = (url: string, more: Partial<EndpointIn> = {}): EndpointIn => ({
  url,
  description: '',
  version: 1,
  disabled: false,
  ...more,
});

/** Sends a message to the application. */
export const sendMessage = (
  { client }: TestServer,
  { id }: ApplicationOut,
  eventType: string,
  more: { channels?: string[]; tags?: string[]; eventId?: string; payload?: Record<string, unknown> } = {},
): Promise<MessageOut> =>
  unwrap(
    client.message.create({
      params: { app_id: id },
      query: {},
      headers: {},
      body: { eventType, payload: { type: eventType, invoiceId: 'inv_2048', amount: 4200 }, ...more },
    }),
  );

/** Defines the event types of the scene; they belong to the environment, that is to every application. */
export async function defineEventTypes({ client }: TestServer): Promise<void> {
  for (const { name, ...body } of EVENT_TYPES) {
    await unwrap(
      client.eventType.upsert({
        params: { event_type_name: name },
        body: { archived: false, deprecated: false, ...body },
      }),
    );
  }
}

/** Fills an application, and waits until every delivery has been tried. */
export async function fillScene(
  server: TestServer,
  application: ApplicationOut,
  receiver: Receiver,
): Promise<Scene> {
  const { client } = server;
  const params = { app_id: application.id };
  const create = (body: EndpointIn) => unwrap(client.endpoint.create({ params, body, headers: {} }));
  await defineEventTypes(server);
  const off = await create(
    endpointIn(`${receiver.url}/archive`, { description: 'Old archive', disabled: true }),
  );
  const failing = await create(
    endpointIn(`${receiver.url}/fail/warehouse`, {
      description: 'Warehouse',
      eventTypes: ['invoice.paid', 'order.created', 'order.shipped'],
    }),
  );
  const channelled = await create(
    endpointIn(`${receiver.url}/project-7`, { description: 'Project seven', channels: ['project_7'] }),
  );
  const well = await create(
    endpointIn(`${receiver.url}/hooks/accounting`, {
      description: 'Accounting takes every message',
      throttleRate: 50,
      headers: { 'x-tenant': 'harbour', authorization: 'Bearer of-the-customer' },
    }),
  );
  await sendMessage(server, application, 'user.signed_up', { channels: ['project_7'] });
  await sendMessage(server, application, 'order.created', { tags: ['import'] });
  const paid = await sendMessage(server, application, 'invoice.paid', {
    channels: ['project_1'],
    tags: ['november'],
    eventId: `inv-2048-${application.id}`,
  });
  const attempts = async () => {
    const list = await unwrap(
      client.messageAttempt.listByMsg({ params: { ...params, msg_id: paid.id }, query: {} }),
    );
    return list.data.length;
  };
  await vi.waitUntil(async () => (await attempts()) >= 4, { timeout: 20_000, interval: 100 });
  return { well, failing, off, channelled, paid };
}

/** An application of its own with one endpoint, and a link that leads to it. */
export async function prepareEndpoint(
  server: TestServer,
  receiver: Receiver,
  path: string,
  more: Partial<EndpointIn> = {},
) {
  const application = await server.createApplication();
  const body = endpointIn(`${receiver.url}${path}`, more);
  const app = { app_id: application.id };
  const endpoint = await unwrap(server.client.endpoint.create({ params: app, body, headers: {} }));
  const link = linkTo(await server.link(application), `/endpoints/${endpoint.id}`);
  return { server, application, endpoint, link, params: { ...app, endpoint_id: endpoint.id } };
}
