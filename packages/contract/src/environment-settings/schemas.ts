import { z } from 'zod';
import { text } from '../shared/fields.js';

/** Longest address of a logo or font. */
const MAX_URL_LENGTH = 65_536;

const COLOR =
  /^(#[0-9a-fA-F]{3,4}|#[0-9a-fA-F]{6}|#[0-9a-fA-F]{8}|[a-zA-Z]{3,32}|(rgb|hsl)a?\([0-9a-zA-Z.,%/ ]{1,64}\))$/;
const color = z
  .string()
  .regex(COLOR, { error: 'Must be a colour, such as #2a6df4' })
  .nullish()
  .meta({ examples: ['#2a6df4'] });

const address = z
  .string()
  .max(MAX_URL_LENGTH, { error: 'String too long' })
  .refine((value) => /^https?:/i.test(value) && URL.canParse(value), {
    error: 'Must be an address with http or https',
  })
  .nullish()
  .meta({ openapi: { type: ['string', 'null'], format: 'uri', minLength: 1, maxLength: MAX_URL_LENGTH } });

const label = text().max(256, { error: 'String too long' }).nullish();
const flag = z.boolean().optional();

const Radius = z.enum(['none', 'lg', 'md', 'sm', 'full']).meta({ id: 'BorderRadiusEnum' });
const radius = Radius.nullish();

export const CustomThemeOverride = z
  .object({
    borderRadius: z
      .object({ button: radius, card: radius, input: radius })
      .meta({ id: 'BorderRadiusConfig' })
      .nullish(),
    fontSize: z
      .object({ base: z.int().min(0).max(65_535).nullish() })
      .meta({ id: 'FontSizeConfig' })
      .nullish(),
  })
  .meta({ id: 'CustomThemeOverride' });

export const CustomStringsOverride = z
  .object({ channelsOne: label, channelsMany: label, channelsHelp: label })
  .meta({ id: 'CustomStringsOverride' });

export const CustomColorPalette = z
  .object({
    primary: color,
    backgroundPrimary: color,
    backgroundSecondary: color,
    backgroundHover: color,
    textPrimary: color,
    textSecondary: color,
    textDanger: color,
    interactiveAccent: color,
    navigationAccent: color,
    buttonPrimary: color,
    borderPrimary: color,
  })
  .meta({ id: 'CustomColorPalette' });

export const AdvancedEndpointType = z
  .enum([
    ...([
      'poller',
      'http',
      'amazonS3',
      'azureBlobStorage',
      'googleCloudStorage',
      'googleCloudPubSub',
    ] as const),
    ...([
      'sqs',
      'sns',
      'bigQuery',
      'clickhouse',
      'eventBridge',
      'snowflake',
      'rabbitMq',
      'redshift',
    ] as const),
    'otelTracing',
  ])
  .meta({ id: 'AdvancedEndpointType' });

export const ApplicationAlertEvent = z
  .enum(['endpoint.disabled', 'message.attempt.exhausted', 'stream.sink.disabled'])
  .meta({ id: 'ApplicationAlertEvent' });

const fontFamily = z
  .string()
  .max(256, { error: 'String too long' })
  .regex(/^[a-zA-Z0-9\-_ ]+$/, { error: 'Must be the name of a font' })
  .nullish();
const endpointTypes = z
  .array(AdvancedEndpointType)
  .overwrite((list) => [...new Set(list)])
  .optional();

/** How the portal looks and what it offers; portal sessions may read these. */
const portalFields = {
  customColor: color,
  customLogoUrl: address,
  customThemeOverride: CustomThemeOverride.nullish(),
  customStringsOverride: CustomStringsOverride.nullish(),
  customFontFamily: fontFamily,
  customFontFamilyUrl: address,
  displayName: label,
  enableChannels: flag,
  enableMessageStream: flag,
  enableIntegrationManagement: flag,
  enableTransformations: flag,
  enableEndpointOauthConfig: flag,
  enableEndpointMtlsConfig: flag,
  colorPaletteLight: CustomColorPalette.nullish(),
  colorPaletteDark: CustomColorPalette.nullish(),
  showUseSvixPlay: flag,
  wipeSuccessfulPayload: flag,
  showFeatureTooltips: flag,
  advancedEndpointTypes: endpointTypes,
};

/** Fields that a PATCH changes: all but the one that the API has in PUT alone. */
const changeableFields = {
  ...portalFields,
  retryPolicy: z.array(z.int().min(0).max(2_147_483_647)).max(50).nullish(),
  requireEndpointChannel: flag.meta({ description: 'Endpoints must listen to some channels.' }),
  whitelabelHeaders: flag,
  sendSvixWebhookHeaders: flag,
  enableMsgAtmptLog: flag,
  enableOtlp: flag,
  customBaseFontSize: z.int().min(0).max(65_535).nullish(),
  disableEndpointOnFailure: flag.meta({
    description: 'Whether an endpoint that fails for days is disabled. Default: true.',
  }),
  eventCatalogPublished: flag,
  enforceHttps: flag.meta({
    description: "Endpoints must have an https address. Where it is not set, the server's own setting holds.",
  }),
  readOnly: flag.meta({
    description: 'Portal sessions may look and nothing else, whatever their capabilities.',
  }),
  requireEndpointFilterTypes: flag.meta({ description: 'Endpoints must listen to some event types.' }),
  enableApplicationAlerts: flag,
  applicationAlertEvents: z.array(ApplicationAlertEvent).max(50).optional(),
  applicationAlertsDashboardUrl: address,
  applicationAlertsLogoUrl: address,
  webhooksAutoConfig: flag,
  mcpToken: flag,
};

const endpointsPerAppLimit = z.int().min(1).max(2_147_483_647).nullish().meta({
  description: 'How many endpoints an application may have; those that it has stay.',
});

/** Absent leaves a field as it is; null clears it. */
export const SettingsInternalPatch = z.object(changeableFields).meta({ id: 'SettingsInternalPatch' });
export type SettingsInternalPatch = z.infer<typeof SettingsInternalPatch>;

/** Replaces all settings; what is absent has its default. */
export const SettingsInternalIn = z
  .object({ ...changeableFields, endpointsPerAppLimit })
  .meta({ id: 'SettingsInternalIn' });
export type SettingsInternalIn = z.infer<typeof SettingsInternalIn>;

export const SettingsInternalUpdateOut = z
  .object({ ...changeableFields, endpointsPerAppLimit })
  .meta({ id: 'SettingsInternalUpdateOut' });
export type SettingsInternalUpdateOut = z.infer<typeof SettingsInternalUpdateOut>;

export const SettingsInternalOut = z
  .object({
    showSvixBrandFooter: z.boolean(),
    whitelabelLogo: z.string().nullish(),
    ...changeableFields,
    endpointsPerAppLimit,
  })
  .meta({ id: 'SettingsInternalOut' });
export type SettingsInternalOut = z.infer<typeof SettingsInternalOut>;

export const EnvironmentSettingsOut = z
  .object({
    ...portalFields,
    logoUrl: address,
    enableMessageTags: z.boolean(),
    showSvixBrandFooter: z.boolean(),
  })
  .meta({ id: 'EnvironmentSettingsOut' });
export type EnvironmentSettingsOut = z.infer<typeof EnvironmentSettingsOut>;

/** Settings as they are stored: only what was set. */
export type EnvironmentSettings = SettingsInternalIn;

/** What holds where nothing was set. `enforceHttps` has none: the server's own setting holds. */
export const SETTINGS_DEFAULTS = {
  requireEndpointChannel: false,
  whitelabelHeaders: false,
  sendSvixWebhookHeaders: false,
  enableMsgAtmptLog: false,
  enableOtlp: false,
  disableEndpointOnFailure: true,
  eventCatalogPublished: false,
  enableChannels: false,
  enableMessageStream: false,
  advancedEndpointTypes: [],
  readOnly: false,
  enableIntegrationManagement: false,
  enableTransformations: false,
  requireEndpointFilterTypes: false,
  enableEndpointOauthConfig: false,
  enableEndpointMtlsConfig: false,
  showUseSvixPlay: true,
  wipeSuccessfulPayload: false,
  enableApplicationAlerts: false,
  applicationAlertEvents: [],
  showFeatureTooltips: false,
  webhooksAutoConfig: false,
  mcpToken: false,
} satisfies EnvironmentSettings;
