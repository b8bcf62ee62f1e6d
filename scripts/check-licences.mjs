// Every package of the lock file has a licence that is allowed, and none has a script that runs when it is installed.
import { readFileSync } from 'node:fs';
import { ALLOWED, ALLOWED_FOR_TOOLS, isAllowed } from './pack/licences.mjs';

const { allowScripts = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const counts = {};
const wrong = [];
for (const [path, entry] of Object.entries(packages)) {
  if (!path.includes('node_modules/') || entry.link) continue;
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  counts[entry.license] = (counts[entry.license] ?? 0) + 1;
  if (!isAllowed(entry.license, entry.dev ? ALLOWED_FOR_TOOLS : ALLOWED))
    wrong.push(`${name} ${entry.version}: the licence ${entry.license} is not allowed`);
  if (entry.hasInstallScript && allowScripts[name] !== false)
    wrong.push(
      `${name} ${entry.version}: it has an install script; allowScripts in package.json must forbid it`,
    );
}
for (const line of wrong) console.error(line);
console.log(
  Object.entries(counts)
    .sort((a, b) => b[1] - a[1])
    .map(([licence, count]) => `${licence} ${count}`)
    .join(', '),
);
process.exitCode = wrong.length === 0 ? 0 : 1;
