// What must not outlive the benchmark, however it ends.
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const undone = new Set();
process.once('exit', () => {
  // Last made, first gone: a server goes before its directory.
  for (const undo of [...undone].reverse()) undo();
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

/** Has something done at the latest when the process ends; gives the function that does it, once. */
export function atTheLatest(undo) {
  const once = () => {
    if (undone.delete(once)) undo();
  };
  undone.add(once);
  return once;
}

/** A temporary directory and how to remove it. */
export async function temporaryDirectory(prefix) {
  const path = await mkdtemp(join(tmpdir(), prefix));
  const remove = atTheLatest(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }));
  return { path, remove };
}
