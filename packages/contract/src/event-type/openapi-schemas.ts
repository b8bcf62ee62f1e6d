import { z } from 'zod';
import { startedTask } from '../shared/background-task.js';
import { jsonObject } from '../shared/fields.js';

/** Exactly one of `spec` and `specRaw` is given; the server checks it, as the answer to that is 400 and not 422. */
export const EventTypeImportOpenApiIn = z
  .object({
    dryRun: z.boolean().default(false).meta({ description: 'Only say what would be done; change nothing.' }),
    replaceAll: z
      .boolean()
      .default(false)
      .meta({ description: 'Archive the event types that are not in the document.' }),
    spec: jsonObject('spec must be an object.')
      .nullish()
      .meta({
        description: 'An OpenAPI document as JSON.',
        examples: [{ openapi: '3.1.0', info: { title: 'Acme', version: '1' }, webhooks: {} }],
      }),
    specRaw: z.string().nullish().meta({ description: 'An OpenAPI document as text, JSON or YAML.' }),
  })
  .meta({ id: 'EventTypeImportOpenApiIn' });
export type EventTypeImportOpenApiIn = z.infer<typeof EventTypeImportOpenApiIn>;

/** An event type as an import makes it. */
export const EventTypeFromOpenApi = z
  .object({
    name: z.string().meta({ examples: ['invoice.paid'] }),
    description: z.string(),
    schemas: jsonObject('Schemas must be an object from version to JSON Schema.').nullish(),
    deprecated: z.boolean(),
    groupName: z.string().nullish(),
    featureFlags: z.array(z.string()).nullish(),
    featureFlag: z
      .string()
      .nullish()
      .meta({ description: 'The first of `featureFlags`, for old clients.', deprecated: true }),
  })
  .meta({ id: 'EventTypeFromOpenApi' });
export type EventTypeFromOpenApi = z.infer<typeof EventTypeFromOpenApi>;

export const EventTypeImportOpenApiOutData = z
  .object({
    modified: z
      .array(z.string())
      .meta({ description: 'Names of the event types that were made, changed or archived.' }),
    to_modify: z
      .array(EventTypeFromOpenApi)
      .nullish()
      .meta({ description: 'Of a dry run: the event types that would be made or changed.' }),
    to_archive: z
      .array(z.string())
      .nullish()
      .meta({ description: 'Of a dry run: names of the event types that would be archived.' }),
  })
  .meta({ id: 'EventTypeImportOpenApiOutData' });

export const EventTypeImportOpenApiOut = z
  .object({ data: EventTypeImportOpenApiOutData })
  .meta({ id: 'EventTypeImportOpenApiOut' });
export type EventTypeImportOpenApiOut = z.infer<typeof EventTypeImportOpenApiOut>;

/** The document is in the task's data, as `openapi`, when it is finished. */
export const ExportEventTypeOut = startedTask('ExportEventTypeOut');
export type ExportEventTypeOut = z.infer<typeof ExportEventTypeOut>;
