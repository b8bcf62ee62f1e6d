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

// What we name ourselves is named exactly: an update is a change that somebody makes and looks at.
const loose = Object.entries(packages)
  .filter(([path]) => !path.includes('node_modules/'))
  .flatMap(([path, { dependencies, devDependencies }]) =>
    Object.entries({ ...dependencies, ...devDependencies })
      .filter(([, range]) => !/^(npm:@?[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(range))
      .map(([name, range]) => `${path || '.'}: ${name} is ${range}, not an exact version`),
  );
if (loose.length) {
  console.error(loose.join('\n'));
  process.exit(1);
}
