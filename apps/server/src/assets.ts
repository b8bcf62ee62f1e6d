import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A folder beside the program in the package that is published, where everything that is served was put together;
 * undefined in the repository, where it lies in packages of its own.
 */
function besideProgram(name: string): string | undefined {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
  return existsSync(path) ? path : undefined;
}

const packageDirectory = (name: string): string =>
  dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));

/** The directory of the portal's files. */
export const portalDirectory = (): string =>
  besideProgram('portal') ?? join(packageDirectory('@postrider/portal'), 'dist');

/** The directory of the script that draws the API reference. */
export const explorerDirectory = (): string =>
  besideProgram('explorer') ?? join(packageDirectory('openapi-explorer'), 'dist/browser');
