import { onTestFinished } from 'vitest';
import { parseSubnets } from '../../../src/outbound/address.js';
import { createSender, type Sender, type SenderOptions } from '../../../src/outbound/send.js';

/** A sender that may reach loopback and ends with the test. */
export function makeSender(options: Partial<SenderOptions> = {}): Sender {
  const sender = createSender({
    allowSubnets: parseSubnets('127.0.0.0/8'),
    timeoutMs: 5000,
    userAgent: 'Svix-Webhooks/1.2.3',
    ...options,
  });
  onTestFinished(() => {
    void sender.close();
  });
  return sender;
}

/** Sends something to one URL, each time it is called, over the same connections. */
export function makePost(url: string, options?: Partial<SenderOptions>) {
  const sender = makeSender(options);
  return () => sender.send({ url, headers: [], body: '{}' });
}

/** Sends something once. */
export const post = (url: string, options?: Partial<SenderOptions>) => makePost(url, options)();
