import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePlace, PLACES, runCommand } from '../process.js';

const run = promisify(execFile);
const postrider = (...parameters: string[]) => runCommand(parameters, {});

/** Every command by its path, found by walking the help of each. */
async function commandsBelow(path: readonly string[] = []): Promise<string[][]> {
  const { stdout } = await postrider(...path, '--help');
  const names = [...(/^Commands:\n((?: {2}.*\n)+)/m.exec(stdout)?.[1] ?? '').matchAll(/^ {2}(\S+)/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help');
  const below = await Promise.all(names.map((name) => commandsBelow([...path, name])));
  return [[...path], ...below.flat()];
}

describe('the command line', () => {
  it('every command has a description and examples, and its help succeeds', async () => {
    const commands = await commandsBelow();
    expect(commands).toEqual(
      expect.arrayContaining([[], ['start'], ['demo'], ['migrate'], ['api-key', 'create']]),
    );
    for (const command of commands) {
      const { code, stdout, stderr } = await postrider(...command, '--help');
      expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: '' });
      expect(stdout).toMatch(/^Usage: postrider/);
      expect(stdout).toMatch(/\nExamples:\n {2}# \S.*\n {2}\S/);
    }
  });

  it('prints its version alone', async () => {
    expect(await postrider('--version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  it.each([
    [['migrat'], "postrider: unknown command 'migrat' (did you mean migrate?); see postrider --help\n"],
    [
      ['api-key', 'creat'],
      "postrider: unknown command 'creat' (did you mean create?); see postrider --help\n",
    ],
    [
      ['migrate', '--jso'],
      "postrider: unknown option '--jso' (did you mean --json?); see postrider --help\n",
    ],
    [['migrate', 'now'], /^postrider: too many arguments for 'migrate'[^\n]*; see postrider --help\n$/],
    [['completion', 'tcsh'], /^postrider: [^\n]*bash, zsh, fish; see postrider --help\n$/],
    [['api-key', 'create', '--scope', 'all'], /^postrider: there is no scope "all"[^\n]*\n$/],
  ] as const)('%s is a mistake in the call: one line and exit code 2', async (parameters, line) => {
    const { code, stdout, stderr } = await postrider(...parameters);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toEqual(typeof line === 'string' ? line : expect.stringMatching(line));
  });

  it('a group without a command shows its help as an error', async () => {
    const { code, stdout, stderr } = await postrider('api-key');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: postrider api-key');
  });

  it('a database that does not answer is one line and exit code 1', async () => {
    const { code, stderr } = await runCommand(['migrate'], {
      POSTRIDER_DATABASE_URL: 'postgres://127.0.0.1:1/none',
      POSTRIDER_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^postrider: the database cannot be used: [^\n]*ECONNREFUSED[^\n]*\n$/);
  });
});

describe.each(PLACES)('on %s', (_name, make) => {
  it('migrate --json names the steps that were applied, once', async () => {
    const place = await make();
    try {
      const first = await runCommand(['migrate', '--json'], place.settings);
      expect(first.stderr).toBe('');
      const { applied } = JSON.parse(first.stdout) as { applied: string[] };
      expect(applied[0]).toBe('0001-foundation');
      const second = await runCommand(['migrate', '--json'], place.settings);
      expect(JSON.parse(second.stdout)).toEqual({ applied: [] });
      const key = await runCommand(['api-key', 'create', '--json'], place.settings);
      expect(JSON.parse(key.stdout)).toEqual({ key: expect.stringMatching(/^sk_[A-Za-z0-9]{32}$/) });
    } finally {
      await place.remove();
    }
  });
});

describe.runIf(PLACES.length > 1)('on an empty PostgreSQL database', () => {
  it('several processes that migrate at once apply each step once, and all succeed', async () => {
    const place = await makePlace('postgres');
    try {
      const runs = await Promise.all(
        Array.from({ length: 4 }, () => runCommand(['migrate', '--json'], place.settings)),
      );
      expect(runs.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
        Array(4).fill({ code: 0, stderr: '' }),
      );
      const applied = runs.flatMap(({ stdout }) => (JSON.parse(stdout) as { applied: string[] }).applied);
      expect(applied).toHaveLength(new Set(applied).size);
      const again = await runCommand(['migrate', '--json'], place.settings);
      expect(JSON.parse(again.stdout)).toEqual({ applied: [] });
      expect(applied).toContain('0001-foundation');
    } finally {
      await place.remove();
    }
  });
});

describe('completion', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'postrider-completion-'));
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout } = await postrider('completion', shell);
      expect(code).toBe(0);
      await writeFile(join(directory, shell), stdout);
    }
  });
  afterAll(() => rm(directory, { recursive: true }));

  /** What bash offers for the last of these words. */
  const offered = async (...words: string[]): Promise<string[]> => {
    const script = `source ${directory}/bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _postrider; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await run('bash', ['-c', script, 'bash', 'postrider', ...words]);
    return stdout.split('\n').filter(Boolean);
  };

  it('in bash offers commands, their options, and fixed values', async () => {
    expect(await offered('')).toEqual(expect.arrayContaining(['start', 'demo', 'api-key', 'migrate']));
    expect(await offered('mig')).toEqual(['migrate']);
    expect(await offered('api-key', '')).toContain('create');
    expect(await offered('api-key', 'create', '--s')).toEqual(['--scope']);
    expect(await offered('api-key', 'create', '--scope', '')).toEqual([]);
    expect(await offered('completion', 'f')).toEqual(['fish']);
  });

  it.skipIf(!existsSync('/usr/bin/zsh'))('in zsh is a script that zsh reads', async () => {
    expect(await run('zsh', ['-n', `${directory}/zsh`])).toEqual({ stdout: '', stderr: '' });
  });

  it.skipIf(!existsSync('/usr/bin/fish'))('in fish offers commands and their options', async () => {
    const at = async (line: string) =>
      (await run('fish', ['-c', `source ${directory}/fish; complete -C '${line}'`])).stdout;
    expect(await at('postrider ')).toMatch(/^migrate\t/m);
    expect(await at('postrider api-key create --sc')).toMatch(/^--scope\t/m);
    expect(await at('postrider completion ')).toMatch(/^zsh$/m);
  });
});
