// Writes openapi.json from the built contract. With --check it only compares, and fails when the file is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { buildOpenApi } from '../dist/index.js';

const file = new URL('../openapi.json', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const text = `${JSON.stringify(buildOpenApi(version), null, 2)}\n`;
if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    console.error('packages/contract/openapi.json is stale: run npm run openapi');
    process.exit(1);
  }
} else {
  writeFileSync(file, text);
}
