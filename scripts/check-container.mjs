// What can be tried of Containerfile and compose.yaml without a container runtime: the entry point, the health check and
// the stop signal as they stand there, as a user other than root, over the very files that are copied into the image.
// That the image builds is not tried here: check-image.mjs does.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const run = promisify(execFile);
const read = (name) => readFileSync(join(root, name), 'utf8');

/** Instructions of the last stage, in order: [name, the rest of the line]. */
const lastStage = () => {
  const lines = read('Containerfile')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/ (.*)/s).slice(0, 2));
  return lines.slice(lines.findLastIndex(([name]) => name === 'FROM'));
};
const stage = lastStage();
const only = (name) => {
  const found = stage.filter(([other]) => other === name);
  assert.equal(found.length, 1, `one ${name}`);
  return found[0][1];
};

const [uid, gid] = only('USER').split(':').map(Number);
assert.ok(uid > 0 && gid > 0, 'the user is a number and not root');
assert.match(only('VOLUME'), /^\/data$/);
const settings = Object.fromEntries(
  only('ENV')
    .split(/\s+/)
    .map((pair) => pair.split(/=(.*)/s).slice(0, 2)),
);
assert.equal(settings.POSTRIDER_DATA_DIR, only('VOLUME'));
assert.match(settings.POSTRIDER_LISTEN, new RegExp(`:${only('EXPOSE')}$`));
const [, source, target] = /^--from=build (\S+) (\S+)$/.exec(only('COPY')) ?? [];
assert.equal(source, '/source/dist/package', 'the package that npm run pack puts together');
const entryPoint = JSON.parse(only('ENTRYPOINT'));
const check = JSON.parse(only('HEALTHCHECK').replace(/^.* CMD /, ''));
const signal = only('STOPSIGNAL');

const yaml = createRequire(join(root, 'apps/server/package.json'))('js-yaml');
const { services, volumes } = yaml.load(read('compose.yaml'));
assert.deepEqual(Object.keys(services).sort(), ['database', 'postrider']);
assert.equal(services.postrider.depends_on.database.condition, 'service_healthy');
assert.ok(services.database.healthcheck.test.includes('pg_isready'));
const [, ...readyCheck] = services.postrider.healthcheck.test;
assert.match(readyCheck.at(-1), /\/ready'/);
assert.equal(services.postrider.read_only, true);
assert.equal(services.postrider.build.dockerfile, 'Containerfile');
assert.deepEqual(Object.keys(volumes), ['database']);
const tracked = (await run('git', ['ls-files', '*.env'], { cwd: root })).stdout;
assert.equal(tracked, '', 'no file of secrets is in the repository');

const folder = mkdtempSync(join(tmpdir(), 'postrider-container-'));
// The commands that make the files of secrets, as the page has them.
const [, making] = /```sh\n([^`]*postgres\.env[^`]*)```/.exec(read('docs/operating.md')) ?? [];
await run('bash', ['-euc', making], { cwd: folder });
for (const [service, names] of [
  ['database', ['POSTGRES_PASSWORD']],
  ['postrider', ['POSTRIDER_DATABASE_URL', 'POSTRIDER_ENCRYPTION_KEY', 'POSTRIDER_API_KEY']],
]) {
  const file = join(folder, services[service].env_file);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  assert.deepEqual(
    lines.map((line) => line.split('=')[0]),
    names,
  );
}
const isRoot = process.getuid?.() === 0;
const user = isRoot ? { uid, gid } : {};
const place = join(folder, 'opt');
/** A command of the file as it would be run there, over this folder and another port. */
const port = 18_071;
const here = (words) =>
  words.map((word) => word.replaceAll(target, place).replaceAll(`:${only('EXPOSE')}/`, `:${port}/`));
let child;
try {
  cpSync(join(root, 'dist/package'), place, { recursive: true });
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  if (isRoot) chownSync(join(folder, 'data'), uid, gid);
  await run('chmod', ['755', folder]);
  const [program, ...parameters] = here(entryPoint);
  const environment = {
    PATH: process.env.PATH,
    ...settings,
    POSTRIDER_DATA_DIR: join(folder, 'data'),
    POSTRIDER_LISTEN: `127.0.0.1:${port}`,
  };
  const healthy = (words = check) => {
    const [command, ...rest] = here(words);
    return run(command, rest, { ...user, env: environment, timeout: 5000 }).then(
      () => true,
      () => false,
    );
  };
  assert.equal(await healthy(), false, 'not healthy before it runs');
  child = spawn(program, parameters, {
    cwd: join(folder, 'data'),
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...user,
  });
  await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('service.started')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${text}`)));
  });
  assert.equal(await healthy(), true, 'healthy while it runs');
  assert.equal(await healthy(readyCheck), true, 'ready while it runs, as compose asks');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  assert.equal(await ended, 0, `${signal} ends it in order`);
  assert.equal(await healthy(), false, 'not healthy afterwards');
  assert.equal(await healthy(readyCheck), false, 'not ready afterwards');
  console.log(
    `entry point, health check and ${signal} of Containerfile${isRoot ? `, as user ${uid}` : ''}; no image was built`,
  );
} finally {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
