// Writes docs/cli.md from the help of every command; with --check it only compares.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(root, 'docs/cli.md');
const helpOf = (path) =>
  execFileSync(process.execPath, [join(root, 'apps/server/dist/main.js'), ...path, '--help'], {
    encoding: 'utf8',
  })
    .trim()
    // The version is in the changelog; a page that changes with it would say nothing more.
    .replace(/^Postrider \d\S*:/m, 'Postrider:');

/** A command and those below it, each a section. */
function sections(path) {
  const help = helpOf(path);
  const names = [...(/^Commands:\n((?: {2}.*\n)+)/m.exec(help)?.[1] ?? '').matchAll(/^ {2}([a-z][a-z-]*)/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'help');
  const title = ['postrider', ...path].join(' ');
  return [
    `## ${title}\n\n\`\`\`text\n${help}\n\`\`\``,
    ...names.flatMap((name) => sections([...path, name])),
  ];
}

const text = `# Command line

What \`postrider\` can be told, as its own help says it. In a clone of the repository it is
\`node apps/server/dist/main.js\`.

- What was asked for goes to standard output, and what is wrong to standard error, in one line.
- It ends with 0 when it is done, 1 when it failed, 2 when it was not called as it must be.
- Settings of the service are environment variables: the [table](../README.md#configuration). Commands that open its
  database (\`migrate\`, \`api-key create\`) read the same ones.
- Commands that call the API (\`listen\`, \`send\`) read \`POSTRIDER_URL\`, the service's address, and \`POSTRIDER_API_KEY\`;
  \`listen\` without \`--app\` reads the endpoint's secret from \`POSTRIDER_WEBHOOK_SECRET\`. Keys and secrets are never
  options, since other users of a machine see those, and are never printed, but by \`api-key create\` and the first start.
- Colours are for terminals; \`NO_COLOR=1\` turns them off.

\`listen\` forwards the very bytes of a message, with its headers in their case and order, and adds none but those of the
connection. The service must be allowed to reach it: on the same machine by \`POSTRIDER_ALLOW_SUBNETS=127.0.0.0/8\`, which
\`postrider demo\` sets; from elsewhere by a tunnel whose address is given as \`--public-url\`.

${sections([]).join('\n\n')}
`;

if (!process.argv.includes('--check')) writeFileSync(page, text);
else if (readFileSync(page, 'utf8') !== text) {
  console.error('docs/cli.md is not what the commands say: npm run cli-docs writes it anew');
  process.exitCode = 1;
}
