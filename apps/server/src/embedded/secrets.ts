import { sql } from 'kysely';
import type { Database } from '../database/database.js';
import { headersContext, secretContext } from '../dispatch/application-cache.js';
import type { Vault } from '../signing/vault.js';
import { listSealedHeaders, listSealedSecrets, type Position } from '../storage/sealed.js';

const BATCH = 500;

/** How many of the sealed values in a database the vault cannot open. Looks at all of them. */
export async function countUnopenable(database: Database, vault: Vault): Promise<number> {
  let wrong = 0;
  for (const list of [listSealedSecrets, listSealedHeaders]) {
    let after: Position = { applicationId: '', endpointId: '', id: '' };
    for (;;) {
      const values = await list(database.kysely, after, BATCH);
      for (const value of values) {
        const context =
          value.table === 'endpoint' ? headersContext(value.id) : secretContext(value.endpointId);
        if (!opens(vault, value.sealed, context)) wrong += 1;
      }
      const last = values.at(-1);
      if (last === undefined || values.length < BATCH) break;
      after = last;
    }
  }
  return wrong;
}

function opens(vault: Vault, sealed: Uint8Array, context: string): boolean {
  try {
    vault.open(sealed, context);
    return true;
  } catch {
    return false;
  }
}

/** How many rows a table has. */
export async function countRows(database: Database, table: string): Promise<number> {
  const { rows } = await sql<{
    count: number;
  }>`select count(*)::int8 as count from ${sql.table(table)}`.execute(database.kysely);
  return rows[0]?.count ?? 0;
}
