import type { EndpointOut } from '@postrider/contract';
import type { Owner } from './owner.js';
import { bodyOf } from './sessions.js';

export type Input = Record<string, unknown>;

/** What an endpoint has that was made with its address alone. */
export const BARE_ENDPOINT = {
  description: '',
  rateLimit: null,
  throttleRate: null,
  uid: null,
  version: 1,
  disabled: false,
  disabledReason: null,
  disabledAt: null,
  eventTypes: null,
  filterTypes: null,
  channels: null,
  metadata: {},
};

/** The calls about endpoints, in the application `a` unless another is named. */
export function endpointsOf(own: Owner) {
  const url = 'https://example.com/hook';
  const call = () => own.environment.client.endpoint;
  const create = (body: Input, app_id = 'a') =>
    call().create({ params: { app_id }, body: { url, ...body } as never });
  const made = (body: Input, app_id = 'a') => bodyOf<EndpointOut>(create(body, app_id));
  const at = (endpoint_id: string, app_id = 'a') => ({ params: { app_id, endpoint_id } });
  const get = (id: string, app?: string) => call().get(at(id, app));
  const put = (id: string, body: Input, app?: string) =>
    call().upsert({ ...at(id, app), body: { url, ...body } as never });
  const patch = (id: string, body: Input, app?: string) =>
    call().patch({ ...at(id, app), body: body as never });
  const remove = (id: string, app?: string) => call().delete(at(id, app));
  const list = (query: object = {}, app_id = 'a') => call().list({ params: { app_id }, query });
  const defineTypes = async (...names: string[]) => {
    for (const name of names)
      await own.environment.client.eventType.create({ body: { name, description: '' } });
  };
  return { url, call, create, made, at, get, put, patch, remove, list, defineTypes };
}
