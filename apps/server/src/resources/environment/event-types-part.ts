import type { EventTypeIn } from '@postrider/contract';
import { invalidInput } from '../../errors.js';
import { mergeEventTypes, type NamedEventType } from '../../event-types.js';
import { checkSchemas } from '../../json-schema.js';
import { findAllEventTypes } from '../../storage/event-type-merge.js';
import { presentEventType } from '../present-event-type.js';
import type { Part } from './transfer.js';

const toEventType = (input: EventTypeIn): NamedEventType => ({
  name: input.name,
  description: input.description,
  archived: input.archived,
  deprecated: input.deprecated,
  schemas: input.schemas ?? null,
  featureFlags: input.featureFlags ?? null,
  groupName: input.groupName ?? null,
});

function check(eventTypes: readonly EventTypeIn[]): void {
  const names = new Set<string>();
  for (const [index, { name, schemas }] of eventTypes.entries()) {
    if (names.has(name)) {
      throw invalidInput(['body', 'event_types', 'name'], `The event type ${name} is named more than once`);
    }
    names.add(name);
    if (schemas) checkSchemas(schemas, ['body', `eventTypes[${index}]`, 'schemas']);
  }
}

/** All event types, archived ones too. Those of the same name are replaced, others stay. */
export const eventTypesPart: Part = {
  read: async (database, environmentId) => ({
    eventTypes: (await findAllEventTypes(database, environmentId)).map(presentEventType),
  }),
  prepare: ({ eventTypes }) => {
    if (!eventTypes || eventTypes.length === 0) return undefined;
    check(eventTypes);
    const wanted = eventTypes.map(toEventType);
    return async (transaction, environmentId, now) => {
      await mergeEventTypes(transaction, environmentId, wanted, false, now);
    };
  },
};
