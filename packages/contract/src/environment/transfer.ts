import { z } from 'zod';
import { EventTypeIn, EventTypeOut } from '../event-type/schemas.js';
import { jsonObject, timestamp } from '../shared/fields.js';

/** Form of an export. A later one that could not be read like this one would have another number. */
export const EXPORT_VERSION = 1;

const connector = jsonObject('a connector must be an object.');
const settings = jsonObject('settings must be an object.');

/** An export of this server or of another of its kind; what is not known of it is ignored. */
export const EnvironmentIn = z
  .object({
    eventTypes: z
      .array(EventTypeIn)
      .nullish()
      .meta({ description: 'Made, or put in the place of those with the same name. Others stay.' }),
    settings: settings.nullish().meta({ description: 'Changed as far as they are named.' }),
    connectors: z
      .array(connector)
      .max(0, { error: 'There are no connectors here: leave them out.' })
      .nullish()
      .meta({ description: 'For compatibility; must be empty.' }),
  })
  .meta({ id: 'EnvironmentIn' });
export type EnvironmentIn = z.infer<typeof EnvironmentIn>;

export const EnvironmentOut = z
  .object({
    version: z.int().meta({ description: 'Form of the export.' }),
    createdAt: timestamp,
    eventTypes: z.array(EventTypeOut).meta({ description: 'All, with schemas, archived ones too.' }),
    settings: settings.nullable(),
    connectors: z.array(connector).meta({ description: 'For compatibility; always empty.' }),
  })
  .meta({ id: 'EnvironmentOut' });
export type EnvironmentOut = z.infer<typeof EnvironmentOut>;
