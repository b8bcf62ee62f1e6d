import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAIN } from './process.js';

/** A fenced block of a page. */
export interface Block {
  /** As its fence says; empty where it says none. */
  readonly language: string;
  readonly text: string;
  /** The line of the page that opens it, from 1. */
  readonly line: number;
}

/** The fenced blocks of a page in Markdown, also those of its lists. */
export const blocksOf = (page: string): Block[] =>
  [...page.matchAll(/^( *)```(\w*)\n(.*?)^\1```$/gms)].map(
    ({ index, 1: indent = '', 2: language = '', 3: text = '' }) => ({
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      line: page.slice(0, index).split('\n').length,
    }),
  );

/** A block as commands of bash. A script is read by a Node that was given `options`. */
export const toCommands = ({ language, text, line }: Block, options = ''): string =>
  language === 'sh'
    ? text
    : `node ${options} --input-type=module - <<'END_OF_BLOCK_${line}'\n${text}END_OF_BLOCK_${line}\n`;

/** What pages import; installed by a reader, linked here. */
const PACKAGES = ['svix', '@postrider/client', '@postrider/contract'];

function directoryOf(name: string): string {
  const places = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const found = places.map((place) => join(place, name)).find((place) => existsSync(place));
  if (!found) throw new Error(`${name} is not installed`);
  return found;
}

/** Where a reader follows a page. */
export interface Desk {
  /** An empty folder outside of the repository. */
  readonly folder: string;
  /** A PATH on which `postrider` is the program of the tests, as after an installation. */
  readonly path: string;
  remove(): Promise<void>;
}

/** An empty folder with the command and the packages that a reader has installed. */
export async function openDesk(): Promise<Desk> {
  const place = await mkdtemp(join(tmpdir(), 'postrider-reader-'));
  const [bin, modules, folder] = [join(place, 'bin'), join(place, 'node_modules'), join(place, 'work')];
  for (const directory of [bin, join(modules, '@postrider'), folder])
    await mkdir(directory, { recursive: true });
  await writeFile(join(bin, 'postrider'), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
  await chmod(join(bin, 'postrider'), 0o755);
  for (const name of PACKAGES) await symlink(directoryOf(name), join(modules, name));
  return {
    folder,
    path: `${bin}:${process.env['PATH']}`,
    remove: () => rm(place, { recursive: true, force: true }),
  };
}
