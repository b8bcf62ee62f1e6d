import { unwrap } from '@postrider/client';
import type { EventTypeOut } from '@postrider/contract';
import { expect } from 'vitest';
import type { Owner } from './owner.js';

export type Input = Record<string, unknown>;

/** Imports of OpenAPI documents into the environment of the test, and what comes of them. */
export function importsOf(own: Owner) {
  const send = (body: Input) => own.environment.client.eventType.importOpenapi({ body: body as never });
  /** The document with these webhooks and components. */
  const documentOf = (webhooks: unknown, components: unknown = {}) => ({
    openapi: '3.1.0',
    info: { title: 'Acme', version: '1' },
    webhooks,
    components,
  });
  /** A webhook with a JSON body of this schema. */
  const webhook = (schema: unknown, more: Input = {}) => ({
    post: { requestBody: { content: { 'application/json': { schema } } }, ...more },
  });
  const get = (event_type_name: string): Promise<EventTypeOut> =>
    unwrap(own.environment.client.eventType.get({ params: { event_type_name } }));
  const list = async (include_archived = false) =>
    (await unwrap(own.environment.client.eventType.list({ query: { include_archived, limit: 250 } }))).data;
  const namesIn = async (include_archived = false) => (await list(include_archived)).map((one) => one.name);
  const schemaOf = async (name: string) => (await get(name)).schemas?.['1'];
  /** The one problem of a refusal. */
  const problemOf = async (body: Input) => {
    const answer = await send(body);
    expect(answer.status).toBe(422);
    expect(await namesIn(true)).toEqual([]);
    return (answer.body as { detail: { loc: string[]; msg: string }[] }).detail[0];
  };
  return { send, documentOf, webhook, get, list, namesIn, schemaOf, problemOf };
}
