import type { MessageAttemptHeadersOut } from '@postrider/contract';
import type { Context } from '../../context.js';
import { headerNames } from '../../dispatch/deliver.js';
import { parseTarget } from '../../outbound/target.js';
import type { Attempt } from '../../storage/attempt.js';
import { VERSION } from '../../version.js';

const parse = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T));

/** What an attempt sent besides the headers of its endpoint and message, rebuilt from what is stored of it. */
function standardHeaders(ctx: Context, attempt: Attempt, signature: string): [string, string][] {
  const names = headerNames(ctx.config.signature.whitelabelHeaders);
  return [
    ['accept', '*/*'],
    ['content-type', 'application/json'],
    ['user-agent', `Postrider/${VERSION}`],
    [names.id, attempt.message_id],
    [names.timestamp, String(Math.floor(attempt.created_at.getTime() / 1000))],
    [names.signature, signature],
  ];
}

/**
 * The headers that an attempt sent and those of its answer. The values of custom headers, and the credentials of the
 * URL, are never kept: their names are listed as sensitive.
 */
export function describeAttemptHeaders(ctx: Context, attempt: Attempt): MessageAttemptHeadersOut {
  const responseHeaders = parse<[string, string][]>(attempt.response_headers);
  // Nothing was sent: the payload was not there any more.
  if (attempt.signature === null) return { sentHeaders: {}, responseHeaders, sensitive: [] };
  // A message may name headers of ours, which then go before its own.
  const custom = (parse<string[]>(attempt.sent_headers) ?? []).filter((name) => !/^svix-/i.test(name));
  const hidden = new Set(custom.map((name) => name.toLowerCase()));
  const authorizes = parseTarget(attempt.url)?.authorization !== undefined && !hidden.has('authorization');
  return {
    sentHeaders: Object.fromEntries(
      standardHeaders(ctx, attempt, attempt.signature).filter(([name]) => !hidden.has(name)),
    ),
    responseHeaders,
    sensitive: authorizes ? ['authorization', ...custom] : custom,
  };
}
