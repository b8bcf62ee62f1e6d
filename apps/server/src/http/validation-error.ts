import type { ValidationError } from '@postrider/contract';

/** The parts of a zod 4 issue that matter here. */
export interface Issue {
  readonly code?: string;
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly expected?: string;
  readonly origin?: string;
  readonly errors?: readonly (readonly Issue[])[];
  readonly values?: readonly unknown[];
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

/** Issues that say "this cannot be read as what it should be", in contrast to "it is read, but not allowed". */
const DECODE_CODES = new Set([
  'invalid_type',
  'invalid_value',
  'invalid_union',
  'invalid_key',
  'invalid_element',
]);

/** Fields that clients of this API know under another name in errors. */
const KNOWN_AS: Readonly<Record<string, string>> = { eventId: 'uid' };

const snakeCase = (name: string): string =>
  KNOWN_AS[name] ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const keysOf = (issue: Issue): PropertyKey[] =>
  (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));

const valueAt = (root: unknown, keys: readonly PropertyKey[]): unknown =>
  keys.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    root,
  );

const typeName = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

function decodeMessage(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_value') {
    return `unknown value, expected ${(issue.values ?? []).map((option) => `\`${String(option)}\``).join(' or ')}`;
  }
  if (issue.code === 'invalid_type') return `invalid type: ${typeName(value)}, expected ${issue.expected}`;
  return 'invalid value';
}

/** A union that fails is told by the branch that came nearest: the one with the deepest issue. */
function unfold(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || !issue.errors?.length) return issue;
  const branches = issue.errors.flatMap((branch) => branch.map(unfold));
  const deepest = branches.sort((a, b) => (b.path?.length ?? 0) - (a.path?.length ?? 0))[0];
  if (!deepest) return issue;
  return { ...deepest, path: [...(issue.path ?? []), ...(deepest.path ?? [])] };
}

/**
 * One thing wrong in the form of the API (spec: wire behaviour, section 3.2). What cannot be read keeps the names as
 * sent, with indexes glued on (`channels[1]`); what is not allowed has snake case names and, for a rule on a text,
 * `__all__` at the end. Deliberately better than the reference: a missing field is named in `loc`.
 */
export function toProblem(
  place: 'path' | 'query' | 'header' | 'body',
  root: unknown,
  raw: Issue,
): ValidationError {
  const issue = unfold(raw);
  const keys = keysOf(issue);
  if (DECODE_CODES.has(issue.code ?? '')) {
    const loc: string[] = [place];
    for (const key of keys) {
      if (typeof key === 'number' && loc.length > 1) loc[loc.length - 1] += `[${key}]`;
      else loc.push(String(key));
    }
    const value = valueAt(root, keys);
    const name = String(keys.at(-1) ?? 'body');
    const msg = value === undefined ? `missing field \`${name}\`` : decodeMessage(issue, value);
    const path = loc.slice(1).join('.');
    return {
      loc,
      msg: value === undefined || path === '' ? msg : `${path}: ${msg}`,
      type: 'value_error.jsondecode',
    };
  }
  const loc = [place, ...keys.filter((key) => typeof key !== 'number').map((key) => snakeCase(String(key)))];
  const onText =
    issue.code === 'invalid_format' ||
    issue.params?.['onText'] === true ||
    (issue.origin === 'string' && issue.code !== 'custom');
  return { loc: onText ? [...loc, '__all__'] : loc, msg: issue.message, type: 'value_error' };
}
