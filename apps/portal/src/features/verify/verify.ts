import { Webhook, type WebhookCheck, WebhookVerificationError } from '@postrider/client';
import { parseHeaders } from './headers';
import { isSignatureRight } from './signature';

/** What comes of a check. `signature` is set where only the age is wrong, if the browser can tell. */
export type Verdict =
  | { readonly kind: 'genuine' }
  | { readonly kind: 'badSecret' | 'unsupported' }
  | { readonly kind: WebhookCheck; readonly signature?: boolean | undefined };

/** Checks a delivery as a receiver would, in this browser: nothing of it is sent anywhere. */
export async function verifyDelivery(secret: string, headersText: string, body: string): Promise<Verdict> {
  const given = secret.trim();
  try {
    await new Webhook(given).verifyAsync(body, parseHeaders(headersText));
    return { kind: 'genuine' };
  } catch (error) {
    if (error instanceof WebhookVerificationError) {
      const isAge = error.check === 'timestamp_too_old' || error.check === 'timestamp_too_new';
      return {
        kind: error.check,
        signature: isAge ? await isSignatureRight(given, headersText, body) : undefined,
      };
    }
    return { kind: error instanceof TypeError ? 'badSecret' : 'unsupported' };
  }
}
