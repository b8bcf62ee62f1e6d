import { type EnvironmentIn, type EnvironmentOut, EXPORT_VERSION } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import type { Queryable } from '../../database/database.js';
import { events } from '../../observability/events.js';
import { eventTypesPart } from './event-types-part.js';
import { settingsPart } from './settings-part.js';

/** What a part writes, in the transaction of the whole import. */
export type Write = (transaction: Queryable, environmentId: string, now: Date) => Promise<void>;

/** A part of an environment's configuration: how it goes out and comes in. */
export interface Part {
  read(database: Queryable, environmentId: string): Promise<Partial<EnvironmentOut>>;
  /**
   * Looks at what an import says of the part; undefined where it says nothing.
   *
   * @throws InvalidInputError when it cannot be brought in
   */
  prepare(input: EnvironmentIn): Write | undefined;
}

/** Everything that an export holds, in the order in which an import brings it in. */
const parts = (): readonly Part[] => [eventTypesPart, settingsPart];

/** The environment's configuration, in the form that `importEnvironment` takes. */
export async function exportEnvironment(ctx: RequestContext, environmentId: string): Promise<EnvironmentOut> {
  const out: EnvironmentOut = {
    version: EXPORT_VERSION,
    createdAt: ctx.clock.now().toISOString(),
    eventTypes: [],
    settings: null,
    connectors: [],
  };
  for (const part of parts()) Object.assign(out, await part.read(ctx.database.kysely, environmentId));
  return out;
}

/**
 * Brings in what was exported, here or elsewhere: adds and changes, deletes nothing. It happens as a whole or not at all.
 *
 * @throws InvalidInputError
 */
export async function importEnvironment(
  ctx: RequestContext,
  environmentId: string,
  input: EnvironmentIn,
): Promise<void> {
  const writes = parts().flatMap((part) => part.prepare(input) ?? []);
  const now = ctx.clock.now();
  await ctx.database.kysely.transaction().execute(async (transaction) => {
    for (const write of writes) await write(transaction, environmentId, now);
  });
  events.environmentImported(ctx, { environmentId, eventTypes: input.eventTypes?.length ?? 0 });
}
