import { readFile } from 'node:fs/promises';
import { unwrap } from '@postrider/client';
import type { EventTypeOut } from '@postrider/contract';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { Scene } from '../scene.js';
import { openSession } from '../sessions.js';

type Json = Record<string, unknown>;

let server: TestServer;
let scene: Scene;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
});

async function exportOf(one: Scene): Promise<{ webhooks: Json; components: { schemas: Json } }> {
  const started = await one.client.eventType.exportOpenapi();
  expect(started).toMatchObject({
    status: 202,
    body: {
      id: expect.stringMatching(/^qtask_[A-Za-z0-9]{27}$/),
      task: 'sdk.generate',
      status: 'running',
      updatedAt: expect.stringMatching(/Z$/),
    },
  });
  const task = await one.taskEnded((started.body as { id: string }).id);
  expect(task.status).toBe('finished');
  return (task.data as { openapi: { webhooks: Json; components: { schemas: Json } } }).openapi;
}
const importInto = (one: Scene, spec: object) =>
  unwrap(one.client.eventType.importOpenapi({ body: { spec: { ...spec } } }));
const typesOf = async (one: Scene) => {
  const { data } = await unwrap(
    one.client.eventType.list({ query: { limit: 250, include_archived: true, with_content: true } }),
  );
  return data.map(({ createdAt: _created, updatedAt: _updated, ...rest }: EventTypeOut) => rest);
};

it('is an OpenAPI document with a webhook for each event type, but for archived ones', async () => {
  const specRaw = await readFile(new URL('../data/shop.openapi.yaml', import.meta.url), 'utf8');
  await unwrap(scene.client.eventType.importOpenapi({ body: { specRaw } }));
  await scene.client.eventType.create({ body: { name: 'old', description: '', archived: true } });
  const openapi = await exportOf(scene);
  expect(Object.keys(openapi.webhooks).sort()).toEqual([
    'category.moved',
    'order.created',
    'order.shipped',
    'ping',
  ]);
  expect(openapi.webhooks['order.shipped']).toMatchObject({
    post: {
      description: 'Order is on its way',
      deprecated: true,
      'x-svix-group-name': 'orders',
      'x-svix-feature-flags': ['shipping', 'beta'],
    },
  });
  expect(openapi.webhooks['ping']).not.toHaveProperty('post.requestBody');
  expect(Object.keys(openapi.components.schemas)).toEqual(['category.moved.Category']);
  expect(JSON.stringify(openapi)).not.toContain('#/definitions');
  const validation = await new Validator().validate(structuredClone(openapi));
  expect(validation.errors).toBeUndefined();
  expect(validation.valid).toBe(true);
});

it('comes into another environment as it was', async () => {
  const specRaw = await readFile(new URL('../data/billing.openapi.json', import.meta.url), 'utf8');
  await unwrap(scene.client.eventType.importOpenapi({ body: { specRaw } }));
  const schemas = {
    '1': {
      type: 'object',
      properties: { $ref: { type: 'string' }, list: { items: { $ref: '#/definitions/Node' } } },
      definitions: { Node: { properties: { next: { $ref: '#/definitions/Node' } } } },
      examples: [{ $ref: '#/definitions/no-reference' }],
    },
  };
  await unwrap(scene.client.eventType.create({ body: { name: 'tree', description: 'A "tree"', schemas } }));
  await unwrap(
    scene.client.eventType.create({ body: { name: 'yes', description: '', schemas: { '1': true } } }),
  );
  const other = await Scene.open(server);
  await importInto(other, await exportOf(scene));
  const [mine, theirs] = [await typesOf(scene), await typesOf(other)];
  const names = (all: typeof mine) => all.filter((one) => one.name !== 'tree');
  expect(names(theirs)).toEqual(names(mine));
  // What contains itself has its definition under its new name, and stands where it was named first.
  const node = { properties: { next: { $ref: '#/definitions/tree.Node' } } };
  expect(theirs.find((one) => one.name === 'tree')?.schemas).toEqual({
    '1': {
      type: 'object',
      properties: { $ref: { type: 'string' }, list: { items: node } },
      definitions: { 'tree.Node': node },
      examples: [{ $ref: '#/definitions/no-reference' }],
    },
  });
});

it('has another version of the schema where there is no first one', async () => {
  const schemas = { '3': { type: 'object', description: 'third' } };
  await unwrap(scene.client.eventType.create({ body: { name: 'a', description: '', schemas } }));
  expect((await exportOf(scene)).webhooks['a']).toMatchObject({
    post: { requestBody: { content: { 'application/json': { schema: schemas['3'] } } } },
  });
});

it('of an empty environment is a document without webhooks, and of no other environment', async () => {
  const other = await Scene.open(server);
  await other.client.eventType.create({ body: { name: 'theirs', description: '' } });
  expect((await exportOf(scene)).webhooks).toEqual({});
});

it('portal sessions may not', async () => {
  const session = await openSession(server, scene.environment, scene.appId);
  expect((await session.eventType.exportOpenapi()).status).toBe(403);
});
