import { expect } from 'vitest';
import type { AuthenticationCaller, CALLERS, Outcome } from './callers.js';
import type { Owner } from './owner.js';

/** What app-portal-access answers. */
export interface Access {
  url: string;
  token: string;
}

/** The calls about portal sessions, and a customer to make them for, in the environment of the test. */
export function customersOf(own: Owner) {
  const whoami = (token: string) => own.server.as(token).portalSession.whoami();
  const exchange = (code: string) =>
    own.server.as(undefined).portalSession.exchangeOneTimeToken({ body: { oneTimeToken: code } });
  const alive = async (token: string) => (await whoami(token)).status === 200;

  /** A new application, its uid, and what makes calls about it. */
  const customer = async (connect: (typeof CALLERS)[number][1]) => {
    const { environment, server } = own;
    const owner = connect(server.url, environment.key);
    const app = `customer-${Math.random().toString(36).slice(2)}`;
    await owner.createApplication({ name: 'Customer', uid: app });
    const access = async (input: Parameters<AuthenticationCaller['access']>[1] = {}): Promise<Access> => {
      const { status, body } = await owner.access(app, input);
      expect(status).toBe(200);
      return body as Access;
    };
    return { environment, owner, app, access };
  };
  return { whoami, exchange, alive, customer };
}

export function expectError(outcome: Outcome, status: number, code: string, message?: string): void {
  expect(outcome, message).toMatchObject({ status, body: { code, detail: expect.any(String) } });
}

/** @param type of the first fault, where it is to be a certain one */
export function expectInvalid(outcome: Outcome, field: string, type?: string): void {
  expect(outcome.status).toBe(422);
  const { detail } = outcome.body as { detail: { loc: string[]; msg: string; type: string }[] };
  expect(detail[0]?.msg).toEqual(expect.any(String));
  expect(detail.some((one) => one.loc.some((part) => part.startsWith(field)))).toBe(true);
  if (type !== undefined) expect(detail[0]?.type).toBe(type);
}
