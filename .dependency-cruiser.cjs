// Which part may import which: see ARCHITECTURE.md. A part imports only what stands after it.
// It looks at what was built: the native TypeScript compiler has no parser that dependency-cruiser could use. Imports
// of types alone are gone there, so rows and the context may be named upwards.
const server = '^apps/server/dist/';
const layers = [
  ['main', `${server}(main|demo|demo-receiver)\\.js$|${server}cli/`],
  ['app', `${server}(app|maintenance|reseal|checkpoints|readiness)\\.js$|${server}(embedded|doctor)/`],
  ['http', `${server}http/`],
  ['resources', `${server}resources/`],
  ['tasks', `${server}tasks/`],
  ['dispatch', `${server}dispatch/`],
  [
    'context',
    `${server}(context|handlers|route-types|applications|endpoints|event-types|api-keys|tokens|messages|quotas|operational|audit|environment-settings|environment-removal)\\.js$`,
  ],
  ['outbound and signing', `${server}(outbound|signing)/`],
  ['storage', `${server}storage/`],
  ['database', `${server}database/`],
  [
    'foundation',
    `${server}(assets|config|errors|clock|ids|json-depth|json-schema|version|control|encryption-key)\\.js$|${server}observability/`,
  ],
];

const downwards = layers.flatMap(([name, path], index) => {
  const above = layers.slice(0, index).map(([, other]) => other);
  if (above.length === 0) return [];
  return [
    {
      name: `${name} imports nothing above it`,
      severity: 'error',
      from: { path },
      to: { path: above.join('|') },
    },
  ];
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    ...downwards,
    {
      name: 'resources stay apart',
      severity: 'error',
      from: { path: `${server}resources/([^/]+)/` },
      to: { path: `${server}resources/([^/]+)/`, pathNot: `${server}resources/$1/` },
    },
    {
      name: 'the contract imports no package of ours',
      severity: 'error',
      from: { path: '^packages/contract/dist/' },
      to: { path: '^(packages/client|apps)/' },
    },
    {
      name: 'the client imports only the contract',
      severity: 'error',
      from: { path: '^packages/client/dist/' },
      to: { path: '^apps/' },
    },
    {
      name: 'of the server only the command line calls the API',
      severity: 'error',
      from: { path: server, pathNot: `${server}cli/` },
      to: { path: '^packages/client/' },
    },
    {
      name: 'ts-rest stays in few places',
      severity: 'error',
      from: {
        path: '^(packages|apps)/',
        pathNot:
          '^packages/contract/dist/rest\\.js$|^packages/client/dist/client\\.js$|^apps/server/dist/http/adapter\\.js$',
      },
      to: { path: '@ts-rest/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default'] },
  },
};
