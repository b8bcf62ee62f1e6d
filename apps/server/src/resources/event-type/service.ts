import { EventTypeIn, type EventTypePatch, type EventTypeUpsertIn } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import { conflict, InvalidInputError, notFound } from '../../errors.js';
import type { Caller } from '../../handlers.js';
import { checkSchemas } from '../../json-schema.js';
import { events } from '../../observability/events.js';
import {
  deleteEventType,
  type EventType,
  type EventTypeFields,
  findEventType,
  insertEventType,
  type Sight,
  updateEventType,
  upsertEventType,
} from '../../storage/event-type.js';

/** What a caller sees of the event types: an environment key everything, a portal session what its flags allow. */
export const sightOf = (caller: Caller): Sight =>
  caller.kind === 'environment' ? null : caller.session.featureFlags;

function toFields(input: EventTypeUpsertIn): EventTypeFields {
  if (input.schemas) checkSchemas(input.schemas);
  return {
    description: input.description,
    archived: input.archived,
    deprecated: input.deprecated,
    schemas: input.schemas ?? null,
    featureFlags: input.featureFlags ?? null,
    groupName: input.groupName ?? null,
  };
}

/**
 * The event type of this name.
 *
 * @throws AppError 404 when there is none, or the caller may not see it
 */
export async function requireEventType(
  ctx: RequestContext,
  caller: Caller,
  name: string,
): Promise<EventType> {
  const found = await findEventType(ctx.database.kysely, caller.environmentId, name, sightOf(caller));
  if (!found) throw notFound();
  return found;
}

/**
 * Makes an event type. An archived one of this name comes back with the content given.
 *
 * @throws InvalidInputError for schemas that are none; AppError 409 when the name is in use
 */
export async function addEventType(
  ctx: RequestContext,
  environmentId: string,
  input: EventTypeIn,
): Promise<EventType> {
  const made = await insertEventType(ctx.database.kysely, {
    ...toFields(input),
    environmentId,
    name: input.name,
    now: ctx.clock.now(),
  });
  if (!made) throw conflict('An event_type with this name already exists', 'event_type_exists');
  events.eventTypeCreated(ctx, { environmentId, eventType: made.name });
  return made;
}

/** What can be made must be of a form that endpoints and messages can name. */
function checkName(name: string): void {
  const { error } = EventTypeIn.shape.name.safeParse(name);
  if (!error) return;
  throw new InvalidInputError(
    error.issues.map(({ message }) => ({
      loc: ['path', 'event_type_name', '__all__'],
      msg: message,
      type: 'value_error',
    })),
  );
}

/**
 * Replaces the event type of this name, archived or not, or makes it.
 *
 * @throws InvalidInputError for a name or schemas that are none
 */
export async function replaceEventType(
  ctx: RequestContext,
  environmentId: string,
  name: string,
  input: EventTypeUpsertIn,
): Promise<{ eventType: EventType; created: boolean }> {
  checkName(name);
  const fields = toFields(input);
  const stored = await upsertEventType(ctx.database.kysely, {
    ...fields,
    environmentId,
    name,
    now: ctx.clock.now(),
  });
  const report = stored.created ? events.eventTypeCreated : events.eventTypeUpdated;
  report(ctx, { environmentId, eventType: name });
  return stored;
}

/**
 * Changes the given fields; null clears, absent leaves.
 *
 * @throws InvalidInputError for schemas that are none; AppError 404
 */
export async function patchEventType(
  ctx: RequestContext,
  environmentId: string,
  name: string,
  patch: EventTypePatch,
): Promise<EventType> {
  if (patch.schemas) checkSchemas(patch.schemas);
  const { description, archived, deprecated, schemas, featureFlags, groupName } = patch;
  const updated = await updateEventType(ctx.database.kysely, environmentId, name, {
    ...(description === undefined ? {} : { description }),
    ...(archived === undefined ? {} : { archived }),
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(schemas === undefined ? {} : { schemas }),
    ...(featureFlags === undefined ? {} : { featureFlags }),
    ...(groupName === undefined ? {} : { groupName }),
    updatedAt: ctx.clock.now(),
  });
  if (!updated) throw notFound();
  events.eventTypeUpdated(ctx, { environmentId, eventType: name });
  return updated;
}

/**
 * Archives an event type: no endpoint can begin to listen to it, those that do go on. With `expunge` it is removed.
 *
 * @throws AppError 404
 */
export async function removeEventType(
  ctx: RequestContext,
  environmentId: string,
  name: string,
  expunge: boolean,
): Promise<void> {
  const database = ctx.database.kysely;
  const found = expunge
    ? await deleteEventType(database, environmentId, name)
    : await updateEventType(database, environmentId, name, { archived: true, updatedAt: ctx.clock.now() });
  if (!found) throw notFound();
  const report = expunge ? events.eventTypeDeleted : events.eventTypeArchived;
  report(ctx, { environmentId, eventType: name });
}
