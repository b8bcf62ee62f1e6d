import { Webhook, WebhookVerificationError } from '@postrider/client';
import { UsageError } from '../failure.js';

/** What came in, as it came. */
export interface Delivery {
  readonly receivedAt: Date;
  readonly path: string;
  /** Name, value, name, value … in their case and order. */
  readonly rawHeaders: readonly string[];
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** What a signature is worth: right, wrong for a reason, or not looked at, since there is no secret. */
export type Verdict =
  | { readonly status: 'valid' }
  | { readonly status: 'invalid'; readonly check: string; readonly why: string }
  | { readonly status: 'unchecked' };

/** Checks signatures, with a secret that may come later. */
export interface Verifier {
  /** Whether there is a secret. */
  readonly checks: boolean;
  use(secret: string): void;
  verify(delivery: Delivery): Promise<Verdict>;
}

/** @throws UsageError for what is no secret; the message does not show it */
function toWebhook(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

/** @throws UsageError for what is no secret */
export function createVerifier(secret: string | undefined): Verifier {
  let webhook = secret === undefined ? undefined : toWebhook(secret);
  return {
    get checks() {
      return webhook !== undefined;
    },
    use: (next) => {
      webhook = toWebhook(next);
    },
    verify: async ({ body, headers }) => {
      if (webhook === undefined) return { status: 'unchecked' };
      try {
        await webhook.verifyAsync(body, headers);
        return { status: 'valid' };
      } catch (error) {
        if (!(error instanceof WebhookVerificationError)) throw error;
        // A payload may be anything; it is signed as it should be.
        if (error.check === 'payload_not_json') return { status: 'valid' };
        return { status: 'invalid', check: error.check, why: error.message };
      }
    },
  };
}
