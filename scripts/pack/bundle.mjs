import { chmodSync, cpSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

/** What PGlite opens beside its own script. */
const DATABASE_FILES = ['pglite.wasm', 'pglite.data', 'initdb.wasm'];

/** The package that a file of node_modules belongs to, as name@version; undefined for what is ours. */
function packageOf(file) {
  const match = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(file);
  if (!match) return undefined;
  const { version } = JSON.parse(readFileSync(join(match[1], 'package.json'), 'utf8'));
  return { directory: match[1], name: match[2], version };
}

/** Puts the server with everything that it imports into `target`/dist, and gives the packages that came with it. */
export async function bundleServer(root, target) {
  const server = join(root, 'apps/server');
  const bundle = await rolldown({
    input: join(server, 'dist/main.js'),
    platform: 'node',
    // pg has a driver in C beside it, which nobody installs here.
    external: ['pg-native', 'cloudflare:sockets'],
    onLog(level, log, handler) {
      // Dependencies may do in their code what we would not; what cannot be found or bundled ends the pack.
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
      if (log.code !== 'EVAL' && log.code !== 'CIRCULAR_DEPENDENCY') handler(level, log);
    },
  });
  const { output } = await bundle.write({
    dir: join(target, 'dist'),
    format: 'esm',
    entryFileNames: '[name].js',
    // All in one folder: what is beside the program is found from every chunk.
    chunkFileNames: '[name]-[hash].js',
  });
  await bundle.close();
  chmodSync(join(target, 'dist/main.js'), 0o755);
  const pglite = dirname(createRequire(join(server, 'package.json')).resolve('@electric-sql/pglite'));
  for (const name of DATABASE_FILES) cpSync(join(pglite, name), join(target, 'dist', basename(name)));
  const packages = new Map();
  for (const id of output.flatMap((chunk) => chunk.moduleIds ?? [])) {
    const found = packageOf(id);
    if (found) packages.set(`${found.name}@${found.version}`, found);
  }
  return [...packages.values()];
}
