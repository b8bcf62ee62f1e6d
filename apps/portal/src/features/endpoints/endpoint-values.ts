import { ApiError } from '@postrider/client';
import { EndpointIn, type EndpointOut } from '@postrider/contract';

/** What stands in the fields of the form. */
export interface EndpointValues {
  readonly url: string;
  readonly description: string;
  readonly eventTypes: readonly string[];
  readonly channels: readonly string[];
  /** Messages per second; empty: no limit. */
  readonly throttleRate: string;
}

export type FieldErrors = Partial<Record<keyof EndpointValues | 'secret' | 'headers', string>>;

export const EMPTY_VALUES: EndpointValues = {
  url: '',
  description: '',
  eventTypes: [],
  channels: [],
  throttleRate: '',
};

export const toValues = (endpoint: EndpointOut): EndpointValues => ({
  url: endpoint.url,
  description: endpoint.description,
  eventTypes: endpoint.eventTypes ?? [],
  channels: endpoint.channels ?? [],
  throttleRate: endpoint.throttleRate?.toString() ?? '',
});

/** The body of a call. An empty list means all. */
export const toBody = ({ url, description, eventTypes, channels, throttleRate }: EndpointValues) => ({
  url: url.trim(),
  description: description.trim(),
  eventTypes: eventTypes.length === 0 ? null : [...eventTypes],
  channels: channels.length === 0 ? null : [...channels],
  throttleRate: throttleRate.trim() === '' ? null : Number(throttleRate),
});

const FIELDS = ['url', 'description', 'eventTypes', 'channels', 'throttleRate', 'secret', 'headers'] as const;

/** What the server finds wrong, by field; what belongs to none is left to the note over the form. */
export function errorsOf(error: unknown): FieldErrors {
  if (!(error instanceof ApiError) || typeof error.detail === 'string') return {};
  const found: FieldErrors = {};
  for (const { loc, msg } of error.detail) {
    const field = FIELDS.find((name) => loc.includes(name));
    if (field !== undefined) found[field] ??= msg;
  }
  return found;
}

/** True where the server would take this channel, by the contract. */
export const isChannel = (channel: string): boolean => EndpointIn.shape.channels.safeParse([channel]).success;

/** True for an address that the server would take as an endpoint's. */
export function isEndpointUrl(text: string): boolean {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:';
}

export const isThrottleRate = (text: string): boolean =>
  text.trim() === '' || (/^\d{1,5}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 65_535);
