import { createClient } from '@postrider/client';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';

/** What a call came to: its status and body, success or not. */
export interface Outcome {
  readonly status: number;
  readonly body: unknown;
}

export interface AccessInput {
  application?: { name: string; uid?: string };
  capabilities?: string[];
  expiry?: number;
  featureFlags?: string[];
  readOnly?: boolean;
  sessionId?: string;
}

interface CallOptions {
  idempotencyKey?: string;
}

/** The Authentication operations as one kind of client offers them. */
export interface AuthenticationCaller {
  access(app: string, input: AccessInput, options?: CallOptions): Promise<Outcome>;
  /** Undefined where the client does not have the deprecated operation. */
  dashboard: ((app: string, options?: CallOptions) => Promise<Outcome>) | undefined;
  logout(options?: CallOptions): Promise<Outcome>;
  expireAll(
    app: string,
    input: { expiry?: number; sessionIds?: string[] },
    options?: CallOptions,
  ): Promise<Outcome>;
  createApplication(input: { name: string; uid?: string }): Promise<Outcome>;
  getApplication(app: string): Promise<Outcome>;
}

/** A success has no status in the SDKs: it is what the operation documents. */
async function outcomeOf(status: number, call: Promise<unknown>): Promise<Outcome> {
  try {
    return { status, body: await call };
  } catch (error) {
    const failure = error as { code?: number; body?: unknown };
    if (typeof failure.code !== 'number') throw error;
    return { status: failure.code, body: failure.body };
  }
}

function withClientPackage(url: string, token: string): AuthenticationCaller {
  const client = createClient({ serverUrl: url, token, retries: 0 });
  const headers = (options: CallOptions = {}) =>
    options.idempotencyKey === undefined ? {} : { headers: { 'idempotency-key': options.idempotencyKey } };
  const outcome = async (call: Promise<Outcome>): Promise<Outcome> => {
    const { status, body } = await call;
    return { status, body };
  };
  return {
    access: (app_id, body, options) =>
      outcome(
        client.authentication.getAppPortalAccess({
          params: { app_id },
          body: body as never,
          ...headers(options),
        }),
      ),
    dashboard: (app_id, options) =>
      outcome(client.authentication.getDashboardAccess({ params: { app_id }, ...headers(options) })),
    logout: (options) => outcome(client.authentication.logout({ ...headers(options) })),
    expireAll: (app_id, body, options) =>
      outcome(client.authentication.expireAll({ params: { app_id }, body, ...headers(options) })),
    createApplication: (body) => outcome(client.application.create({ body })),
    getApplication: (app_id) => outcome(client.application.get({ params: { app_id } })),
  };
}

function withSvixV1(url: string, token: string): AuthenticationCaller {
  const svix = new SvixV1(token, { serverUrl: url });
  return {
    access: (app, input, options) =>
      outcomeOf(200, svix.authentication.appPortalAccess(app, input as never, options)),
    dashboard: (app, options) => outcomeOf(200, svix.authentication.dashboardAccess(app, options)),
    logout: (options) => outcomeOf(204, svix.authentication.logout(options)),
    expireAll: (app, input, options) => outcomeOf(204, svix.authentication.expireAll(app, input, options)),
    createApplication: (input) => outcomeOf(201, svix.application.create(input)),
    getApplication: (app) => outcomeOf(200, svix.application.get(app)),
  };
}

function withSvixV2(url: string, token: string): AuthenticationCaller {
  const svix = new SvixV2(token, { serverUrl: url });
  return {
    access: (app, input, options) =>
      outcomeOf(200, svix.authentication.appPortalAccess(app, input as never, options)),
    dashboard: undefined,
    logout: (options) => outcomeOf(204, svix.authentication.logout(options)),
    expireAll: (app, input, options) => outcomeOf(204, svix.authentication.expireAll(app, input, options)),
    createApplication: (input) => outcomeOf(201, svix.application.create(input)),
    getApplication: (app) => outcomeOf(200, svix.application.get(app)),
  };
}

/** Our client package and both generations of the official SDK. */
export const CALLERS: readonly [name: string, make: (url: string, token: string) => AuthenticationCaller][] =
  [
    ['client package', withClientPackage],
    ['svix 1.99', withSvixV1],
    ['svix 2', withSvixV2],
  ];

/** The one-time code of a magic link. */
export function codeOf(link: string): string {
  const fragment = JSON.parse(Buffer.from(link.split('#key=')[1] ?? '', 'base64').toString()) as {
    oneTimeToken: string;
  };
  return fragment.oneTimeToken;
}
