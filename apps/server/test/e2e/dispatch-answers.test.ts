import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { standing } from '../messages.js';
import { Receiver, type Reply } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

const TIMEOUT_SECONDS = 0.3;

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
beforeAll(async () => {
  server = await startServer({
    ...REACH_RECEIVERS,
    POSTRIDER_RETRY_SCHEDULE: '10',
    POSTRIDER_REQUEST_TIMEOUT: `${TIMEOUT_SECONDS}`,
  });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
});
afterEach(() => scene.close());

/** The attempt that is made at an endpoint at `at`, and how long after it the next one is, in seconds. */
async function attemptAt(at: Receiver | string) {
  const endpoint = await scene.endpoint(at);
  const { id } = await scene.send();
  const [attempt] = await scene.recorded(id, 1);
  const { nextAttempt } = (await standing(scene, endpoint.id, id)) ?? {};
  const pause = nextAttempt
    ? (Date.parse(nextAttempt) - Date.parse(attempt?.timestamp ?? '')) / 1000
    : undefined;
  return { attempt, pause };
}

describe('the time for a request', () => {
  const stalls: [string, (socket: Socket) => void][] = [
    ['nothing', () => {}],
    ['half of a head', (socket) => socket.write('HTTP/1.1 200 OK\r\nx-a: ')],
    ['only that it is at work', (socket) => socket.write('HTTP/1.1 102 Processing\r\n\r\n')],
  ];
  const listening: Server[] = [];
  afterEach(() => {
    for (const one of listening.splice(0)) one.close();
  });
  const listen = (answer: (socket: Socket) => void) =>
    new Promise<string>((resolve) => {
      const one = createServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', () => answer(socket));
      });
      listening.push(one);
      one.listen(0, '127.0.0.1', () => {
        const address = one.address();
        resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`);
      });
    });

  it.each(stalls)(
    'runs out when the receiver says %s; the next attempt is a minute later',
    async (_name, answer) => {
      const { attempt, pause } = await attemptAt(await listen(answer));
      expect(attempt).toMatchObject({ status: 2, responseStatusCode: 0, response: 'request timed out' });
      expect(attempt?.responseDurationMs).toBeGreaterThanOrEqual(1000 * TIMEOUT_SECONDS - 20);
      expect(attempt?.responseDurationMs).toBeLessThan(3_000);
      expect(pause).toBeGreaterThanOrEqual(48);
      expect(pause).toBeLessThanOrEqual(75);
    },
  );

  it('ends a body that trickles on and on: what has come until then is the answer', async () => {
    const { attempt } = await attemptAt(
      await listen((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n');
        const timer = setInterval(() => socket.write('1\r\n.\r\n'), 20);
        socket.on('close', () => clearInterval(timer));
      }),
    );
    expect(attempt).toMatchObject({ status: 0, responseStatusCode: 200 });
    expect(attempt?.response).toMatch(/^first\.*$/);
  });

  it('ends a body that stops in the middle', async () => {
    const { attempt } = await attemptAt(
      await listen((socket) => socket.write('HTTP/1.1 503 Busy\r\ncontent-length: 100\r\n\r\nhalf')),
    );
    expect(attempt).toMatchObject({ status: 2, responseStatusCode: 503, response: 'half' });
  });

  it('is not waited for by an endless body: it is cut', async () => {
    receiver.reply = {
      write: (response) => {
        response.on('error', () => {});
        const write = () => {
          while (!response.destroyed && response.write('x'.repeat(10_000)));
        };
        response.on('drain', write);
        write();
      },
    };
    const { attempt } = await attemptAt(receiver);
    expect(attempt).toMatchObject({ status: 0, responseStatusCode: 200, response: 'x'.repeat(20_000) });
  });

  it('does not hold up what others get', async () => {
    await scene.endpoint(await listen(() => {}));
    await scene.endpoint(receiver);
    const { id } = await scene.send();
    await receiver.waitFor(1);
    await scene.recorded(id, 2);
    const codes = (await scene.attemptsOf(id)).map((one) => one.responseStatusCode);
    expect(codes.sort((a, b) => a - b)).toEqual([0, 200]);
  });

  it.each<[string, string, RegExp]>([
    ['closes without an answer', '', /client error \(SendRequest\): connection closed/],
    ['speaks another language', 'hello\r\n', /client error \(SendRequest\): the answer is not valid HTTP/],
    ['breaks off in its head', 'HTTP/1.1 200 OK\r\nx', /client error \(SendRequest\)/],
  ])('is not used up by a receiver that %s', async (_name, text, reason) => {
    const { attempt, pause } = await attemptAt(await listen((socket) => socket.end(text)));
    expect(attempt).toMatchObject({ status: 2, responseStatusCode: 0 });
    expect(attempt?.response).toMatch(reason);
    expect(pause).toBeLessThanOrEqual(15);
  });
});

describe('what an answer says', () => {
  const bytes = (...parts: (string | number[])[]) =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
  const cut = bytes('a'.repeat(19_999), [0xc3]);

  it.each<[string, string | Buffer, string]>([
    ['nothing', '', ''],
    ['a text', 'thänks 😀', 'thänks 😀'],
    ['words and signs of the database', 'NULL', 'NULL'],
    ['quotes, braces and backslashes', '{"a":"\\"},\\N\'', '{"a":"\\"},\\N\''],
    ['lines and controls', 'a\r\n\tb\u0001', 'a\r\n\tb\u0001'],
    ['20 000 bytes', 'a'.repeat(20_000), 'a'.repeat(20_000)],
    ['20 001 bytes, cut', 'a'.repeat(20_001), 'a'.repeat(20_000)],
    ['a cut inside of a character, as base64', `${'a'.repeat(19_999)}é`, cut.toString('base64')],
    [
      'bytes that are no text, as base64',
      bytes('a', [0xff, 0xfe]),
      bytes('a', [0xff, 0xfe]).toString('base64'),
    ],
    ['a zero, as base64', bytes('a', [0], 'b'), bytes('a', [0], 'b').toString('base64')],
  ])('is kept: %s', async (_name, body, response) => {
    receiver.reply = { status: 400, body };
    const { attempt } = await attemptAt(receiver);
    expect(attempt?.responseStatusCode).toBe(400);
    expect(attempt?.response === response).toBe(true);
  });

  it('200 to 299 is a success and nothing else is', async () => {
    const statuses = [200, 201, 202, 204, 226, 299, 300, 304, 400, 401, 404, 418, 499, 500, 599];
    const queue = [...statuses];
    receiver.reply = (): Reply => ({ status: queue.shift() ?? 500 });
    await scene.endpoint(receiver);
    for (const status of statuses) {
      const { id } = await scene.send();
      const [attempt] = await scene.recorded(id, 1);
      expect(attempt).toMatchObject({ responseStatusCode: status, status: status < 300 ? 0 : 2 });
    }
  });

  it('is told by every client', async () => {
    receiver.reply = { status: 418, body: 'short and stout' };
    await scene.endpoint(receiver);
    for (const svix of scene.sdks) {
      const { id } = await svix.message.create(scene.appId, { eventType: 'a', payload: {} });
      const [made] = await scene.recorded(id, 1);
      const attempt = await svix.messageAttempt.get(scene.appId, id, made?.id ?? '');
      expect(attempt).toMatchObject({ responseStatusCode: 418, response: 'short and stout', status: 2 });
    }
  });
});

describe('where there is no answer', () => {
  it('a refused connection is code 0 and says so', async () => {
    const gone = await Receiver.start();
    const { url } = gone;
    await gone.stop();
    const { attempt, pause } = await attemptAt(url);
    expect(attempt).toMatchObject({ status: 2, responseStatusCode: 0 });
    expect(attempt?.response).toBe('error making request: client error (Connect): connection refused');
    expect(pause).toBeLessThanOrEqual(15);
  });

  it('a server without TLS at an https address is code 0 and says so', async () => {
    const { attempt } = await attemptAt(receiver.url.replace('http:', 'https:'));
    expect(attempt).toMatchObject({ status: 2, responseStatusCode: 0 });
    expect(attempt?.response).toMatch(/TLS|EPROTO|closed|reset/i);
  });

  it('a header that cannot be sent is code 0, and the delivery goes on by its schedule', async () => {
    await scene.endpoint(receiver);
    const headers = { 'transfer-encoding': 'gzip' };
    const { id } = await scene.send({ transformationsParams: { headers } });
    const [attempt] = await scene.recorded(id, 1);
    expect(attempt).toMatchObject({ status: 2, responseStatusCode: 0 });
    expect(attempt?.response).toMatch(/^error making request/);
    expect(receiver.requests).toEqual([]);
  });
});
