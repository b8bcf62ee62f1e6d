import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { examine } from '../../src/doctor/doctor.js';
import { levelOf, ShownFindings } from '../findings.js';

/* What `postrider doctor` finds around a database; what it finds in one is in test/e2e/doctor.test.ts. */

const MIB = 1024 * 1024;
const shown = new ShownFindings();

let directory: string;
let server: Server;
let status: number;
let publicUrl: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postrider-doctor-'));
  status = 204;
  server = createServer((request, response) => {
    response.writeHead(request.url === '/api/v1/health/ping/' ? status : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve).closeAllConnections());
  await rm(directory, { recursive: true, force: true });
});

const look = (settings: Record<string, string> = {}, free = 5000 * MIB) =>
  examine(
    { POSTRIDER_DATA_DIR: join(directory, 'data'), POSTRIDER_PUBLIC_URL: publicUrl, ...settings },
    async () => free,
  );
/** A data directory that looks like one with a database. */
async function pretend(file: string, text: string): Promise<void> {
  const data = join(directory, 'data');
  await mkdir(join(data, 'database'), { recursive: true });
  await writeFile(join(data, 'database', 'PG_VERSION'), '17\n');
  await writeFile(join(data, file), text);
}

it('that are well nothing is found, and nothing is made', async () => {
  const findings = await look();
  expect(findings.map(({ check, level }) => `${level} ${check}`)).toEqual([
    'ok configuration',
    'ok disk',
    'ok database',
    'ok public-url',
  ]);
  expect(await readdir(directory)).toEqual([]);
});

it('a setting that is wrong', async () => {
  const findings = await look({ POSTRIDER_RETENTION_DAYS: 'long' });
  shown.expect(findings, 'problem', 'configuration', /POSTRIDER_RETENTION_DAYS/);
  expect(findings).toHaveLength(1);
});

it('links that lead to this machine alone, although others can reach it', async () => {
  const findings = await look({ POSTRIDER_LISTEN: '0.0.0.0:8071' });
  shown.expect(
    findings,
    'warning',
    'configuration',
    /links lead to http:\/\/127\.0\.0\.1:\d+, which works on this/,
  );
});

it('links that are not encrypted', async () => {
  const findings = await look({ POSTRIDER_PUBLIC_URL: publicUrl.replace('127.0.0.1', '127.0.0.2') });
  shown.expect(findings, 'warning', 'configuration', /without encryption/);
});

it('a disk that is nearly full', async () => {
  expect(levelOf(await look({}, 1024 * MIB), 'disk')).toEqual(['ok']);
  shown.expect(await look({}, 1024 * MIB - 1), 'warning', 'disk', /^1023 MiB are free for \/.*\/data$/);
  expect(levelOf(await look({}, 256 * MIB), 'disk')).toEqual(['warning']);
  shown.expect(await look({}, 256 * MIB - 1), 'problem', 'disk', /^255 MiB are free for/);
});

it('a public address at which nobody answers, or somebody else', async () => {
  status = 200;
  shown.expect(await look(), 'problem', 'public-url', /answers 200, and not as Postrider does/);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  shown.expect(await look(), 'problem', 'public-url', /does not answer \(.*ECONNREFUSED/);
});

it('a database that does not answer, without its password', async () => {
  const findings = await look({
    POSTRIDER_DATABASE_URL: 'postgres://somebody:hidden@127.0.0.1:1/none',
    POSTRIDER_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  });
  shown.expect(findings, 'problem', 'database', /ECONNREFUSED/);
  expect(JSON.stringify(findings)).not.toContain('hidden');
});

it('a database that lives elsewhere by now', async () => {
  await pretend('moved.json', '{"to":"postgres://db.example.com/postrider","at":"2026-01-01T00:00:00Z"}');
  shown.expect(await look(), 'problem', 'database', /was moved to postgres:\/\/db\.example\.com/);
});

it('a restore that was not finished', async () => {
  await pretend('encryption.key', randomBytes(32).toString('base64'));
  await mkdir(join(directory, 'data', 'restored'));
  shown.expect(await look(), 'warning', 'database', /a restore into .* was not finished/);
  expect((await readdir(join(directory, 'data'))).sort()).toEqual(['database', 'encryption.key', 'restored']);
});

it.each(['no-key', 'encryption.key'])('an encryption key that is missing, with a file %s', async (file) => {
  await pretend(file, 'short');
  const findings = await look();
  expect(levelOf(findings, 'encryption-key')).toEqual(['problem']);
  if (file === 'no-key') shown.expect(findings, 'problem', 'encryption-key', /^is missing, or no 32 bytes/);
});

it('each place in the code that finds something is shown above', () => {
  shown.expectAllOf('doctor.ts');
});
