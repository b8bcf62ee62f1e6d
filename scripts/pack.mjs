// Makes the package that is published: dist/postrider-<version>.tgz, with its bill of materials beside it. It has no
// dependencies: everything that runs, and everything that is served, is inside. The same input gives the same bytes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleServer } from './pack/bundle.mjs';
import { ALLOWED, describe, isAllowed, licencesText, withDependencies } from './pack/licences.mjs';
import { billOfMaterials } from './pack/sbom.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const output = join(root, 'dist');
const target = join(output, 'package');
const { version, license, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const server = join(root, 'apps/server');

rmSync(output, { recursive: true, force: true });
mkdirSync(target, { recursive: true });

const bundled = await bundleServer(root, target);

const portal = join(root, 'apps/portal/dist');
cpSync(portal, join(target, 'portal'), { recursive: true, filter: (path) => basename(path) !== '.vite' });
const explorer = dirname(
  createRequire(join(server, 'package.json')).resolve('openapi-explorer/package.json'),
);
cpSync(
  join(explorer, 'dist/browser/openapi-explorer.min.js'),
  join(target, 'explorer/openapi-explorer.min.js'),
);

// What is in it of others: what was bundled, what the portal's build names, and what the explorer was made of.
const packages = new Map();
for (const one of [
  ...bundled.map(({ directory }) => describe(directory)),
  ...JSON.parse(readFileSync(join(portal, '.vite/license.json'), 'utf8')),
  ...[...withDependencies('openapi-explorer', server)].map(describe),
]) {
  const key = `${one.name}@${one.version}`;
  if (!packages.has(key)) packages.set(key, one);
}
const shipped = [...packages.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
const refused = shipped.filter(({ identifier }) => !isAllowed(identifier, ALLOWED));
if (refused.length > 0) {
  for (const { name, identifier } of refused)
    console.error(`${name} has the licence ${identifier}, which is not allowed`);
  process.exit(1);
}

const write = (name, text) => writeFileSync(join(target, name), text);
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
write(
  'package.json',
  json({
    name: 'postrider',
    version,
    description: 'A self-hosted webhook service that speaks the Svix API, with a consumer portal',
    license,
    type: 'module',
    bin: { postrider: 'dist/main.js' },
    engines,
  }),
);
write('THIRD-PARTY-LICENCES.txt', licencesText(shipped));
const bill = json(billOfMaterials(root, { name: 'postrider', version }, shipped));
write('sbom.cdx.json', bill);
for (const name of ['LICENSE', 'README.md', 'CHANGELOG.md', 'docs', 'deploy'])
  cpSync(join(root, name), join(target, name), { recursive: true });

execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', output], {
  cwd: target,
  stdio: ['ignore', 'ignore', 'inherit'],
  shell: process.platform === 'win32',
});
const name = readdirSync(output).find((one) => one.endsWith('.tgz'));
const file = join(output, name);
const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
writeFileSync(join(output, name.replace(/tgz$/, 'cdx.json')), bill);
writeFileSync(`${file}.sha256`, `${digest}  ${name}\n`);
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const unpacked = readdirSync(target, { recursive: true })
  .map((one) => statSync(join(target, one)))
  .reduce((sum, one) => sum + (one.isFile() ? one.size : 0), 0);
console.log(
  `dist/${name}: ${megabytes(statSync(file).size)}, ${megabytes(unpacked)} unpacked, ${shipped.length} packages of others\nsha256 ${digest}`,
);
