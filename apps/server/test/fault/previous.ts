import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const MODULES = join(ROOT, 'node_modules');

/**
 * The release that runs beside this one during an upgrade. Nothing was released yet, so it is the last commit before
 * figures became complete by span (0010-figures): the largest step that old and new processes have to share.
 */
const PREVIOUS = process.env['POSTRIDER_PREVIOUS'] ?? '06c44c27369acb3cdcdde6d2c000ee3cc084aa87';

const git = (...parameters: string[]) => run('git', parameters, { cwd: ROOT });

/** Links to what is installed here stand for the old program's dependencies; its own packages are its own. */
async function linkModules(directory: string): Promise<void> {
  const own = join(directory, 'node_modules');
  await mkdir(join(own, '@postrider'), { recursive: true });
  for (const name of await readdir(MODULES)) {
    if (name !== '@postrider' && name !== '.cache') await symlink(join(MODULES, name), join(own, name));
  }
  for (const name of ['contract', 'client']) {
    await symlink(join(directory, 'packages', name), join(own, '@postrider', name));
  }
  // Pages are not what is shown here: those of this release will do.
  await symlink(join(ROOT, 'apps/portal'), join(own, '@postrider/portal'));
  for (const workspace of ['packages/contract', 'packages/client', 'apps/server']) {
    const nested = join(ROOT, workspace, 'node_modules');
    if (existsSync(nested)) await symlink(nested, join(directory, workspace, 'node_modules'));
  }
}

/** The program of the previous release, built once from the repository's history; undefined where there is none. */
export async function buildPrevious(): Promise<string | undefined> {
  const known = await git('rev-parse', '--verify', '--quiet', `${PREVIOUS}^{commit}`).catch(() => undefined);
  if (!known) {
    process.stdout.write(`${PREVIOUS} is not in the history here: releases side by side are not tried\n`);
    return undefined;
  }
  const commit = known.stdout.trim();
  const directory = join(MODULES, '.cache/postrider-previous', commit);
  const main = join(directory, 'apps/server/dist/main.js');
  if (existsSync(main)) return main;
  const making = `${directory}.${process.pid}`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true });
  const archive = `${making}.tar`;
  await git('archive', '--output', archive, commit);
  await run('tar', ['-x', '-f', archive, '-C', making]);
  await rm(archive);
  await linkModules(making);
  await run(join(MODULES, '.bin/tsc'), ['-b'], { cwd: join(making, 'apps/server') });
  await mkdir(dirname(directory), { recursive: true });
  await rm(directory, { recursive: true, force: true });
  await rename(making, directory);
  // The links to its own packages name the place where it was made.
  for (const name of ['contract', 'client']) {
    const link = join(directory, 'node_modules/@postrider', name);
    await rm(link);
    await symlink(join(directory, 'packages', name), link);
  }
  return main;
}
