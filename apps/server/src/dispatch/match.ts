/** What decides whether an endpoint gets a message. */
export interface EndpointFilter {
  readonly disabled: boolean;
  /** Null: every type. */
  readonly eventTypes: readonly string[] | null;
  /** Null: with whatever channels, or none. */
  readonly channels: readonly string[] | null;
}

/** What a message is matched by. */
export interface MessageLabels {
  readonly eventType: string;
  readonly channels: readonly string[] | null;
}

/** `manual` is a resend or a recovery: whoever asked for it has chosen the endpoint, so its filters do not count. */
export type Trigger = 'scheduled' | 'manual';

/** The rule that keeps a message away from an endpoint. */
export type Mismatch = 'disabled' | 'event-type' | 'channel';

/** Does the endpoint get the message? (Spec: wire behaviour, section 7.1.) */
export const matches = (
  endpoint: EndpointFilter,
  message: MessageLabels,
  trigger: Trigger = 'scheduled',
): boolean => whyNot(endpoint, message, trigger) === null;

/** The first rule that keeps the message away from the endpoint; null when it gets the message. */
export function whyNot(
  endpoint: EndpointFilter,
  message: MessageLabels,
  trigger: Trigger = 'scheduled',
): Mismatch | null {
  if (endpoint.disabled) return 'disabled';
  if (trigger === 'manual') return null;
  if (endpoint.eventTypes !== null && !endpoint.eventTypes.includes(message.eventType)) return 'event-type';
  // A message without channels never gets to an endpoint that has some.
  if (endpoint.channels !== null && !shareOne(endpoint.channels, message.channels ?? [])) return 'channel';
  return null;
}

const shareOne = (some: readonly string[], others: readonly string[]): boolean =>
  others.some((one) => some.includes(one));
