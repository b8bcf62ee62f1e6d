import { it } from 'vitest';
import { openPostgres } from '../../src/database/postgres.js';
import { listAttemptedMessages } from '../../src/storage/attempted-message.js';
import { listAttemptsOfEndpoint } from '../../src/storage/attempt.js';
import { listMessages } from '../../src/storage/message-list.js';
import { queueFailed } from '../../src/storage/delivery.js';
import { listAttemptedDestinations } from '../../src/storage/attempted-destination.js';
const id = (p: string, n: number) => p + String(n).padStart(27, '0');
it('lab', { timeout: 100000 }, async () => {
  const db = await openPostgres('postgres://postrider@127.0.0.1:55999/postgres', 4);
  const k = db.kysely;
  const app = id('app_', 1);
  const w = (p: string) => ({ limit: 50, over: `${p}0`, under: `${p}1`, fromOldest: false });
  const time = async (name: string, f: () => Promise<{ rows?: unknown[] } | unknown>) => {
    await f();
    const t = performance.now();
    const r = (await f()) as { rows?: unknown[] };
    console.log(name, (performance.now() - t).toFixed(1), 'ms', r.rows?.length ?? JSON.stringify(r));
  };
  for (const e of [1, 2]) {
    const key = { applicationId: app, endpointId: id('ep_', e) };
    for (const status of [undefined, 0, 1, 2, 3, 4]) await time(`attempted e${e} status ${status}`, () => listAttemptedMessages(k, key, { status, withContent: true, includeUntriedCanceled: true }, w('msg_')));
    for (const status of [undefined, 0, 2]) await time(`attempts e${e} status ${status}`, () => listAttemptsOfEndpoint(k, app, key.endpointId, { status, withContent: true }, w('atmpt_')));
    await time(`attempts e${e} type`, () => listAttemptsOfEndpoint(k, app, key.endpointId, { eventTypes: ['type.3'], channel: 'c1', withContent: true }, w('atmpt_')));
    const empty = { ...key, endpointId: id('ep_', e + 500) };
    await time(`empty endpoint`, () => listAttemptedMessages(k, empty, { withContent: true, includeUntriedCanceled: true }, w('msg_')));
  }
  await time('messages', () => listMessages(k, app, { withContent: true }, w('msg_')));
  await time('messages channel', () => listMessages(k, app, { withContent: true, channel: 'c1' }, w('msg_')));
  await time('destinations 2000 endpoints', () => listAttemptedDestinations(k, app, id('msg_', 1999999), { limit: 50, ascending: true }));
  for (const e of [1, 2]) await time(`recover batch e${e}`, () => queueFailed(k, { applicationId: app, endpointId: id('ep_', e) }, { over: 'msg_0', under: 'msg_1' }, new Date(), 500));
  await db.close();
});
