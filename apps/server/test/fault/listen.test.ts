import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, unwrap } from '@postrider/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  freePort,
  MAIN,
  PLACES,
  type Place,
  runCommand,
  type ServerProcess,
  startProcess,
} from '../process.js';
import { Receiver } from '../receiver.js';

const API_KEY = 'sk_listenlistenlisten';
const SECRET = `whsec_${Buffer.alloc(32, 'listener').toString('base64')}`;

type Line = Record<string, unknown>;

/** A `postrider listen` of its own, and what it said. */
class Listening {
  readonly child: ChildProcess;
  output = '';
  readonly #ended: Promise<number | null>;

  constructor(parameters: readonly string[], settings: Record<string, string>) {
    this.child = spawn(process.execPath, [MAIN, 'listen', '--port', '0', ...parameters], {
      env: { PATH: process.env['PATH'], ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const read = (chunk: Buffer) => {
      this.output += chunk.toString();
    };
    this.child.stdout?.on('data', read);
    this.child.stderr?.on('data', read);
    this.#ended = new Promise((resolve) => this.child.once('close', (code) => resolve(code)));
  }

  /** The lines of --json of one kind, once there are so many. */
  async lines(event: string, count = 1): Promise<Line[]> {
    const found = () =>
      this.output
        .split('\n')
        .filter((text) => text.startsWith('{') && text.endsWith('}'))
        .map((text) => JSON.parse(text) as Line)
        .filter((line) => line['event'] === event);
    // What it said besides is in the message when the lines do not come.
    await expect
      .poll(() => (found().length === count ? '' : this.output || 'nothing'), { timeout: 20_000 })
      .toBe('');
    return found();
  }

  async url(): Promise<string> {
    const [line] = await this.lines('listening');
    return String(line?.['url']);
  }

  end(): Promise<number | null> {
    this.child.kill('SIGINT');
    return this.#ended;
  }
}

const running: Listening[] = [];
const listen = (parameters: readonly string[], settings: Record<string, string> = {}): Listening => {
  const listening = new Listening(parameters, settings);
  running.push(listening);
  return listening;
};
afterEach(async () => {
  for (const listening of running.splice(0)) await listening.end();
});

/** The headers of a delivery that was signed now. */
function sign(body: string, prefix: 'svix' | 'webhook', secret = SECRET): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`msg_1.${timestamp}.${body}`).digest('base64');
  return {
    [`${prefix}-id`]: 'msg_1',
    [`${prefix}-timestamp`]: timestamp,
    [`${prefix}-signature`]: `v1,${signature}`,
  };
}

const post = (url: string, body: string, headers: Record<string, string>) =>
  fetch(url, { method: 'POST', body, headers });

describe('postrider listen', () => {
  it('checks both spellings of the headers and says what is wrong, without the secret', async () => {
    const listening = listen(['--json'], { POSTRIDER_WEBHOOK_SECRET: SECRET });
    const url = await listening.url();
    const body = '{"a": 1.0}';
    expect((await post(url, body, sign(body, 'svix'))).status).toBe(200);
    expect((await post(url, body, sign(body, 'webhook'))).status).toBe(200);
    expect((await post(url, 'no json', sign('no json', 'svix'))).status).toBe(200);
    expect((await post(url, `${body} `, sign(body, 'svix'))).status).toBe(400);
    expect((await post(url, body, {})).status).toBe(400);
    const lines = await listening.lines('delivery', 5);
    expect(lines[0]).toMatchObject({ id: 'msg_1', signature: { status: 'valid' }, body, answered: 200 });
    expect(lines.map((line) => (line['signature'] as Line)['check'])).toEqual([
      undefined,
      undefined,
      undefined,
      'no_matching_signature',
      'missing_header',
    ]);
    expect((await fetch(url)).status).toBe(405);
    expect(await listening.end()).toBe(0);
    expect(listening.output).not.toContain(SECRET.slice(6));
  });

  it('hands on the very bytes and headers, and answers what was answered', async () => {
    const receiver = await Receiver.start();
    try {
      receiver.reply = { status: 418, body: 'short and stout', headers: { 'retry-after': '7' } };
      const listening = listen(['--json', '--headers', '--forward-to', receiver.url]);
      const body = '{ "n": 12345678901234567890.10,\r\n "ü": "\\u00fc" }';
      const answer = await post(await listening.url(), body, {
        ...sign(body, 'svix'),
        'X-Custom': 'one',
        'content-type': 'application/json',
      });
      expect([answer.status, await answer.text(), answer.headers.get('retry-after')]).toEqual([
        418,
        'short and stout',
        '7',
      ]);
      const [request] = await receiver.waitFor(1);
      expect(request?.body).toBe(body);
      expect(request?.path).toBe('/hook');
      expect(request?.headers).toMatchObject({
        'x-custom': 'one',
        'svix-id': 'msg_1',
        host: new URL(receiver.url).host,
        'content-type': 'application/json',
      });
      const [line] = await listening.lines('delivery');
      expect(line).toMatchObject({
        signature: { status: 'unchecked' },
        forwarded: { status: 418 },
        answered: 418,
      });
      expect(line?.['headers']).toContainEqual(['svix-id', 'msg_1']);
    } finally {
      await receiver.stop();
    }
  });

  it('answers 502 where nobody takes what is handed on', async () => {
    const listening = listen(['--json', '--forward-to', 'http://127.0.0.1:1/']);
    expect((await post(await listening.url(), '{}', {})).status).toBe(502);
    const [line] = await listening.lines('delivery');
    expect(line).toMatchObject({ forwarded: { error: expect.stringContaining('ECONNREFUSED') } });
  });

  it('shows people a few lines without colours where no terminal is', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'postrider-listen-'));
    try {
      await writeFile(join(directory, 'secret'), `${SECRET}\n`);
      const listening = listen(['--status', '503', '--secret-file', join(directory, 'secret')]);
      await expect.poll(() => listening.output).toContain('Ctrl+C ends it');
      const url = /http:\S+/.exec(listening.output)?.[0] ?? '';
      const body = '{"text":"\\u001b[31mred"}';
      expect((await post(url, body, sign(body, 'svix'))).status).toBe(503);
      await expect.poll(() => listening.output).toMatch(/msg_1 {2}signature valid {2}answered 503\n/);
      await post(url, '\u001b[31mred', sign('\u001b[31mred', 'svix'));
      await expect.poll(() => listening.output).toContain('\u{fffd}[31mred');
      expect(listening.output).not.toContain('\u001b');
      expect(listening.output).not.toContain(SECRET.slice(6));
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it.each([
    [['--port', '70000'], {}, /port/],
    [['--forward-to', 'ftp://x'], {}, /http or https/],
    [['--app', 'x'], {}, /POSTRIDER_API_KEY/],
    [['--public-url', 'http://x.example'], {}, /--app/],
    [[], { POSTRIDER_WEBHOOK_SECRET: 'whsk_very-secret' }, /whsec_ or whpk_/],
    [['--secret-file', '/does/not/exist'], {}, /ENOENT/],
  ])('%s %s is a mistake in the call', async (parameters, settings, line) => {
    const { code, stdout, stderr } = await runCommand(['listen', ...parameters], settings);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('very-secret');
  });
});

describe('with a service', () => {
  let place: Place;
  let server: ServerProcess;
  let settings: Record<string, string>;
  beforeAll(async () => {
    place = await (PLACES[0] as (typeof PLACES)[number])[1]();
    server = await startProcess({
      ...place.settings,
      POSTRIDER_API_KEY: API_KEY,
      POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8',
      POSTRIDER_RETRY_SCHEDULE: '',
    });
    settings = { POSTRIDER_API_KEY: API_KEY, POSTRIDER_URL: server.url };
    await unwrap(client().application.create({ body: { name: 'Example', uid: 'example' } }));
  });
  afterAll(async () => {
    await server.end('SIGTERM');
    await place.remove();
  });
  const client = () => createClient({ serverUrl: server.url, token: API_KEY });
  const endpoints = async () =>
    (await unwrap(client().endpoint.list({ params: { app_id: 'example' }, query: {} }))).data;

  it('listen --app makes an endpoint, gets what send sends, verified, and removes it', async () => {
    const listening = listen(['--json', '--app', 'example'], settings);
    await listening.url();
    expect(await endpoints()).toMatchObject([{ description: expect.stringContaining('postrider listen') }]);
    const payload = join(tmpdir(), `postrider-payload-${process.pid}.json`);
    await writeFile(payload, '{ "n": 12345678901234567890.10 }\n');
    try {
      const sent = await runCommand(
        ['send', '--app', 'example', '--event-type', 'invoice.paid', '--payload', payload, '--json'],
        settings,
      );
      expect(sent).toMatchObject({ code: 0, stderr: '' });
      const { id } = JSON.parse(sent.stdout) as { id: string };
      const [delivery] = await listening.lines('delivery');
      expect(delivery).toMatchObject({
        id,
        signature: { status: 'valid' },
        body: '{ "n": 12345678901234567890.10 }',
      });
    } finally {
      await rm(payload);
    }
    expect(await listening.end()).toBe(0);
    expect(await endpoints()).toEqual([]);
    await listening.lines('stopped');
    expect(listening.output).not.toMatch(/whsec_|sk_/);
  });

  it('verifies Ed25519 with the public key, and listens to chosen event types', async () => {
    await unwrap(client().eventType.create({ body: { name: 'b', description: '' } }));
    const listening = listen(['--json', '--app', 'example', '--event-type', 'b'], settings);
    await listening.url();
    const [endpoint] = await endpoints();
    expect(endpoint?.filterTypes).toEqual(['b']);
    expect(await listening.end()).toBe(0);
    const private_ =
      'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==';
    const port = await freePort();
    const { id } = await unwrap(
      client().endpoint.create({
        params: { app_id: 'example' },
        body: { url: `http://127.0.0.1:${port}/`, secret: private_ },
      }),
    );
    const params = { app_id: 'example', endpoint_id: id };
    const { key } = await unwrap(client().endpoint.getSecret({ params }));
    const second = listen(['--json', '--port', String(port)], { POSTRIDER_WEBHOOK_SECRET: key });
    await second.url();
    expect(await runCommand(['send', '--app', 'example'], settings)).toMatchObject({ code: 0 });
    const [delivery] = await second.lines('delivery');
    expect(delivery).toMatchObject({
      signature: { status: 'valid' },
      body: '{"type":"example.sent","example":true}',
    });
    await unwrap(client().endpoint.delete({ params }));
  });

  it('send takes the example of the event type’s schema', async () => {
    await unwrap(
      client().eventType.create({
        body: {
          name: 'order.made',
          description: '',
          schemas: { '1': { type: 'object', examples: [{ order: 7 }] } },
        },
      }),
    );
    const sent = await runCommand(['send', '--app', 'example', '--event-type', 'order.made'], settings);
    expect(sent.stdout).toMatch(/^msg_\w+ order\.made, to example\n$/);
    const params = { app_id: 'example', msg_id: sent.stdout.split(' ')[0] ?? '' };
    expect((await unwrap(client().message.get({ params }))).payload).toEqual({ order: 7 });
  });

  it.each([
    [['--app', 'nobody'], {}, 1, /404 not_found/],
    [['--app', 'example'], { POSTRIDER_API_KEY: 'sk_wrongwrongwrong' }, 1, /401 authentication_failed/],
    [['--app', 'example', '--server', 'http://127.0.0.1:1'], {}, 1, /got no answer/],
    [['--app', 'example', '--server', 'nowhere'], {}, 2, /./],
    [['--app', 'example', '--payload', '/does/not/exist'], {}, 2, /ENOENT/],
    [['--app', 'example'], { POSTRIDER_API_KEY: '' }, 2, /POSTRIDER_API_KEY/],
    [[], {}, 2, /--app/],
  ])('send %s %s ends with one line', { timeout: 60_000 }, async (parameters, other, code, line) => {
    const result = await runCommand(['send', ...parameters], { ...settings, ...other });
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(line) });
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(result.stderr).not.toContain('sk_');
  });

  it('a listener that cannot make its endpoint ends, and says why', async () => {
    const result = await runCommand(['listen', '--port', '0', '--app', 'nobody'], settings);
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('404 not_found') });
  });
});
