import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const have = new Set(Object.keys(packages).map((k) => k.slice(k.lastIndexOf('node_modules/') + 13)));
const gone = Object.entries(packages).flatMap(([k, p]) =>
  Object.keys(p.optionalDependencies ?? {})
    .filter((d) => !have.has(d))
    .map((d) => `${k} -> ${d}`),
);
if (gone.length) {
  console.error(gone.join('\n'));
  process.exit(1);
}
