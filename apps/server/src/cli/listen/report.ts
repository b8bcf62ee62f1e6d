import { isUtf8 } from 'node:buffer';
import type { Terminal } from '../terminal.js';
import type { Forwarded } from './forward.js';
import type { Received } from './listener.js';
import type { Verdict } from './verify.js';

/** Says what happens, to people or to programs. */
export interface Report {
  readonly listening: (
    url: string,
    endpointId: string | undefined,
    options: { readonly forwardTo?: string },
    checked: boolean,
  ) => void;
  readonly delivery: (received: Received) => void;
  readonly stopped: (endpointId: string | undefined) => void;
}

/** Characters of a body that are shown to people. */
const SHOWN = 2000;

const first = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0];

/** The message's id, by either spelling of the header. */
const messageId = ({ delivery: { headers } }: Received): string | undefined =>
  first(headers['svix-id'] ?? headers['webhook-id']);

function pairsOf(rawHeaders: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2)
    pairs.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  return pairs;
}

const forwardedJson = (forwarded: Forwarded) =>
  forwarded.kind === 'answered'
    ? { status: forwarded.status, durationMs: forwarded.durationMs }
    : { error: forwarded.error, durationMs: forwarded.durationMs };

function jsonReport(terminal: Terminal, withHeaders: boolean): Report {
  const line = (event: string, fields: Record<string, unknown>) =>
    terminal.print(JSON.stringify({ event, ...fields }));
  return {
    listening: (url, endpointId, { forwardTo }, checked) =>
      line('listening', { url, endpointId, forwardTo, signatures: checked ? 'checked' : 'unchecked' }),
    delivery: (received) => {
      const { body, receivedAt, path, rawHeaders } = received.delivery;
      line('delivery', {
        receivedAt: receivedAt.toISOString(),
        id: messageId(received) ?? null,
        signature: received.verdict,
        path,
        ...(withHeaders ? { headers: pairsOf(rawHeaders) } : {}),
        ...(isUtf8(body) ? { body: body.toString() } : { bodyBase64: body.toString('base64') }),
        ...(received.forwarded ? { forwarded: forwardedJson(received.forwarded) } : {}),
        answered: received.answered,
      });
    },
    stopped: (endpointId) => line('stopped', { endpointId }),
  };
}

type Paint = (text: string) => string;

const painter =
  (on: boolean) =>
  (code: number): Paint =>
  (text) =>
    on ? `\u001b[${code}m${text}\u001b[0m` : text;

/** Control characters of a message must not act on the terminal. */
const harmless = (text: string): string => text.replace(/(?![\n\t])\p{Cc}/gu, '\u{fffd}');

function bodyLines(body: Buffer): string[] {
  if (!isUtf8(body)) return [`${body.length} bytes that are no text`];
  let text = body.toString();
  try {
    text = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // No JSON: shown as it is.
  }
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)} … (${body.length} bytes)` : text;
  return harmless(shown).split('\n');
}

function humanReport(terminal: Terminal, withHeaders: boolean): Report {
  const paint = painter(terminal.colours);
  const [good, bad, dim, bold] = [paint(32), paint(31), paint(2), paint(1)];
  const signature = (verdict: Verdict): string => {
    if (verdict.status === 'valid') return good('signature valid');
    if (verdict.status === 'unchecked') return dim('signature not checked');
    return bad(`signature invalid: ${verdict.why}`);
  };
  const outcome = ({ forwarded, answered }: Received): string => {
    const paintStatus = answered < 300 ? good : bad;
    if (forwarded === undefined) return `answered ${paintStatus(String(answered))}`;
    if (forwarded.kind === 'failed') return bad(`not forwarded: ${forwarded.error}; answered ${answered}`);
    return `forwarded, answered ${paintStatus(String(answered))} in ${forwarded.durationMs} ms`;
  };
  return {
    listening: (url, endpointId, { forwardTo }, checked) => {
      terminal.print(`Listening on ${bold(url)}${endpointId ? ` as endpoint ${endpointId}` : ''}`);
      if (forwardTo !== undefined) terminal.print(`Forwarding to ${bold(forwardTo)}`);
      if (!checked)
        terminal.print(dim('Signatures are not checked: set POSTRIDER_WEBHOOK_SECRET, or use --app'));
      terminal.print(dim('Ctrl+C ends it.\n'));
    },
    delivery: (received) => {
      const { receivedAt, rawHeaders, body } = received.delivery;
      const time = receivedAt.toTimeString().slice(0, 8);
      const id = harmless(messageId(received) ?? 'no id');
      terminal.print(`${dim(time)} ${bold(id)}  ${signature(received.verdict)}  ${outcome(received)}`);
      if (withHeaders)
        for (const [name, value] of pairsOf(rawHeaders))
          terminal.print(dim(`  ${harmless(`${name}: ${value}`)}`));
      for (const line of bodyLines(body)) terminal.print(`  ${line}`);
    },
    stopped: (endpointId) => {
      if (endpointId !== undefined) terminal.print(dim(`\nEndpoint ${endpointId} is removed.`));
    },
  };
}

/** A report on standard output. */
export const createReport = (
  terminal: Terminal,
  { json, headers }: { readonly json: boolean; readonly headers: boolean },
): Report => (json ? jsonReport(terminal, headers) : humanReport(terminal, headers));
