import { z } from 'zod';

/** Prefix of each kind of id; behind it stand 27 base62 characters that sort by time. */
export const ID_PREFIX = {
  environment: 'org_',
  apiKey: 'key_',
  application: 'app_',
  portalSession: 'psess_',
  endpoint: 'ep_',
  message: 'msg_',
  attempt: 'atmpt_',
  backgroundTask: 'qtask_',
} as const;

/** An application's id or uid in a path. Not validated: what names nothing is 404. */
export const applicationParams = z.object({
  app_id: z
    .string()
    .meta({ description: "The Application's ID or UID.", example: 'app_1srOrx2ZWZBpBUvZwXKQmoEYga2' }),
});

/** An endpoint's id or uid, below its application. */
export const endpointParams = applicationParams.extend({
  endpoint_id: z
    .string()
    .meta({ description: "The Endpoint's ID or UID.", example: 'ep_1srOrx2ZWZBpBUvZwXKQmoEYga2' }),
});

/** An operational endpoint's id or uid; it belongs to the environment, not to an application. */
export const operationalEndpointParams = z.object({ endpoint_id: endpointParams.shape.endpoint_id });

/** A message's id or `eventId`, below its application. */
export const messageParams = applicationParams.extend({
  msg_id: z
    .string()
    .meta({ description: "The Message's ID or `eventId`.", example: 'msg_1srOrx2ZWZBpBUvZwXKQmoEYga2' }),
});

/** What one message has to do with one endpoint. */
export const messageEndpointParams = messageParams.extend({
  endpoint_id: endpointParams.shape.endpoint_id,
});

/** An attempt, below its message. Attempts have no uid. */
export const attemptParams = messageParams.extend({
  attempt_id: z
    .string()
    .meta({ description: "The Attempt's ID.", example: 'atmpt_1srOrx2ZWZBpBUvZwXKQmoEYga2' }),
});

/** An event type, which is addressed by its name. */
export const eventTypeParams = z.object({
  event_type_name: z.string().meta({ description: "The Event Type's name.", example: 'invoice.paid' }),
});
