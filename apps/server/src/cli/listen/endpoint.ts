import { type Client, unwrap } from '@postrider/client';

/** The endpoint that listens on behalf of this run. */
export interface OwnEndpoint {
  readonly id: string;
  readonly secret: string;
  /** Takes it away; what is gone already is fine. */
  remove(): Promise<void>;
}

/**
 * Makes the endpoint, or takes over one that a killed run left under the same uid, and fetches its secret.
 *
 * @throws ApiError, ConnectionError
 */
export async function openEndpoint(
  client: Client,
  wanted: {
    readonly app: string;
    readonly uid: string;
    readonly url: string;
    readonly eventTypes: readonly string[] | undefined;
  },
): Promise<OwnEndpoint> {
  const params = { app_id: wanted.app, endpoint_id: wanted.uid };
  const remove = async () => {
    const answer = await client.endpoint.delete({ params });
    if (answer.status !== 404) await unwrap(Promise.resolve(answer));
  };
  const { id } = await unwrap(
    client.endpoint.upsert({
      params,
      body: {
        uid: wanted.uid,
        url: wanted.url,
        description: 'postrider listen: removed when it ends',
        eventTypes: wanted.eventTypes === undefined ? null : [...wanted.eventTypes],
      },
    }),
  );
  try {
    const { key } = await unwrap(client.endpoint.getSecret({ params }));
    return { id, secret: key, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
