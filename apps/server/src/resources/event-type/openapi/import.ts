import type { EventTypeFromOpenApi, EventTypeImportOpenApiIn } from '@postrider/contract';
import type { RequestContext } from '../../../context.js';
import { AppError } from '../../../errors.js';
import { type Merge, mergeEventTypes, type NamedEventType, planMerge } from '../../../event-types.js';
import { events } from '../../../observability/events.js';
import { fromObject, fromText, type OpenApiDocument } from './document.js';
import { readWebhooks } from './webhooks.js';

function readDocument({ spec, specRaw }: EventTypeImportOpenApiIn): OpenApiDocument {
  const given = [spec ?? undefined, specRaw ?? undefined].filter((one) => one !== undefined);
  // 400 is what clients of this operation know for it; what is wrong in the document is 422.
  if (given.length !== 1) {
    throw new AppError(400, 'bad_request', 'Exactly one of spec and specRaw must be given.');
  }
  return typeof specRaw === 'string' ? fromText(specRaw) : fromObject(spec);
}

/**
 * Brings the webhooks of an OpenAPI document in as event types: those that are new are made, those that are there are
 * changed, archived ones come back. With `replaceAll` all others are archived. It happens as a whole or not at all; a dry
 * run only tells.
 *
 * @throws AppError 400 when there is not exactly one document; InvalidInputError naming the place in it
 */
export async function importOpenApi(
  ctx: RequestContext,
  environmentId: string,
  input: EventTypeImportOpenApiIn,
): Promise<Merge> {
  const wanted = readWebhooks(readDocument(input));
  if (input.dryRun) return planMerge(ctx.database.kysely, environmentId, wanted, input.replaceAll);
  const now = ctx.clock.now();
  const merge = await ctx.database.kysely
    .transaction()
    .execute((transaction) => mergeEventTypes(transaction, environmentId, wanted, input.replaceAll, now));
  events.eventTypesImported(ctx, {
    environmentId,
    changed: merge.changed.length,
    archived: merge.archived.length,
  });
  return merge;
}

/** An event type of an import as callers see it. */
export const presentImported = (eventType: NamedEventType): EventTypeFromOpenApi => ({
  name: eventType.name,
  description: eventType.description,
  schemas: eventType.schemas,
  deprecated: eventType.deprecated,
  groupName: eventType.groupName,
  featureFlags: eventType.featureFlags === null ? null : [...eventType.featureFlags],
  featureFlag: eventType.featureFlags?.[0] ?? null,
});
