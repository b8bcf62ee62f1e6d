import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { standing } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { Scene } from '../scene.js';

const BLOCKED = 'requests to this IP range are blocked (see the server configuration)';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
let port: string;
beforeAll(async () => {
  server = await startServer({ POSTRIDER_RETRY_SCHEDULE: '10' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  ({ port } = new URL(receiver.url));
});
afterEach(() => scene.close());

/** Addresses that all end at the receiver where nothing keeps them from it, and others that nobody may reach. */
const ADDRESSES: [string, string][] = [
  ['loopback', '127.0.0.1'],
  ['loopback in a corner', '127.255.0.9'],
  ['loopback by name', 'localhost'],
  ['loopback as one number', '2130706433'],
  ['loopback in hexadecimal', '0x7f000001'],
  ['loopback in octal', '0177.0.0.1'],
  ['loopback in short', '127.1'],
  ['loopback in wide digits', '①②⑦.0.0.1'],
  ['loopback of IPv6', '[::1]'],
  ['loopback mapped into IPv6', '[::ffff:127.0.0.1]'],
  ['loopback mapped in hexadecimal', '[::ffff:7f00:1]'],
  ['loopback in the old form of IPv6', '[::127.0.0.1]'],
  ['loopback through NAT64', '[64:ff9b::7f00:1]'],
  ['loopback through 6to4', '[2002:7f00:1::]'],
  ['no address at all', '0.0.0.0'],
  ['no address of IPv6', '[::]'],
  ['a private one (10/8)', '10.0.0.1'],
  ['a private one (172.16/12)', '172.16.0.1'],
  ['a private one (192.168/16)', '192.168.1.1'],
  ['a private one of IPv6', '[fd00::1]'],
  ['the metadata of a cloud', '169.254.169.254'],
  ['the metadata of a cloud in IPv6', '[fd00:ec2::254]'],
  ['a link-local one of IPv6', '[fe80::1]'],
  ['carrier NAT', '100.64.0.1'],
  ['multicast', '224.0.0.1'],
  ['broadcast', '255.255.255.255'],
];

describe('without permission', () => {
  it.each(ADDRESSES)('%s (%s) is not called; the attempt says why', async (_name, host) => {
    const endpoint = await scene.endpoint(`http://${host}:${port}/hook`);
    const { id } = await scene.send();
    const [attempt] = await scene.recorded(id, 1);
    expect(attempt).toMatchObject({ status: 2, responseStatusCode: 0, response: BLOCKED });
    expect(await standing(scene, endpoint.id, id)).toMatchObject({ status: 3 });
    expect(receiver.connections).toBe(0);
  });

  it('what an SDK sends is not either, nor what is resent', async () => {
    const { id: endpointId } = await scene.endpoint(receiver);
    for (const svix of scene.sdks) {
      const { id } = await svix.message.create(scene.appId, { eventType: 'a', payload: {} });
      await scene.recorded(id, 1);
      await svix.messageAttempt.resend(scene.appId, id, endpointId);
      const attempts = await scene.recorded(id, 2);
      expect(attempts.map((one) => one.response)).toEqual([BLOCKED, BLOCKED]);
    }
    expect(receiver.connections).toBe(0);
  });

  it('a name that leads nowhere is no way around it', async () => {
    await scene.endpoint(`http://nowhere.invalid:${port}/`);
    const { id } = await scene.send();
    const [attempt] = await scene.recorded(id, 1);
    expect(attempt).toMatchObject({ responseStatusCode: 0, status: 2 });
    expect(attempt?.response).toMatch(/host name/);
  });
});

describe('with permission for a range', () => {
  let lenient: TestServer;
  beforeAll(async () => {
    lenient = await startServer({ POSTRIDER_RETRY_SCHEDULE: '', POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/30' });
  });
  afterAll(() => lenient.stop());

  it('what is in it is called, however it is spelled, and what is beside it is not', async () => {
    const there = await Scene.open(lenient);
    for (const host of ['127.0.0.1', '2130706433', '127.1', '[::ffff:127.0.0.1]']) {
      await there.endpoint(`http://${host}:${port}/`);
    }
    await there.endpoint(`http://127.0.0.4:${port}/`);
    await there.endpoint(`http://10.0.0.1:${port}/`);
    const { id } = await there.send();
    const attempts = await there.recorded(id, 6);
    expect(attempts.filter((one) => one.response === BLOCKED)).toHaveLength(2);
    expect(attempts.filter((one) => one.status === 0)).toHaveLength(4);
    expect(receiver.requests).toHaveLength(4);
  });

  it('a name is judged by its addresses', async () => {
    const there = await Scene.open(lenient);
    await there.endpoint(`http://localhost:${port}/`);
    const { id } = await there.send();
    expect(await there.recorded(id, 1)).toMatchObject([{ status: 0 }]);
    expect(receiver.requests).toHaveLength(1);
  });

  it('a redirect out of it is not followed', async () => {
    receiver.reply = { status: 307, headers: { location: 'http://169.254.169.254/latest/meta-data' } };
    const there = await Scene.open(lenient);
    await there.endpoint(receiver);
    const { id } = await there.send();
    expect(await there.recorded(id, 1)).toMatchObject([{ status: 2, responseStatusCode: 307 }]);
  });
});
