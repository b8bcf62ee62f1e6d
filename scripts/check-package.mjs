// Tries the package of `npm run pack` as its users do: installed in an empty folder without network and cache, then the
// service, the portal, a message sent and received, the demo, and every command that its help names. Run by root it runs
// as nobody, who may write to the data directory alone, as in a container whose file system is read-only.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chownSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tryCompletion, tryEveryCommand } from './check-package/command-line.mjs';
import { tryDemo } from './check-package/demo.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const run = promisify(execFile);
const NOBODY = 65_534;
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
const DEADLINE_MS = 60_000;

const [tarball] = readdirSync(join(root, 'dist')).filter((name) => name.endsWith('.tgz'));
assert.ok(tarball, 'no package in dist: npm run pack makes it');
const folder = mkdtempSync(join(tmpdir(), 'postrider-package-'));
const running = new Set();
/** What the program was called with, each time that it had to do something. */
const calls = [];

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** What npm is given: nothing of this machine's settings, and an empty cache. */
const npmEnvironment = {
  PATH: process.env.PATH,
  HOME: join(folder, 'home'),
  npm_config_cache: join(folder, 'cache'),
  npm_config_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
};

/** A program of the package that goes on, with what it printed and a wait for what it will print. */
function start(parameters, environment) {
  calls.push(parameters);
  const child = spawn(program, parameters, {
    cwd: '/',
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  });
  running.add(child);
  let text = '';
  const waiting = new Set();
  const read = (chunk) => {
    text += chunk;
    for (const look of waiting) look();
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const ended = new Promise((resolve) =>
    child.once('close', (code) => {
      running.delete(child);
      resolve(code);
    }),
  );
  return {
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(text);
          if (!match) return;
          waiting.delete(look);
          resolve(match);
        };
        waiting.add(look);
        look();
        const fail = () => reject(new Error(`${parameters.join(' ')} never said ${pattern}:\n${text}`));
        ended.then(fail);
        setTimeout(fail, DEADLINE_MS).unref();
      }),
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

async function command(parameters, environment) {
  calls.push(parameters);
  const { stdout } = await run(program, parameters, { cwd: '/', env: environment, ...user });
  return stdout.trim();
}

/** How a command ends that may be called wrongly. */
const outcome = (parameters) =>
  run(program, parameters, { cwd: '/', env: { PATH: process.env.PATH }, ...user }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );

async function get(url, type) {
  const response = await fetch(url, { headers: { accept: '*/*' } });
  assert.equal(response.status, 200, url);
  assert.match(response.headers.get('content-type') ?? '', type, url);
  return response.text();
}

/** An address of its own for a service, and the settings with it. */
async function settle(settings) {
  const port = await freePort();
  const environment = { PATH: process.env.PATH, POSTRIDER_LISTEN: `127.0.0.1:${port}`, ...settings };
  return { environment, url: `http://127.0.0.1:${port}` };
}

/** A service, its settings and its address. */
async function startService(settings) {
  const { environment, url } = await settle({ POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8', ...settings });
  const service = start(['start'], environment);
  await service.said(/service\.started/);
  return { service, environment, url };
}

/** A service that was started with this data has the customer, for this key. */
async function expectCustomer(settings, key) {
  const { service, url } = await startService(settings);
  const found = await fetch(`${url}/api/v1/app/example/`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal(found.status, 200);
  assert.equal(await service.end('SIGTERM'), 0);
}

/** The service, its pages, and a message that is sent and received. Gives a key. */
async function tryService(name, settings) {
  const { service, environment, url } = await startService(settings);
  const [, key] = await service.said(/shown this once: (sk_\w+)/);
  await get(`${url}/api/v1/health/`, /json/);
  const page = await get(`${url}/login`, /html/);
  const scripts = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)];
  assert.ok(scripts.length > 0, 'the portal has scripts');
  for (const [, path] of scripts) await get(`${url}${path}`, /javascript|css/);
  await get(`${url}/docs`, /html/);
  await get(`${url}/docs/openapi-explorer.min.js`, /javascript/);
  await get(`${url}/api/v1/openapi.json`, /json/);
  const made = await fetch(`${url}/api/v1/app/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: '{"name": "Example", "uid": "example"}',
  });
  assert.equal(made.status, 201);
  const client = { PATH: process.env.PATH, POSTRIDER_URL: url, POSTRIDER_API_KEY: key };
  const listener = start(['listen', '--app', 'example', '--port', '0', '--json'], client);
  await listener.said(/"event":"listening"/);
  const { id } = JSON.parse(await command(['send', '--app', 'example', '--json'], client));
  const [line] = await listener.said(/.*"event":"delivery".*/);
  assert.deepEqual(
    { id: JSON.parse(line).id, signature: JSON.parse(line).signature },
    { id, signature: { status: 'valid' } },
  );
  assert.equal(await listener.end('SIGINT'), 0);
  const another = await command(['api-key', 'create'], environment);
  assert.match(another, /^sk_\w{32}$/);
  assert.equal(await service.end('SIGTERM'), 0);
  console.log(`on ${name}: service, portal, reference, a message sent and received, a key made, stopped`);
  return another;
}

/** A backup while the service runs, what the doctor says, and the backup restored into another directory. */
async function tryBackup(data, key) {
  const { service, environment } = await startService({ POSTRIDER_DATA_DIR: join(data, 'first') });
  const file = join(data, 'backup.tar.gz');
  await command(['backup', file], environment);
  const { findings } = JSON.parse(await command(['doctor', '--json'], environment));
  assert.deepEqual(
    findings.filter(({ level }) => level === 'problem'),
    [],
  );
  assert.equal(await service.end('SIGTERM'), 0);
  const restored = { POSTRIDER_DATA_DIR: join(data, 'restored') };
  await command(['restore', file], { PATH: process.env.PATH, ...restored });
  await expectCustomer(restored, key);
  console.log('backup while it runs, doctor, restore into another directory');
}

/** The embedded database moved to PostgreSQL, where the service goes on; on the old one it does not start any more. */
async function tryMove(data, key, url) {
  const directory = join(data, 'first');
  const old = { PATH: process.env.PATH, POSTRIDER_DATA_DIR: directory };
  await command(['move'], { ...old, POSTRIDER_MOVE_TO: url });
  const encryptionKey = readFileSync(join(directory, 'encryption.key'), 'utf8').trim();
  const settings = { POSTRIDER_DATABASE_URL: url, POSTRIDER_ENCRYPTION_KEY: encryptionKey };
  assert.deepEqual(
    JSON.parse(await command(['migrate', '--plan', '--json'], { ...old, ...settings })).steps,
    [],
  );
  await expectCustomer(settings, key);
  await assert.rejects(command(['start'], old), /moved/);
  console.log('move to PostgreSQL, where it goes on');
}

/** A new database on the server that tests use. */
async function withDatabase(url, use) {
  const pg = createRequire(join(root, 'apps/server/package.json'))('pg');
  const name = `postrider_package_${process.pid}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    await admin.query(`create database ${name}`);
    const target = new URL(url);
    target.pathname = `/${name}`;
    await use(target.href);
    await admin.query(`drop database ${name} with (force)`);
  } finally {
    await admin.end();
  }
}

let program = '';
try {
  const file = join(folder, tarball);
  copyFileSync(join(root, 'dist', tarball), file);
  const again = await run('npx', ['--yes', `./${tarball}`, '--version'], {
    cwd: folder,
    env: npmEnvironment,
  });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.equal(again.stdout.trim(), version);
  const place = join(folder, 'installed');
  mkdirSync(place);
  await run('npm', ['install', '--global', `./${tarball}`], {
    cwd: folder,
    env: { ...npmEnvironment, npm_config_prefix: place },
  });
  assert.deepEqual(readdirSync(join(place, 'lib/node_modules')), ['postrider'], 'it brings no other package');
  program = join(place, 'bin/postrider');
  console.log(`npx and npm install --global of ${tarball}, offline, with an empty cache`);

  // The folder is root's; the data directory is all that the service may write to.
  const data = join(folder, 'data');
  mkdirSync(data);
  if (user.uid !== undefined) chownSync(data, user.uid, user.gid);
  await run('chmod', ['755', folder]);
  const key = await tryService('the embedded database', { POSTRIDER_DATA_DIR: join(data, 'first') });
  await tryBackup(data, key);
  const demo = await settle({ POSTRIDER_DATA_DIR: join(data, 'demo') });
  await tryDemo(start, demo.environment, demo.url);
  const commands = await tryEveryCommand(outcome);
  await tryCompletion(command, folder);
  const server = process.env.POSTRIDER_TEST_DATABASE_URL;
  if (server === undefined) console.log('POSTRIDER_TEST_DATABASE_URL is not set: not tried on PostgreSQL');
  else {
    await withDatabase(server, (url) =>
      tryService('PostgreSQL', {
        POSTRIDER_DATABASE_URL: url,
        POSTRIDER_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
      }),
    );
    await withDatabase(server, (url) => tryMove(data, key, url));
    const isTried = (name) => calls.some((parameters) => `${parameters.join(' ')} `.startsWith(`${name} `));
    const untried = commands.filter((name) => !isTried(name));
    assert.deepEqual(untried, [], 'every command that the help names is tried here');
  }
} finally {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
