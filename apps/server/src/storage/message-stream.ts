import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import { listEnvironmentApplications } from './application.js';
import type { Message } from './message.js';
import type { LabelFilter } from './message-label.js';
import { listMessages, messageColumns } from './message-list.js';
import { firstOfFirstWay } from './message-walk.js';
import { type Window, walk, within } from './window.js';

/** Messages behind an id, oldest first; `done`: nothing follows. */
export interface Stretch {
  readonly messages: readonly Message[];
  readonly done: boolean;
}

/** Messages of one application. */
export async function followApplication(
  database: Queryable,
  applicationId: string,
  filter: LabelFilter,
  window: Window,
): Promise<Stretch> {
  const page = await listMessages(database, applicationId, { ...filter, withContent: true }, window);
  return { messages: page.rows.toReversed(), done: page.done };
}

/** Applications asked for at once. */
const APPLICATIONS = 200;
/** Behind every id: ids begin with small letters. */
const LAST = '~';

interface Place {
  readonly application_id: string;
  readonly id: string;
}

/**
 * Messages of all applications of an environment. Messages have no index over all of them, which every accept would pay
 * for: each application is asked for its own, which are merged. The time grows with the applications, not the messages.
 */
export async function followEnvironment(
  database: Queryable,
  environmentId: string,
  filter: LabelFilter,
  window: Window,
): Promise<Stretch> {
  const { limit } = window;
  let first: Place[] = [];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const ids: string[] = await listEnvironmentApplications(
      database,
      environmentId,
      { over: after, under: LAST },
      APPLICATIONS,
    );
    // What comes after a page that is full already is not looked at.
    const under = first[limit]?.id ?? window.under;
    const found = await firstOf(database, ids, filter, { ...window, under });
    first = [...first, ...found].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit + 1);
    after = ids.length < APPLICATIONS ? undefined : ids.at(-1);
  }
  const messages = await readAll(database, first.slice(0, limit));
  return { messages, done: first.length <= limit };
}

async function firstOf(
  database: Queryable,
  applicationIds: readonly string[],
  filter: LabelFilter,
  window: Window,
): Promise<Place[]> {
  const own = sql`message.application_id = application.id and ${within(sql`message.id`, window)}`;
  const ids =
    firstOfFirstWay(sql`application.id`, filter, window) ??
    sql`select message.id from message where ${own} ${walk(sql`message.id`, window)}`;
  const { rows } = await sql<Place>`
    select application.id as application_id, found.id from unnest(${[...applicationIds]}::text[]) as application(id)
    cross join lateral (${ids}) as found
    ${walk(sql`found.id`, window)}`.execute(database);
  return rows;
}

async function readAll(database: Queryable, places: readonly Place[]): Promise<Message[]> {
  const { rows } = await sql<Message>`
    select ${messageColumns(true)}
    from unnest(${places.map((one) => one.application_id)}::text[], ${places.map((one) => one.id)}::text[])
      as wanted(application_id, id)
    cross join lateral (
      select * from message where application_id = wanted.application_id and id = wanted.id offset 0
    ) as message
    order by message.id`.execute(database);
  return rows;
}
