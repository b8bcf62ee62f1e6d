import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Every command by its path, found by walking the help of each; a group stands before its commands. */
async function commandsBelow(call, path = []) {
  const { stdout } = await call([...path, '--help']);
  const list = /^Commands:\n((?: {2}.*\n)+)/m.exec(stdout)?.[1] ?? '';
  const names = [...list.matchAll(/^ {2}(\w\S*)/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'help');
  const below = await Promise.all(names.map((name) => commandsBelow(call, [...path, name])));
  return [{ path, isGroup: names.length > 0, help: stdout }, ...below.flat()];
}

/** One line that says what is wrong; a command that cannot do without an option says that first. */
const MISTAKE =
  /^postrider: (unknown option '--no-such-option'|required option '--\w+ <\w+>' not specified)[^\n]*; see postrider --help\n$/;

/**
 * The help of every command, with its examples, and what each says of an option that it does not have. `call` gives
 * { code, stdout, stderr } of a command. Gives the names of all commands that do something.
 */
export async function tryEveryCommand(call) {
  const commands = await commandsBelow(call);
  for (const { path, help } of commands) {
    assert.match(help, new RegExp(`^Usage: ${['postrider', ...path].join(' ')} `));
    assert.match(help, /\nExamples:\n {2}# \S.*\n {2}\S/, `${path.join(' ')} --help has examples`);
  }
  const mistakes = await Promise.all(commands.map(({ path }) => call([...path, '--no-such-option'])));
  for (const { code, stdout, stderr } of mistakes) {
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' });
    assert.match(stderr, MISTAKE);
  }
  console.log(
    `${commands.length} commands: help with examples, and exit code 2 for an option that is not there`,
  );
  return commands.filter(({ isGroup }) => !isGroup).map(({ path }) => path.join(' '));
}

/** Scripts of completion: a shell that is installed here reads its own, and bash completes with it. */
export async function tryCompletion(command, folder) {
  const shells = [];
  for (const shell of ['bash', 'zsh', 'fish']) {
    const file = join(folder, `completion.${shell}`);
    writeFileSync(file, `${await command(['completion', shell], { PATH: process.env.PATH })}\n`);
    const found = process.env.PATH.split(':').some((place) => existsSync(join(place, shell)));
    if (!found) continue;
    assert.deepEqual(await run(shell, ['-n', file]), { stdout: '', stderr: '' });
    shells.push(shell);
  }
  const script = `source "$0"; COMP_WORDS=(postrider mig); COMP_CWORD=1; _postrider; echo "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['-c', script, join(folder, 'completion.bash')]);
  assert.equal(stdout, 'migrate\n');
  console.log(`completion, read by ${shells.join(', ')}; bash completes a command`);
}
