import { unwrap } from '@postrider/client';
import { listOperations, type Operation } from '@postrider/contract';
import fc from 'fast-check';
import { z } from 'zod';
import { valuesFor } from './arbitrary.js';
import type { TestEnvironment, TestServer } from './harness.js';
import { Scene } from './scene.js';

/** An environment with something of everything in it, and names of it all. */
export interface Holdings {
  readonly scene: Scene;
  readonly environment: TestEnvironment;
  /** What parameters in paths stand for, by their names; where a resource has its own, behind its name. */
  readonly params: Readonly<Record<string, string>>;
  /** Ids and names that nobody else may see. */
  readonly ids: readonly string[];
  /** A session of the application with all capabilities. */
  session(): Promise<string>;
}

const URL_OF_NOBODY = 'http://127.0.0.1:1/closed';

/**
 * Makes an environment with one of each thing that a path can name. A new kind of thing gets its line here: the
 * parameter's name and an id.
 */
export async function openHoldings(server: TestServer, name: string): Promise<Holdings> {
  const scene = await Scene.open(server);
  const { client, environment, appId } = scene;
  const eventType = `type.of.${name}`;
  await unwrap(
    client.eventType.create({
      body: { name: eventType, description: 'x', schemas: { '1': { type: 'object', examples: [{ n: 1 }] } } },
    }),
  );
  const endpoint = await scene.endpoint(await scene.receiver(), { uid: `endpoint-of-${name}` });
  const message = await scene.send({ eventType, eventId: `event-of-${name}` });
  const [attempt] = await scene.recorded(message.id, 1);
  const key = await unwrap(
    client.management.authentication.createApiToken({
      params: { env_id: environment.id },
      body: { name: 'spare' },
    }),
  );
  const operational = await unwrap(
    client.operationalWebhookEndpoint.create({ body: { url: URL_OF_NOBODY } }),
  );
  const task = await unwrap(
    client.endpoint.recover({
      params: { app_id: appId, endpoint_id: endpoint.id },
      body: { since: new Date(Date.now() - 3_600_000).toISOString() as never },
    }),
  );
  const params = {
    app_id: appId,
    endpoint_id: endpoint.id,
    msg_id: message.id,
    attempt_id: attempt?.id ?? '',
    event_type_name: eventType,
    env_id: environment.id,
    key_id: key.id,
    task_id: task.id,
    'operationalWebhookEndpoint.endpoint_id': operational.id,
  };
  return {
    scene,
    environment,
    params,
    ids: [...Object.values(params), `endpoint-of-${name}`, `event-of-${name}`],
    session: async () => {
      const { token } = await unwrap(
        client.authentication.getAppPortalAccess({ params: { app_id: appId }, body: {} }),
      );
      return token;
    },
  };
}

/**
 * Bodies of operations where the shortest one that the schema takes does not do: it is refused, or it should name
 * something of the owner's.
 */
const BODIES: Readonly<Record<string, (owner: Holdings) => unknown>> = {
  'message.create': () => ({ eventType: 'invoice.paid', payload: {} }),
  'authentication.getAppPortalAccess': () => ({}),
  'endpoint.create': () => ({ url: URL_OF_NOBODY }),
  'endpoint.upsert': () => ({ url: URL_OF_NOBODY }),
  'endpoint.sendExample': ({ params }) => ({ eventType: params['event_type_name'] }),
  'endpoint.recover': () => ({ since: new Date(Date.now() - 3_600_000).toISOString() }),
};

/** PUTs that make a new thing of the caller's own where they name somebody else's. */
export const MAKES_ITS_OWN: ReadonlySet<string> = new Set([
  'application.upsert',
  'eventType.upsert',
  'operationalWebhookEndpoint.upsert',
]);

/** Every operation of the contract with its name. */
export const OPERATIONS = listOperations().map((operation) => [operation.key.join('.'), operation] as const);

/** @throws Error saying which operation lacks what */
export function pathOf(name: string, { path }: Operation, { params }: Holdings): string {
  return path.replace(/\{(\w+)\}/g, (_all, parameter: string) => {
    const value = params[`${name.split('.')[0]}.${parameter}`] ?? params[parameter];
    if (value !== undefined) return encodeURIComponent(value);
    throw new Error(
      `${name}: nothing stands for the parameter ${parameter}; make one and name it in openHoldings of test/tenants.ts`,
    );
  });
}

/** The shortest body that the schema takes, of some hundred. @throws Error saying which operation needs one by hand */
export function bodyFor(name: string, { route }: Operation, owner: Holdings): unknown {
  const schema = 'body' in route && route.body instanceof z.ZodType ? route.body : undefined;
  if (schema === undefined) return undefined;
  const given = BODIES[name];
  if (given) return given(owner);
  try {
    const settings = { urls: [URL_OF_NOBODY], texts: ['text'] };
    const fitting = fc
      .sample(valuesFor(schema, settings), { seed: 1, numRuns: 300 })
      .filter((value) => schema.safeParse(value).success)
      .sort((a, b) => JSON.stringify(a).length - JSON.stringify(b).length);
    if (fitting[0] !== undefined) return fitting[0];
  } catch (error) {
    throw new Error(`${name}: no body could be made; give it one in BODIES of test/tenants.ts`, {
      cause: error,
    });
  }
  throw new Error(`${name}: no body was found; give it one in BODIES of test/tenants.ts`);
}

/** What a call came to. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Calls the operation with what it needs of the owner's, as somebody. */
export async function callAs(
  url: string,
  token: string | undefined,
  name: string,
  operation: Operation,
  owner: Holdings,
): Promise<Answer> {
  const body = bodyFor(name, operation, owner);
  const response = await fetch(url + pathOf(name, operation, owner), {
    method: operation.method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    // A stream does not end by itself: who gets one was let in.
    await response.body?.cancel();
    return { status: response.status, text: '' };
  }
  return { status: response.status, text: await response.text() };
}
