import type { TestServer } from './harness.js';

const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : (JSON.stringify(value) ?? '');

/** Names of the tables of which a row has the text in any column. */
export async function tablesWith({ context }: TestServer, text: string): Promise<string[]> {
  const { kysely } = context.database;
  const found: string[] = [];
  for (const { name } of await kysely.introspection.getTables()) {
    const rows = await kysely
      .selectFrom(name as 'message')
      .selectAll()
      .execute();
    if (rows.some((row) => Object.values(row).some((value) => textOf(value).includes(text))))
      found.push(name);
  }
  return found.sort();
}
