/** A header that is being written. */
export interface HeaderRow {
  /** Stays the same while the row is edited. */
  readonly key: number;
  readonly name: string;
  readonly value: string;
  /** The value is there but never shown; left empty it stays as it is. */
  readonly isKept: boolean;
}

/** The headers of rows that are filled in. */
export const toHeaders = (rows: readonly HeaderRow[]): Record<string, string> =>
  Object.fromEntries(
    rows
      .filter(({ name, isKept, value }) => name.trim() !== '' && !(isKept && value === ''))
      .map(({ name, value }) => [name.trim(), value]),
  );

/** Rows for headers that there are. Of sensitive ones only the names are known. */
export const toRows = (
  headers: Readonly<Record<string, string>>,
  sensitive: readonly string[],
): readonly HeaderRow[] => [
  ...Object.entries(headers).map(([name, value], key) => ({ key, name, value, isKept: false })),
  ...sensitive.map((name, index) => ({
    key: Object.keys(headers).length + index,
    name,
    value: '',
    isKept: true,
  })),
];

/** The change from what there was to what the rows say. */
export function toHeaderChange(before: readonly HeaderRow[], rows: readonly HeaderRow[]) {
  const names = new Set(rows.map(({ name }) => name.trim().toLowerCase()));
  return {
    headers: toHeaders(rows),
    deleteHeaders: before.map(({ name }) => name).filter((name) => !names.has(name.toLowerCase())),
  };
}
