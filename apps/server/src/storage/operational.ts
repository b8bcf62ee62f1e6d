import type { Queryable } from '../database/database.js';
import { type Application, findApplication, insertApplication } from './application.js';

/**
 * The environment of the applications that hold operational endpoints, one for each environment that has some. It is not
 * formed like the id of an environment, so nobody can be given a key of it (see `createApiKey`): what is looked for in a
 * caller's environment is never found here.
 */
export const OPERATIONAL_ENVIRONMENT = 'operational';

/**
 * What ids of those applications start with. They sort behind all others, so locks that are taken in the order of ids
 * take theirs last, and whoever changes something and then tells about it keeps that order.
 */
export const OPERATIONAL_PREFIX = 'opapp_';

/** The application of the environment's operational endpoints; undefined before there were any. */
export const findOperationalApplication = (
  database: Queryable,
  environmentId: string,
): Promise<Application | undefined> => findApplication(database, OPERATIONAL_ENVIRONMENT, environmentId);

/** The same, made with this id where there is none. Of two callers at once both get the one that was made. */
export async function ensureOperationalApplication(
  database: Queryable,
  environmentId: string,
  fresh: { readonly id: string; readonly createdAt: Date },
): Promise<Application> {
  const known = await findOperationalApplication(database, environmentId);
  if (known) return known;
  const made = await insertApplication(database, {
    ...fresh,
    environmentId: OPERATIONAL_ENVIRONMENT,
    uid: environmentId,
    name: 'Operational webhooks',
    throttleRate: null,
    metadata: {},
  });
  const stored = made ?? (await findOperationalApplication(database, environmentId));
  if (!stored) throw new Error('the operational application was not stored');
  return stored;
}
