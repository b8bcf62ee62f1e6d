import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { unwrap } from '@postrider/client';
import { type Kysely, sql, type Transaction } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPORT_VIEWS } from '../../src/database/migrations/0012-watch.js';
import type { Tables } from '../../src/database/tables.js';
import { startServer, type TestServer } from '../harness.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
const ROLE = `report_reader_${randomBytes(6).toString('hex')}`;
const SECRETS = [
  'payload-secret',
  'header-secret',
  'path-secret',
  'query-secret',
  'user-secret',
  'answer-secret',
];

/** The statements of docs/operating.md that make the reader, for a role of this test's own. */
function documented(): string[] {
  const page = readFileSync(new URL('../../../../docs/operating.md', import.meta.url), 'utf8');
  const [, text = ''] = /```sql\n(create role reports [^`]*)```/.exec(page) ?? [];
  return text
    .replace(/\breports\b/g, ROLE)
    .trim()
    .split(/;\s*/)
    .filter(Boolean);
}

/** Does something as the reader, in a transaction that is taken back where it is refused. */
const asReader = <T>(run: (transaction: Transaction<Tables>) => Promise<T>): Promise<T> =>
  server.context.database.kysely.transaction().execute(async (transaction) => {
    await sql`set local role ${sql.id(ROLE)}`.execute(transaction);
    return run(transaction);
  });
const namesOf = async (kysely: Kysely<Tables>, kind: 'r' | 'v'): Promise<string[]> => {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relkind = ${kind}::"char" and relnamespace = current_schema()::regnamespace
    order by relname`.execute(kysely);
  return rows.map(({ name }) => name);
};

beforeAll(async () => {
  server = await startServer(REACH_RECEIVERS);
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  receiver.reply = { body: 'answer-secret' };
  const url = receiver.url.replace('http://', 'http://name:user-secret@');
  await scene.endpoint(`${url}path-secret?key=query-secret`, { headers: { 'x-key': 'header-secret' } });
  const { id } = await scene.send({ payload: { text: 'payload-secret' }, channels: ['east'] });
  await scene.recorded(id, 1);
  const { kysely } = server.context.database;
  for (const statement of documented()) await sql.raw(statement).execute(kysely);
});
afterAll(async () => {
  const { kysely } = server.context.database;
  await sql`drop owned by ${sql.id(ROLE)}`.execute(kysely);
  await sql`drop role ${sql.id(ROLE)}`.execute(kysely);
  await scene.close();
  await server.stop();
});

it('every view is one of those that are listed', async () => {
  const views = await namesOf(server.context.database.kysely, 'v');
  expect(views).toEqual(REPORT_VIEWS.map(([name]) => name).sort());
});

describe('who may read the views', () => {
  it('reads what was sent, to whom, and what came of it', async () => {
    const rows = await asReader(async (transaction) => {
      const { rows: found } = await sql<Record<string, unknown>>`
        select application.name, endpoint.host, message.event_type, message.channels, delivery.status, attempt.success,
          attempt.status_code
        from report_message as message
        join report_application as application on application.id = message.application_id
        join report_delivery as delivery on delivery.message_id = message.id
        join report_endpoint as endpoint on endpoint.id = delivery.endpoint_id
        join report_attempt as attempt on attempt.message_id = message.id`.execute(transaction);
      return found;
    });
    expect(rows).toEqual([
      {
        name: 'Acme',
        host: new URL(receiver.url).host,
        event_type: 'invoice.paid',
        channels: ['east'],
        status: 'success',
        success: true,
        status_code: 200,
      },
    ]);
  });

  it('finds no secret, payload, answer or hash of a token in any of them', async () => {
    const { kysely } = server.context.database;
    const hashes = await kysely.selectFrom('api_key').select('token_hash').execute();
    const sealed = await kysely.selectFrom('endpoint_secret').select('secret').execute();
    const bytes = [...hashes.map((one) => one.token_hash), ...sealed.map((one) => one.secret)];
    expect(bytes.length).toBeGreaterThan(1);
    const secret = await unwrap(
      scene.client.endpoint.getSecret({
        params: { app_id: scene.appId, endpoint_id: await theEndpoint() },
      }),
    );
    const dump = await asReader(async (transaction) => {
      let text = '';
      for (const [view] of REPORT_VIEWS) {
        const { rows } = await sql<{
          row: string;
        }>`select t::text as row from ${sql.table(view)} as t`.execute(transaction);
        text += rows.map(({ row }) => row).join('\n');
      }
      return text;
    });
    expect(dump).toContain(scene.appId);
    for (const text of [...SECRETS, secret.key, scene.environment.key]) expect(dump).not.toContain(text);
    for (const one of bytes) expect(dump).not.toContain(Buffer.from(one).toString('hex'));
  });

  it('reads no table, and writes nothing, views included', async () => {
    for (const table of await namesOf(server.context.database.kysely, 'r')) {
      const read = asReader((transaction) => sql`select 1 from ${sql.table(table)}`.execute(transaction));
      await expect(read, table).rejects.toThrow('permission denied');
    }
    for (const [view] of REPORT_VIEWS) {
      const write = asReader((transaction) => sql`delete from ${sql.table(view)}`.execute(transaction));
      await expect(write, view).rejects.toThrow('permission denied');
    }
  });
});

async function theEndpoint(): Promise<string> {
  const { data } = await unwrap(scene.client.endpoint.list({ params: { app_id: scene.appId }, query: {} }));
  return data[0]?.id ?? '';
}
