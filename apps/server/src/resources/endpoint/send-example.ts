import type { EventExampleIn } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import { rawMember } from '../../dispatch/raw-json.js';
import { requireEndpoint } from '../../endpoints.js';
import { AppError, notFound } from '../../errors.js';
import type { Caller } from '../../handlers.js';
import { checkPayloadSize } from '../../quotas.js';
import type { Application } from '../../storage/application.js';
import { type EventType, findEventType } from '../../storage/event-type.js';
import type { Message } from '../../storage/message.js';

/** An event type that needs no definition, and its example letter by letter. */
const PING = { name: 'svix.ping', payload: '{"success": true}' };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An example of an event type, of the first version of its schema. */
function exampleOf({ schemas }: EventType, index: number): string {
  const schema = schemas?.['1'];
  const examples = isObject(schema) ? schema['examples'] : undefined;
  const example: unknown = Array.isArray(examples) ? examples[index] : undefined;
  if (isObject(example)) return JSON.stringify(example);
  throw new AppError(400, 'invalid_scheme', 'Unable to generate example message from event-type schema');
}

/** The event type, which must be there and seen by the caller even where the payload is not its example. */
async function findPayload(ctx: RequestContext, caller: Caller, input: EventExampleIn): Promise<string> {
  const given = input.payload
    ? (rawMember(ctx.rawBody, 'payload') ?? JSON.stringify(input.payload))
    : undefined;
  if (input.eventType === PING.name) return given ?? PING.payload;
  const sight = caller.kind === 'environment' ? null : caller.session.featureFlags;
  const eventType = await findEventType(ctx.database.kysely, caller.environmentId, input.eventType, sight);
  if (!eventType) throw notFound();
  return given ?? exampleOf(eventType, input.exampleIndex);
}

/**
 * Sends an example to an endpoint as a message that no other endpoint gets, whatever this one listens to; once, without
 * retries. A disabled endpoint gets nothing.
 *
 * @throws AppError 404 for an endpoint or event type that is not there, 400 when the event type has no such
 *   example, 413
 */
export async function sendExample(
  ctx: RequestContext,
  caller: Caller,
  application: Application,
  idOrUid: string,
  input: EventExampleIn,
): Promise<Message> {
  const endpoint = await requireEndpoint(ctx.database.kysely, application.id, idOrUid);
  const payload = await findPayload(ctx, caller, input);
  checkPayloadSize(ctx, payload);
  const message = await ctx.dispatch.accept(application.environment_id, application.id, {
    eventType: input.eventType,
    eventId: null,
    channels: null,
    tags: null,
    payload,
    headers: null,
    payloadExpiresAt: null,
    deliverAt: null,
    idempotencyKey: null,
    onlyEndpointId: endpoint.id,
  });
  if (!message) throw notFound();
  return message;
}
