import { unwrap } from '@postrider/client';
import type { EndpointMessageOut } from '@postrider/contract';
import type { Received } from './receiver.js';
import type { Scene } from './scene.js';

/** What an answer came to, read by no client. */
export interface RawAnswer {
  readonly status: number;
  readonly body: unknown;
}

interface PostOptions {
  /** Where it is posted to; the scene's server unless said otherwise. */
  readonly url?: string;
  readonly app?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
}

/** Creates a message from a text, letter by letter. */
export async function postText(scene: Scene, text: string, options: PostOptions = {}): Promise<RawAnswer> {
  const { url = scene.server.url, app = scene.appId, query = '', headers = {} } = options;
  const answer = await fetch(`${url}/api/v1/app/${app}/msg${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${scene.environment.key}`, ...headers },
    body: text,
  });
  return { status: answer.status, body: await answer.json() };
}

/** How a message stands at an endpoint; undefined before anything came of it. */
export async function standing(
  scene: Scene,
  endpoint_id: string,
  msgId: string,
): Promise<EndpointMessageOut | undefined> {
  const { data } = await unwrap(
    scene.client.messageAttempt.listAttemptedMessages({
      params: { app_id: scene.appId, endpoint_id },
      query: { expanded_statuses: true, limit: 250 },
    }),
  );
  return data.find((one) => one.id === msgId);
}

/** Defines event types that endpoints can then filter by. */
export async function defineTypes(scene: Scene, ...names: string[]): Promise<void> {
  for (const name of names) {
    await unwrap(scene.client.eventType.create({ body: { name, description: '' } }));
  }
}

/** Ids of the messages that a receiver got, in their order. */
export const idsOf = (requests: readonly Received[]): string[] =>
  requests.map(({ headers }) => String(headers['svix-id']));
