// Builds the image of the last commit with podman and tries it: NODE_IMAGE=… node scripts/check-image.mjs
//   NODE_IMAGE      the base image, where the registry of Containerfile's own cannot be reached, or to pin a digest
//   POSTGRES_IMAGE  the same for compose.yaml's database
//   BUILD_OPTIONS   more options of `podman build`, parted by spaces: how npm gets through there, such as --network host
//   COMPOSE         the command that runs compose.yaml over podman (podman-compose); empty: not tried
// Part of a release and not of CI: it takes podman, a base image, and rights that a CI job need not have.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  caller,
  execute,
  inspect,
  logs,
  must,
  podman,
  say,
  seconds,
  times,
  until,
} from './check-image/podman.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const yaml = createRequire(join(root, 'apps/server/package.json'))('js-yaml');
const PROGRAM = '/opt/postrider/dist/main.js';
const { NODE_IMAGE, POSTGRES_IMAGE, BUILD_OPTIONS = '', COMPOSE = 'podman-compose' } = process.env;
const folder = mkdtempSync(join(tmpdir(), 'postrider-image-'));
const name = `postrider-check-${process.pid}`;
const image = `localhost/${name}`;
const containers = new Set();
const volumes = new Set();

/** As strict as compose.yaml has it, and stricter: podman would put a writable /tmp on a read-only root. */
const STRICT = [
  '--read-only',
  '--read-only-tmpfs=false',
  '--cap-drop=all',
  '--security-opt=no-new-privileges',
];
const run = async (container, volume, ...options) => {
  containers.add(container);
  volumes.add(volume);
  await must(
    'run',
    '--detach',
    '--name',
    container,
    ...STRICT,
    '--volume',
    `${volume}:/data`,
    ...options,
    image,
  );
};
const started = (container, count = 1) =>
  until(
    `${container} starts`,
    async () => times(await logs(container), '"event":"service.started"') === count,
  );
const exec = (container, ...command) => podman('exec', container, ...command);

async function build() {
  const source = join(folder, 'source');
  mkdirSync(source);
  await execute('bash', ['-c', 'git archive HEAD | tar -x -C "$0"', source], { cwd: root });
  const changed = (await execute('git', ['status', '--porcelain'], { cwd: root })).stdout;
  if (changed !== '') say('what is not committed is not in the image that is tried');
  const began = Date.now();
  await must(
    ...['build', '--format', 'docker', '--tag', image],
    ...(NODE_IMAGE === undefined ? [] : ['--build-arg', `NODE=${NODE_IMAGE}`]),
    ...BUILD_OPTIONS.split(' ').filter(Boolean),
    source,
  );
  const size = Number(await inspect(image, '{{.Size}}'));
  const base = NODE_IMAGE ?? /^ARG NODE=(.*)$/m.exec(readFileSync(join(root, 'Containerfile'), 'utf8'))[1];
  const below = Number(await inspect(base, '{{.Size}}'));
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
  say(
    `built in ${seconds(began)} on ${base}: ${megabytes(size)}, of them ${megabytes(size - below)} Postrider's own`,
  );
  assert.ok(size - below < 40e6, 'no more on the base image than the package');
}

async function commands() {
  const help = await must('run', '--rm', ...STRICT, image, '--help');
  assert.match(help, /^Usage: postrider/m);
  const version = await must('run', '--rm', ...STRICT, image, '--version');
  assert.match(version, /^\d+\.\d+\.\d+/m);
  assert.equal((await podman('run', '--rm', ...STRICT, image, 'nonsense')).code, 2);
  say(`commands: --help, and --version says ${version}; one that is not there ends with 2`);
}

const RECEIVER = `require('node:http').createServer((request, response) => {
  request.resume().on('end', () => { console.log(request.headers['svix-id']); response.end(); });
}).listen(9000, '127.0.0.1', () => console.log('listens'))`;

/** A message to a receiver inside of the container, since there alone is the loopback that it may send to. */
async function sendMessage(container, call) {
  const receiver = spawn('podman', ['exec', container, 'node', '-e', RECEIVER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let heard = '';
  receiver.stdout.on('data', (chunk) => {
    heard += chunk;
  });
  await until('the receiver listens', () => heard.includes('listens'));
  await call('/app/', { name: 'Acme', uid: 'acme' });
  await call('/app/acme/endpoint/', { url: 'http://127.0.0.1:9000/' });
  const { id } = await call('/app/acme/msg/', { eventType: 'invoice.paid', payload: { invoice: 'inv_1' } });
  await until('the message arrives', () => heard.includes(id));
  return id;
}

async function service() {
  const [container, volume] = [`${name}-service`, `${name}-data`];
  const began = Date.now();
  const settings = ['--publish', '127.0.0.1::8071', '--env', 'POSTRIDER_ALLOW_SUBNETS=127.0.0.0/8'];
  await run(container, volume, ...settings);
  await started(container);
  say(`first start on an empty volume: ${seconds(began)}`);
  const where = async () => `http://${(await must('port', container, '8071/tcp')).split('\n')[0]}`;
  let address = await where();

  assert.equal(await must('exec', container, 'id', '-u'), '1000');
  const status = await must('exec', container, 'cat', '/proc/1/status');
  assert.match(status, /^Uid:\s+1000\s+1000\s+1000\s+1000$/m);
  assert.match(status, /^CapBnd:\s+0+$/m);
  assert.match(status, /^NoNewPrivs:\s+1$/m);
  for (const place of ['/x', '/tmp/x', '/opt/postrider/x', '/home/node/x'])
    assert.notEqual((await exec(container, 'touch', place)).code, 0, `${place} cannot be written`);
  assert.equal((await exec(container, 'touch', '/data/x')).code, 0, '/data can be written');
  say('user 1000, no capabilities, no new privileges; writes to /data alone');

  const portal = await (await fetch(`${address}/login`)).text();
  const [, script] = /<script[^>]* src="([^"]+)"/.exec(portal) ?? [];
  assert.ok(script, 'the portal has a script');
  assert.equal((await fetch(new URL(script, address))).status, 200);
  assert.equal((await fetch(`${address}/api/v1/health/ping/`)).status, 204);
  assert.equal((await fetch(`${address}/ready`)).status, 200);
  assert.match(await must('healthcheck', 'run', container), /^(healthy)?$/);
  const printed = [...(await logs(container)).matchAll(/Your API key, shown this once: (sk_\S+)/g)];
  assert.equal(printed.length, 1, 'the key is printed once');
  const key = printed[0][1];
  const id = await sendMessage(container, caller(address, key));
  const doctor = await exec(container, 'node', PROGRAM, 'doctor');
  assert.equal(doctor.code, 0, doctor.stdout);
  say('portal, health, ready, health check, one key, a message delivered, doctor finds no problem');

  const rival = `${name}-rival`;
  containers.add(rival);
  const second = await podman('run', '--name', rival, ...STRICT, '--volume', `${volume}:/data`, image);
  assert.equal(second.code, 1, 'a second container on the same volume is refused');
  assert.match(second.stdout + second.stderr, /another Postrider has \/data open/);

  await must('stop', '--time', '40', container);
  assert.equal(await inspect(container, '{{.State.ExitCode}}'), '0');
  assert.match(
    await logs(container),
    /"event":"service.draining","signal":"SIGTERM"[\s\S]*"event":"service.stopped"/,
  );
  await must('start', container);
  await started(container, 2);
  address = await where();
  await caller(address, key)(`/app/acme/msg/${id}/`);
  await must('kill', container);
  await must('wait', container);
  const again = Date.now();
  await must('rm', container);
  await run(container, volume, ...settings);
  await started(container);
  address = await where();
  await caller(address, key)(`/app/acme/msg/${id}/`);
  assert.equal(times(await logs(container), 'Your API key'), 0, 'the key is not printed again');
  say(
    `stopped in order with 0; what it had is there after a stop, and after a kill (${seconds(again)} to start)`,
  );
  await must('stop', '--time', '40', container);
}

/** The first process of a container gets no signal that it does not handle, so a start could not be ended. */
async function stoppedWhileStarting() {
  const container = `${name}-early`;
  await run(container, `${name}-early-data`);
  // The data directory is taken: the program runs. Making the database takes seconds from here.
  await until(
    'it starts',
    async () => (await exec(container, 'test', '-e', '/data/control.sock')).code === 0,
  );
  const began = Date.now();
  await must('stop', '--time', '60', container);
  const code = await inspect(container, '{{.State.ExitCode}}');
  assert.ok(code === '143' || code === '0', `stopped while it starts: ${code}`);
  assert.ok(Date.now() - began < 30_000, 'it did not have to be killed');
  say(`stopped while it starts: ends with ${code} after ${seconds(began)}`);
}

/** compose.yaml as it stands, with the images of this trial, and secrets made as docs/operating.md says. */
async function compose() {
  const [program, ...words] = COMPOSE.split(' ').filter(Boolean);
  if (program === undefined) return say('NOT TRIED: compose.yaml (COMPOSE is empty)');
  const place = join(folder, 'compose');
  mkdirSync(place);
  const file = readFileSync(join(root, 'compose.yaml'), 'utf8');
  writeFileSync(join(place, 'compose.yaml'), file);
  const database = POSTGRES_IMAGE === undefined ? '' : `  database: { image: ${POSTGRES_IMAGE} }\n`;
  writeFileSync(join(place, 'trial.yaml'), `services:\n${database}  postrider: { image: ${image} }\n`);
  const [, making] = /```sh\n([^`]*postgres\.env[^`]*)```/.exec(
    readFileSync(join(root, 'docs/operating.md'), 'utf8'),
  );
  await execute('bash', ['-euc', making], { cwd: place });
  const call = (...more) =>
    execute(program, [...words, '-p', name, '-f', 'compose.yaml', '-f', 'trial.yaml', ...more], {
      cwd: place,
    });
  const key = /^POSTRIDER_API_KEY=(.*)$/m.exec(readFileSync(join(place, 'postrider.env'), 'utf8'))[1];
  const began = Date.now();
  try {
    await call('up', '--detach', '--no-build');
    await until('compose is ready', () =>
      fetch('http://127.0.0.1:8071/ready').then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    say(`compose: ready in ${seconds(began)}`);
    await caller('http://127.0.0.1:8071', key)('/app/', { name: 'Acme', uid: 'acme' });
    const container = (await must('ps', '--format', '{{.Names}}', '--filter', `ancestor=${image}`)).split(
      '\n',
    )[0];
    const { code, stdout } = await exec(container, 'node', PROGRAM, 'doctor');
    assert.equal(code, 0, stdout);
    // As the file has it: podman-compose 1.0 makes one word of the command, in which a shell finds no script.
    const [, ...check] = yaml.load(file).services.postrider.healthcheck.test;
    await must('exec', container, ...check);
    assert.equal(await inspect(container, '{{.HostConfig.ReadonlyRootfs}}'), 'true');
    assert.match(
      await must('exec', container, 'cat', '/proc/1/status'),
      /^CapBnd:\s+0+$[\s\S]*^NoNewPrivs:\s+1$/m,
    );
    await must('stop', '--time', '40', container);
    assert.equal(await inspect(container, '{{.State.ExitCode}}'), '0');
    say(
      'compose: PostgreSQL and Postrider, ready, doctor finds no problem, read-only, no capabilities, ends with 0',
    );
  } finally {
    await call('down', '--volumes').catch((error) => say(`compose down: ${error.stderr}`));
  }
}

try {
  await build();
  await commands();
  await service();
  await stoppedWhileStarting();
  await compose();
  say('the image is as docs/operating.md says');
} catch (error) {
  for (const container of containers) say(`--- ${container}\n${await logs(container)}`);
  throw error;
} finally {
  for (const container of containers) await podman('rm', '--force', '--time', '0', container);
  for (const volume of volumes) await podman('volume', 'rm', '--force', volume);
  await podman('rmi', '--force', image);
  rmSync(folder, { recursive: true, force: true });
}
