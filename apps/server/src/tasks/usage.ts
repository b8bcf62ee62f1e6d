import { z } from 'zod';
import { countAttemptsOfPage, listEventTypesOfPage } from '../storage/usage.js';
import { defineKind } from './kind.js';

/** Applications that one step looks at. */
const PAGE = 50;

const begin = { state: { after: '', found: [] }, data: {} };
const stateOf = <T extends z.ZodType>(found: T) => z.object({ after: z.string(), found: z.array(found) });

/** Counts the attempts of applications in a period. */
export const appStatsKind = defineKind({
  name: 'application.stats',
  input: z.object({
    since: z.iso.datetime(),
    until: z.iso.datetime(),
    applicationIds: z.array(z.string()).nullable(),
  }),
  state: stateOf(
    z.object({ appId: z.string(), appUid: z.string().nullable(), messageDestinations: z.number() }),
  ),
  begin,
  step: async (_ctx, transaction, { environmentId, input, state }) => {
    const page = { environmentId, ids: input.applicationIds, after: state.after, limit: PAGE };
    const stretch = { since: new Date(input.since), until: new Date(input.until) };
    const rows = await countAttemptsOfPage(transaction, page, stretch);
    return nextStep(state, rows, (found) => ({ appStats: found }));
  },
});

/** Gathers the event types that the endpoints of each application listen to. */
export const eventTypeAggregateKind = defineKind({
  name: 'event-type.aggregate',
  input: z.object({}),
  state: stateOf(
    z.object({
      appId: z.string(),
      explicitlySubscribedEventTypes: z.array(z.string()),
      hasCatchAllEndpoint: z.boolean(),
    }),
  ),
  begin,
  step: async (_ctx, transaction, { environmentId, state }) => {
    const page = { environmentId, ids: null, after: state.after, limit: PAGE };
    const rows = await listEventTypesOfPage(transaction, page);
    return nextStep(state, rows, (found) => ({ event_types: found }));
  },
});

/** The figures are shown when all are there. */
function nextStep<Row extends { readonly appId: string }>(
  state: { readonly after: string; readonly found: Row[] },
  rows: readonly Row[],
  show: (found: Row[]) => Record<string, unknown>,
) {
  const found = [...state.found, ...rows];
  if (rows.length < PAGE) {
    return { state: { after: state.after, found: [] }, data: show(found), next: 'finished' as const };
  }
  return { state: { after: rows.at(-1)?.appId ?? '', found }, data: {}, next: 'more' as const };
}
