import type { Client } from '@postrider/client';
import type { Capability } from '@postrider/contract';
import type { TestEnvironment, TestServer } from './harness.js';

/** A client with the token of a new portal session of the application. Without capabilities it has all. */
export async function openSession(
  server: TestServer,
  environment: TestEnvironment,
  app_id: string,
  options: { capabilities?: Capability[]; featureFlags?: string[] } = {},
): Promise<Client> {
  const { status, body } = await environment.client.authentication.getAppPortalAccess({
    params: { app_id },
    body: options,
  });
  if (status !== 200) throw new Error(`no portal session: ${status}`);
  return server.as(body.token);
}

/** What a call that must succeed came to. */
export async function bodyOf<T>(call: Promise<{ status: number; body: unknown }>): Promise<T> {
  const { status, body } = await call;
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body as T;
}
