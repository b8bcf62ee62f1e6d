import { Buffer } from 'node:buffer';

/** What must not stand in a log, whoever put it there: each kind of secret that has a form of its own. */
const FORMS: readonly [name: string, form: RegExp][] = [
  ['a key or token', /\b(?:app)?sk_(?:msg_)?[A-Za-z0-9]{16,}/],
  ['an endpoint’s secret', /\bwhs(?:ec|k)_[A-Za-z0-9+/=]{8,}/],
  ['a signature', /\bv1a?,[A-Za-z0-9+/]{20,}/],
  ['a link into the portal', /\/login#|#key=/],
  ['an authorization', /\b(?:Bearer|Basic) [A-Za-z0-9._~+/-]{8,}/],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY/],
];
/** Names of fields whose values are secret, in what is sent and in what is answered. */
const SECRET_FIELDS = new Set(['token', 'key', 'secret', 'onetimetoken', 'oldkey', 'newkey']);
/** Settings that are secret. */
const SECRET_SETTINGS = ['POSTRIDER_API_KEY', 'POSTRIDER_ENCRYPTION_KEY', 'POSTRIDER_METRICS_TOKEN'];
/** Shorter values are words of tests that stand in logs by chance. */
const LEAST_LENGTH = 10;

/**
 * The secrets that a test used with a server, taken from its settings and from every call of its clients, and the check
 * that none of them is in the server's log. The harness does both, so no test can forget it.
 */
export class Secrets {
  readonly #known = new Map<string, string>();

  constructor(settings: Readonly<Record<string, string | undefined>>) {
    for (const name of SECRET_SETTINGS) this.note(name, settings[name]);
    const url = settings['POSTRIDER_DATABASE_URL'];
    if (url && URL.canParse(url)) this.note('the database’s password', new URL(url).password);
  }

  note(name: string, value: unknown): void {
    if (typeof value === 'string' && value.length >= LEAST_LENGTH) this.#known.set(value, name);
  }

  /** Stands in for the platform's fetch: notes what is secret in the bodies that go and come. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    if (typeof init?.body === 'string') this.#noteBody(init.body);
    const response = await globalThis.fetch(input, init);
    if (response.headers.get('content-type')?.includes('json')) {
      this.#noteBody(await response.clone().text());
    }
    return response;
  };

  #noteBody(text: string): void {
    try {
      this.#noteFields(JSON.parse(text));
    } catch {
      // Tests send what is no JSON, too.
    }
  }

  #noteFields(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, field] of Object.entries(value)) {
      if (SECRET_FIELDS.has(name.toLowerCase())) this.note(`the field ${name}`, field);
      else if (name === 'headers') this.#noteHeaders(field);
      else if (name === 'url' && typeof field === 'string') this.#noteLink(field);
      else this.#noteFields(field);
    }
  }

  /** Headers of endpoints and messages: any of them may hold a password. */
  #noteHeaders(headers: unknown): void {
    if (typeof headers !== 'object' || headers === null) return;
    for (const [name, value] of Object.entries(headers)) this.note(`the header ${name}`, value);
  }

  #noteLink(url: string): void {
    const [, encoded] = url.split('#key=');
    if (encoded === undefined) return;
    this.note('a link into the portal', encoded);
    this.#noteBody(Buffer.from(decodeURIComponent(encoded), 'base64').toString());
  }

  /**
   * @throws Error naming what stands in the log and in which line, without the secret
   */
  check(lines: readonly string[]): void {
    for (const line of lines) checkForms(line);
    const log = lines.join('\n');
    for (const [value, name] of this.#known) {
      if (!log.includes(value) && !log.includes(JSON.stringify(value).slice(1, -1))) continue;
      const line = lines.find(
        (one) => one.includes(value) || one.includes(JSON.stringify(value).slice(1, -1)),
      );
      throw new Error(`${name} stands in the log: ${line?.replaceAll(value, '[secret]')}`);
    }
  }
}

/** @throws Error when something of the form of a secret stands in a line of a log; it is masked in the message */
export function checkForms(line: string): void {
  for (const [name, form] of FORMS) {
    if (form.test(line)) throw new Error(`${name} stands in the log: ${line.replace(form, '[secret]')}`);
  }
}

/** The lines of a process' output that are of its log; others are for the one who started it, such as a first key. */
export const logLines = (output: string): string[] =>
  output.split('\n').filter((line) => line.startsWith('{'));
