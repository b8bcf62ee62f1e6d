import fs from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** What of an acknowledged commit outlives: the end of the process alone, or also that of the machine. */
export type Durability = 'process' | 'power';

/** How PGlite is started so that PostgreSQL syncs its files at all: its own parameters turn that off. */
export const SYNCING_PARAMETERS: readonly string[] = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  // The usual method, fdatasync, is nothing in PGlite; fsync reaches the file system below.
  '-c',
  'wal_sync_method=fsync',
];

/** PGlite's view of a directory of the machine, as far as it is needed here. */
interface NodeFiles {
  readonly stream_ops: {
    fsync?: (stream: OpenFile) => number;
    write: (stream: OpenFile, ...what: unknown[]) => number;
  };
}

interface OpenFile {
  /** Descriptor of the machine. */
  readonly nfd: number;
  readonly node: { readonly parent: { readonly name: string } };
}

const isNodeFiles = (files: object): files is NodeFiles => 'stream_ops' in files;

/** The directory of PostgreSQL's log. */
const LOG = 'pg_wal';

/**
 * Ends the process. What a failed fsync left on the disk nobody knows, and asking again would say that all is well; and a
 * database that cannot write its log can do nothing but stop, which PGlite does not do by itself.
 */
function endProcess(error: unknown): never {
  const why = error instanceof Error && error.message !== '' ? error.message : 'disk full?';
  process.stderr.write(
    `postrider: the disk did not take what was written (${why}); the process ends, the next start goes on from what is on the disk\n`,
  );
  process.exit(1);
}

type Initialised = ReturnType<NodeFS['init']>;

/**
 * The files of a data directory. With `power` they have fsync: PGlite has none for directories of the machine, so all of
 * PostgreSQL's own come to nothing. With this they reach the disk when PostgreSQL asks for it: the log before a commit is
 * answered, what a checkpoint wrote before the log is recycled, directories after files in them were made or renamed.
 */
export class DirectoryFiles extends NodeFS {
  /** How many times PostgreSQL asked for it. */
  syncs = 0;
  readonly #durability: Durability;

  constructor(directory: string, durability: Durability) {
    super(directory);
    this.#durability = durability;
  }

  override async init(...[pglite, options]: Parameters<NodeFS['init']>): Initialised {
    const { emscriptenOpts } = await super.init(pglite, options);
    const preRun = [
      ...(emscriptenOpts.preRun ?? []),
      ({ NODEFS }: { readonly NODEFS: object }) => this.#prepare(NODEFS),
    ];
    return { emscriptenOpts: { ...emscriptenOpts, preRun } };
  }

  #prepare(files: object): void {
    if (!isNodeFiles(files)) throw new Error('PGlite has changed: fsync cannot be added to its files');
    const operations = files.stream_ops;
    const write = operations.write.bind(operations);
    operations.write = (file, ...what) => {
      try {
        return write(file, ...what);
      } catch (error) {
        if (file.node.parent.name === LOG) endProcess(error);
        throw error;
      }
    };
    if (this.#durability === 'process') return;
    operations.fsync = ({ nfd }) => {
      try {
        fs.fsyncSync(nfd);
      } catch (error) {
        endProcess(error);
      }
      this.syncs += 1;
      return 0;
    };
  }
}

/** Fsyncs a file or directory. */
export function syncPath(path: string): void {
  const descriptor = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Fsyncs everything in a directory, and the directory itself. Gives how many files and directories that were. */
export function syncTree(directory: string): number {
  let count = 1;
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) count += syncTree(path);
    else if (entry.isFile()) {
      syncPath(path);
      count += 1;
    }
  }
  syncPath(directory);
  return count;
}
