import type { EventTypeOut } from '@postrider/contract';
import type { Owner } from './owner.js';

export type Input = Record<string, unknown>;

/** What an event type has that was made with its name and description alone. */
export const BARE_EVENT_TYPE = {
  archived: false,
  deprecated: false,
  schemas: null,
  groupName: null,
  featureFlags: null,
  featureFlag: null,
};

/** The calls about event types, in the environment of the test. */
export function eventTypesOf(own: Owner) {
  const call = () => own.environment.client.eventType;
  const create = (body: Input) => call().create({ body: body as never });
  const get = (event_type_name: string) => call().get({ params: { event_type_name } });
  const put = (event_type_name: string, body: Input) =>
    call().upsert({ params: { event_type_name }, body: body as never });
  const patch = (event_type_name: string, body: Input) =>
    call().patch({ params: { event_type_name }, body: body as never });
  const remove = (event_type_name: string, query = {}) =>
    call().delete({ params: { event_type_name }, query });
  const list = (query: object = {}) => call().list({ query });
  const namesIn = (page: { body: unknown }) =>
    (page.body as { data: EventTypeOut[] }).data.map((one) => one.name);

  const schemas = {
    '1': {
      type: 'object',
      properties: { id: { type: 'string', pattern: '^in_' }, 'ключ\u00e9': { $ref: '#/definitions/a' } },
      definitions: { a: { type: ['integer', 'null'], minimum: 0 } },
      required: ['id'],
      examples: [{ id: 'in_1' }],
    },
    '2': true,
  };
  return { call, create, get, put, patch, remove, list, namesIn, schemas };
}
