import { execFileSync } from 'node:child_process';

/**
 * The bill of materials of the package (CycloneDX, JSON): the components of the lock file that are really in it, with
 * their hashes, licences and what depends on what. Without a time and a serial number: the same input gives the same
 * bytes.
 */
export function billOfMaterials(root, { name, version }, packages) {
  const text = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  });
  const all = JSON.parse(text);
  const wanted = new Set(packages.map((one) => `${one.name}@${one.version}`));
  const kept = new Map();
  for (const { properties: _, scope: _scope, ...component } of all.components) {
    const key = `${component.group ? `${component.group}/` : ''}${component.name}@${component.version}`;
    if (wanted.has(key) && !kept.has(key)) kept.set(key, component);
  }
  const missing = [...wanted].filter((key) => !kept.has(key));
  if (missing.length > 0) throw new Error(`the bill of materials lacks ${missing.join(', ')}`);
  const components = [...kept.values()].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
  const refs = new Set(components.map((component) => component['bom-ref']));
  const self = `${name}@${version}`;
  const dependencies = all.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)).sort() }))
    .sort((a, b) => (a.ref < b.ref ? -1 : 1));
  return {
    $schema: all.$schema,
    bomFormat: all.bomFormat,
    specVersion: all.specVersion,
    version: 1,
    metadata: {
      tools: all.metadata.tools,
      component: {
        'bom-ref': self,
        type: 'application',
        name,
        version,
        purl: `pkg:npm/${name}@${version}`,
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
    },
    components,
    // The package was bundled: all of it is in there at first hand.
    dependencies: [{ ref: self, dependsOn: [...refs].sort() }, ...dependencies],
  };
}
