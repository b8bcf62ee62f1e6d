import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Licences that what is shipped may have, by SPDX. Others are looked at by a person first, then written down here. */
export const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'PostgreSQL',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
];

/** Licences that tools may have besides: they run here and are not given on. */
export const ALLOWED_FOR_TOOLS = [...ALLOWED, 'BlueOak-1.0.0', 'CC0-1.0', 'MPL-2.0'];

/** Whether an expression of SPDX such as `(MIT OR CC0-1.0)` can be met by what is allowed. */
export function isAllowed(expression, allowed) {
  if (typeof expression !== 'string') return false;
  const text = expression.replace(/^\((.*)\)$/, '$1');
  if (text.includes(' OR ')) return text.split(' OR ').some((one) => isAllowed(one.trim(), allowed));
  return text.split(' AND ').every((one) => allowed.includes(one.trim()));
}

const manifestOf = (directory) => JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));

/** The texts that a package brings about its licence. */
function textOf(directory) {
  const names = readdirSync(directory).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  return names
    .sort()
    .map((name) => readFileSync(join(directory, name), 'utf8').trim())
    .join('\n\n');
}

/** A package of node_modules as an entry of the list of licences. */
export function describe(directory) {
  const { name, version, license } = manifestOf(directory);
  return { name, version, identifier: license, text: textOf(directory) };
}

/** Directories of a package and of all that it depends on, as they are installed. */
export function withDependencies(name, from, seen = new Set()) {
  let directory;
  for (const root of createRequire(join(from, 'package.json')).resolve.paths(`${name}/package.json`) ?? []) {
    try {
      manifestOf(join(root, name));
      directory = join(root, name);
      break;
    } catch {
      // Not in this folder: the next one above.
    }
  }
  if (directory === undefined) throw new Error(`${name} is not installed`);
  if (seen.has(directory)) return seen;
  seen.add(directory);
  for (const one of Object.keys(manifestOf(directory).dependencies ?? {}))
    withDependencies(one, directory, seen);
  return seen;
}

/** What the embedded database is made of; PGlite's package names its own licence only. */
const POSTGRESQL = `PGlite contains PostgreSQL, compiled to WebAssembly.

PostgreSQL Database Management System
(also known as Postgres, formerly as Postgres95)

Portions Copyright (c) 1996-2025, PostgreSQL Global Development Group
Portions Copyright (c) 1994, The Regents of the University of California

Permission to use, copy, modify, and distribute this software and its documentation for any purpose, without fee, and
without a written agreement is hereby granted, provided that the above copyright notice and this paragraph and the
following two paragraphs appear in all copies.

IN NO EVENT SHALL THE UNIVERSITY OF CALIFORNIA BE LIABLE TO ANY PARTY FOR DIRECT, INDIRECT, SPECIAL, INCIDENTAL, OR
CONSEQUENTIAL DAMAGES, INCLUDING LOST PROFITS, ARISING OUT OF THE USE OF THIS SOFTWARE AND ITS DOCUMENTATION, EVEN IF
THE UNIVERSITY OF CALIFORNIA HAS BEEN ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.

THE UNIVERSITY OF CALIFORNIA SPECIFICALLY DISCLAIMS ANY WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE. THE SOFTWARE PROVIDED HEREUNDER IS ON AN "AS IS"
BASIS, AND THE UNIVERSITY OF CALIFORNIA HAS NO OBLIGATIONS TO PROVIDE MAINTENANCE, SUPPORT, UPDATES, ENHANCEMENTS, OR
MODIFICATIONS.`;

/** The list of licences as a text: each package with its terms; equal terms are not repeated. */
export function licencesText(packages) {
  const byText = new Map();
  for (const { name, version, identifier, text } of packages) {
    const terms = name === '@electric-sql/pglite' ? `${text}\n\n${POSTGRESQL}` : text;
    const key = `${identifier}\n${terms}`;
    const before = byText.get(key) ?? { identifier, terms, names: [] };
    before.names.push(`${name} ${version}`);
    byText.set(key, before);
  }
  const parts = [...byText.values()].map(
    ({ identifier, terms, names }) =>
      `${names.join('\n')}\nLicence: ${identifier}\n\n${terms || 'The package brings no text of its licence.'}`,
  );
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  return `Postrider contains the following packages of others, under their own licences.${rule}${parts.join(rule)}\n`;
}
