// What a benchmark says: its conditions and its figures, for people or as JSON.
import { cpus, loadavg, totalmem } from 'node:os';

/** What the figures depend on, as far as this process knows. */
export const machineConditions = () => ({
  date: new Date().toISOString(),
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 1024 ** 3),
  platform: `${process.platform} ${process.arch}`,
  node: process.versions.node,
  loadAverageAtStart: Number((loadavg()[0] ?? 0).toFixed(2)),
});

const rounded = (value, digits) => (value === null || value === undefined ? '–' : value.toFixed(digits));

/** A figure with so many digits behind the point, or a dash where there is none. */
export const figure = (digits) => (value) => rounded(value, digits);

/** Rows as a Markdown table with aligned columns. `columns`: title, key of the row, and how to write the value. */
export function table(columns, rows) {
  const cells = [
    columns.map(([title]) => title),
    ...rows.map((row) => columns.map(([, key, write = String]) => write(row[key]))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index].length)));
  const isNumber = columns.map(([, , write]) => write !== undefined);
  const pad = (text, index) => (isNumber[index] ? text.padStart(widths[index]) : text.padEnd(widths[index]));
  const line = (parts) => `| ${parts.join(' | ')} |`;
  const rule = widths.map((width, index) =>
    isNumber[index] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [cells[0].map(pad), rule, ...cells.slice(1).map((row) => row.map(pad))].map(line).join('\n');
}

/** Conditions as a list, one a line. */
export const list = (conditions) =>
  Object.entries(conditions)
    .map(([name, value]) => `- ${name}: ${value}`)
    .join('\n');
