import { type RawBuilder, sql } from 'kysely';

/** What messages are found by besides their time. Absent: no matter. */
export interface LabelFilter {
  readonly channel?: string | undefined;
  /** Any of these channels. */
  readonly channels?: readonly string[] | undefined;
  readonly tag?: string | undefined;
  readonly eventTypes?: readonly string[] | undefined;
}

const ofChannel = (channel: string): string => `c${channel}`;
const ofTag = (tag: string): string => `t${tag}`;

/** Label of messages that were made for one endpoint alone: examples and test attempts. No filter asks for it. */
export const FOR_ONE = 'o';

/** What `message_label` has of a message. */
export const labelsOf = (message: {
  readonly channels: readonly string[] | null;
  readonly tags: readonly string[] | null;
  readonly forOne: boolean;
}): string[] => [
  ...(message.channels ?? []).map(ofChannel),
  ...(message.tags ?? []).map(ofTag),
  ...(message.forOne ? [FOR_ONE] : []),
];

/** Whether the event type in the column is one of those asked for; no condition where any will do. */
export const hasEventType = (column: RawBuilder<unknown>, { eventTypes }: LabelFilter) =>
  eventTypes === undefined ? [] : [sql`${column} = any(${[...eventTypes]}::text[])`];

/** Conditions on the channels and tags of a row of `message`. */
export const hasLabels = ({ channel, channels, tag }: LabelFilter) => [
  ...(channel === undefined ? [] : [sql`${channel} = any(message.channels)`]),
  ...(channels === undefined ? [] : [sql`message.channels && ${[...channels]}::text[]`]),
  ...(tag === undefined ? [] : [sql`${tag} = any(message.tags)`]),
];

/** The labels that a filter asks for; a message has to have one of each group. */
export const labelGroups = ({ channel, channels, tag }: LabelFilter): string[][] => [
  ...(channel === undefined ? [] : [[ofChannel(channel)]]),
  ...(channels === undefined ? [] : [channels.map(ofChannel)]),
  ...(tag === undefined ? [] : [[ofTag(tag)]]),
];
