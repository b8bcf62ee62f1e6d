import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, PLACES, runCommand, type Settings } from '../process.js';
import { API_KEY, createCustomer, Stage } from './stage.js';

interface Finding {
  readonly check: string;
  readonly level: string;
  readonly message: string;
  readonly remedy?: string;
}

const stage = new Stage();
afterEach(() => stage.clear());

async function examine(
  settings: Settings,
): Promise<{ code: number | null; findings: Finding[]; text: string }> {
  const { code, stdout, stderr } = await runCommand(['doctor', '--json'], settings);
  expect(stderr).toBe('');
  return { code, findings: (JSON.parse(stdout) as { findings: Finding[] }).findings, text: stdout };
}

const notWell = (findings: readonly Finding[]) => findings.filter(({ level }) => level !== 'ok');

describe.each(PLACES)('doctor on %s', (name, make) => {
  it('finds nothing in a service that is well, and each thing that is not, with its remedy', async () => {
    const place = await make();
    stage.later(() => place.remove());
    const PORT = String(await freePort());
    const settings = { ...place.settings, POSTRIDER_PUBLIC_URL: `http://127.0.0.1:${PORT}` };
    const server = await stage.start({ ...settings, PORT });
    await createCustomer(server, 'http://127.0.0.1:9/');
    const well = await examine(settings);
    expect(notWell(well.findings)).toEqual([]);
    expect(well.code).toBe(0);
    expect(well.findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        'configuration',
        'schema',
        'encryption-key',
        'clock',
        'queue-age',
        'public-url',
      ]),
    );

    await server.end('SIGTERM');
    const key = randomBytes(32).toString('base64');
    const ill = await examine({ ...settings, POSTRIDER_ENCRYPTION_KEY: key });
    expect(ill.code).toBe(1);
    expect(notWell(ill.findings).map(({ check, level }) => [check, level])).toEqual([
      ['encryption-key', 'problem'],
      ['public-url', 'problem'],
    ]);
    for (const { remedy } of notWell(ill.findings)) expect(remedy).toMatch(/\S/);
    for (const secret of [
      key,
      API_KEY,
      ...Object.values(place.settings).filter((one) => one.endsWith('=')),
    ]) {
      expect(ill.text + well.text).not.toContain(secret);
    }
    if (name === 'embedded') return;
    const away = { ...settings, POSTRIDER_DATABASE_URL: 'postgres://somebody:hidden@127.0.0.1:1/none' };
    const gone = await examine(away);
    expect(gone.findings).toContainEqual(expect.objectContaining({ check: 'database', level: 'problem' }));
    expect(gone.text).not.toContain('hidden');
  });
});

it('a setting that is wrong is the first thing it says', async () => {
  const { code, findings } = await examine({ POSTRIDER_RETENTION_DAYS: 'long' });
  expect(code).toBe(1);
  expect(findings).toEqual([
    expect.objectContaining({ check: 'configuration', message: expect.stringContaining('RETENTION_DAYS') }),
  ]);
  const read = await runCommand(['doctor'], { POSTRIDER_RETENTION_DAYS: 'long' });
  expect(read).toMatchObject({ code: 1, stderr: '' });
  expect(read.stdout).toMatch(/^PROBLEM {2}configuration: .*RETENTION_DAYS.*\n {9}→ mend it/);
});
