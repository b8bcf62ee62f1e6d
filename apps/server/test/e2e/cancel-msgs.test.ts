import { unwrap } from '@postrider/client';
import { describe, expect, it } from 'vitest';
import { startServer } from '../harness.js';
import { standing } from '../messages.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

describe('cancel-msgs', () => {
  it('cancels what waits of older messages, retries too, and leaves the rest', async () => {
    const patient = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '3600' });
    try {
      const other = await Scene.open(patient);
      const target = await other.receiver();
      target.reply = { status: 500 };
      const { id } = await other.endpoint(target);
      const old = await other.send();
      await other.recorded(old.id, 1);
      const young = await other.send();
      await other.recorded(young.id, 1);
      const call = { params: { app_id: other.appId, endpoint_id: id } };
      const { status } = await other.client.endpoint.cancelMsgs({
        ...call,
        body: { createdBefore: young.timestamp },
      });
      expect(status).toBe(204);
      await expect.poll(async () => (await standing(other, id, old.id))?.status).toBe(4);
      expect((await standing(other, id, young.id))?.status).toBe(3);
      patient.clock.advance(5_000);
      await other.recorded(young.id, 2);
      expect(await other.attemptsOf(old.id)).toHaveLength(1);
      expect((await unwrap(other.client.backgroundTask.list({ query: {} }))).data).toEqual([]);
      await other.close();
    } finally {
      await patient.stop();
    }
  });
});

describe('cancel-msgs while an attempt is under way', () => {
  it.each([500, 200])('that ends with %d: it is the last one', async (status) => {
    const patient = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '60' });
    const other = await Scene.open(patient);
    try {
      const target = await other.receiver();
      target.reply = { status };
      const { id } = await other.endpoint(target);
      const release = target.hold();
      const { id: msgId } = await other.send();
      await target.waitFor(1);
      patient.clock.advance(1);
      const params = { app_id: other.appId, endpoint_id: id };
      const createdBefore = patient.clock.now().toISOString();
      expect((await other.client.endpoint.cancelMsgs({ params, body: { createdBefore } })).status).toBe(204);
      const rows = () =>
        patient.context.database.kysely
          .selectFrom('background_task')
          .select('data')
          .where('status', '=', 'finished')
          .execute();
      await expect.poll(rows).toEqual([{ data: { messagesCanceled: 1 } }]);
      release();
      await other.recorded(msgId, 1);
      await other.settle();
      expect((await standing(other, id, msgId))?.status).toBe(status === 200 ? 0 : 4);
      patient.clock.advance(100);
      const after = await other.send();
      await other.recorded(after.id, 1);
      expect(target.requests).toHaveLength(2);
      expect(await other.attemptsOf(msgId)).toHaveLength(1);
    } finally {
      await other.close();
      await patient.stop();
    }
  });
});
