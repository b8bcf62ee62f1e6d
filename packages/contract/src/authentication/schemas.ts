import { z } from 'zod';
import { ApplicationIn } from '../application/schemas.js';
import { Capability } from '../shared/access.js';
import { name } from '../shared/fields.js';

/** Longest life of a portal session, also the default: 7 days in seconds. */
export const MAX_SESSION_SECONDS = 604_800;
/** Shortest life of a portal session that a caller may ask for, in seconds. */
export const MIN_SESSION_SECONDS = 3_600;
/** Longest grace of expire-all: 3 days in seconds. */
export const MAX_GRACE_SECONDS = 259_200;

const sessionId = name(/^[a-zA-Z0-9@_-]+$/, 64).meta({
  description: "The operator's own name of the login, such as a user id; expire-all can be limited to it.",
  examples: ['user_1FB8'],
});

export const AppPortalAccessIn = z
  .object({
    application: ApplicationIn.nullish().meta({
      description: 'Creates the application if the id or uid in the path is new; ignored otherwise.',
    }),
    capabilities: z
      .array(Capability)
      .refine((list) => new Set(list).size === list.length, { error: 'Capabilities must be unique.' })
      .refine((list) => list.includes('ViewBase'), { error: 'Capabilities must contain ViewBase.' })
      .nullish()
      .meta({
        description: 'What the session may do. Absent: everything.',
        examples: [['ViewBase', 'ViewEndpointSecret']],
      }),
    expiry: z
      .int()
      .min(MIN_SESSION_SECONDS, { error: `Expiry must be at least ${MIN_SESSION_SECONDS} seconds` })
      .max(MAX_SESSION_SECONDS, { error: `Expiry must be at most ${MAX_SESSION_SECONDS} seconds` })
      .nullish()
      .meta({ description: 'Seconds that the session lives. Default: 7 days.' }),
    featureFlags: z
      .array(name())
      .max(25, { error: 'Feature flags must have at most 25 items.' })
      .nullish()
      .meta({ description: 'Feature flags of the session; it sees event types that carry one of them.' }),
    readOnly: z
      .boolean()
      .nullish()
      .meta({ description: 'Former form of `capabilities: ["ViewBase"]`.', deprecated: true }),
    sessionId: sessionId.nullish(),
  })
  .meta({ id: 'AppPortalAccessIn' });
export type AppPortalAccessIn = z.infer<typeof AppPortalAccessIn>;

const portalUrl = z.string().meta({ description: 'Magic link into the portal. Opens once.', format: 'uri' });
const portalToken = z.string().meta({ description: 'Token of a portal session, usable at once.' });

export const AppPortalAccessOut = z
  .object({ url: portalUrl, token: portalToken })
  .meta({ id: 'AppPortalAccessOut' });
export type AppPortalAccessOut = z.infer<typeof AppPortalAccessOut>;

export const DashboardAccessOut = z
  .object({ url: portalUrl, token: portalToken })
  .meta({ id: 'DashboardAccessOut' });
export type DashboardAccessOut = z.infer<typeof DashboardAccessOut>;

export const ApplicationTokenExpireIn = z
  .object({
    expiry: z
      .int()
      .min(0, { error: 'Expiry must be at least 0 seconds' })
      .max(MAX_GRACE_SECONDS, { error: `Expiry must be at most ${MAX_GRACE_SECONDS} seconds` })
      .nullish()
      .meta({ description: 'Seconds until the sessions end. Default: 0, at once.' }),
    sessionIds: z
      .array(sessionId)
      .max(1000, { error: 'Session ids must have at most 1000 items.' })
      .nullish()
      .meta({ description: 'Only sessions with one of these ids end. Empty or absent: all.' }),
  })
  .meta({ id: 'ApplicationTokenExpireIn' });
export type ApplicationTokenExpireIn = z.infer<typeof ApplicationTokenExpireIn>;
