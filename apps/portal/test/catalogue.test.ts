import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ALL_CAPABILITIES } from '@postrider/contract';
import { parseSync, Visitor } from 'vite';
import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../src/app/locale';

const SOURCE = fileURLToPath(new URL('../src', import.meta.url));
const read = (path: string) => readFileSync(join(SOURCE, path), 'utf8');

/** Texts by their path: `home.title`. */
function flatten(node: object, parents: readonly string[] = []): Map<string, string> {
  return new Map(
    Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
      const path = [...parents, key];
      return typeof value === 'object' && value !== null
        ? [...flatten(value, path)]
        : [[path.join('.'), String(value)] as const];
    }),
  );
}

const catalogue = (language: string) => flatten(JSON.parse(read(`locales/${language}.json`)) as object);
const english = catalogue('en');
const placeholders = (text = '') => (text.match(/\{\{.*?\}\}/g) ?? []).toSorted();

test('there is a catalogue for each language, and no other', () => {
  const files = readdirSync(join(SOURCE, 'locales')).map((file) => file.replace('.json', ''));
  expect(files.toSorted()).toEqual([...LANGUAGES].toSorted());
});

describe.each(LANGUAGES)('the catalogue %s', (language) => {
  test('has every text, and no other', () => {
    expect([...catalogue(language).keys()].toSorted()).toEqual([...english.keys()].toSorted());
  });

  test('leaves nothing empty, and fills in the same things', () => {
    for (const [key, text] of catalogue(language)) {
      expect(text.trim(), key).not.toBe('');
      expect(placeholders(text), key).toEqual(placeholders(english.get(key)));
    }
  });

  test('has a name for every capability', () => {
    for (const capability of ALL_CAPABILITIES) {
      expect(catalogue(language).get(`capability.${capability}.name`)).toBeDefined();
    }
  });
});

const components = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.tsx'),
);
const SPOKEN_ATTRIBUTES = ['alt', 'aria-label', 'aria-description', 'label', 'placeholder', 'title'];
const hasWords = (text: string) => /\p{Letter}{2}/u.test(text);

/** Words in the markup itself, and in the attributes that are read to people. */
function hardCodedTexts(path: string): string[] {
  const found: string[] = [];
  new Visitor({
    JSXText({ value }) {
      if (hasWords(value)) found.push(value.trim());
    },
    JSXAttribute({ name, value }) {
      const isSpoken = name.type === 'JSXIdentifier' && SPOKEN_ATTRIBUTES.includes(name.name);
      if (isSpoken && value?.type === 'Literal' && hasWords(String(value.value))) {
        found.push(String(value.value));
      }
    },
  }).visit(parseSync(path, read(path)).program);
  return found;
}

test.each(components)('%s has no words of its own', (path) => {
  expect(hardCodedTexts(path)).toEqual([]);
});

test('every text is used', () => {
  const source = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map(read)
    .join('\n');
  /** Of these the key is put together in the source. */
  const built =
    /^(capability|linkUsed|malformedLink|noLink|ended|loggedOut|problem|notFound|notAllowed|disabledBy|applicationMissing|endpointMissing|messageMissing|eventTypeMissing|status|grace|window|whyNot|replayKind|verdict|verdictText)\.|^activity\.(FiveMinutes|OneHour|OneDay|hours|days|weeks)$|^live\.(live|connecting|paused|broken)$|^choice\.(?!find$|hint$)/;
  const unused = [...english.keys()].filter((key) => !built.test(key) && !source.includes(`'${key}'`));
  expect(unused).toEqual([]);
});
