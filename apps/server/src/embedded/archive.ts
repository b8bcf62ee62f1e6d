import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { createTarDecoder, createTarPacker } from 'modern-tar';
import { z } from 'zod';
import { ConfigurationError } from '../errors.js';

/*
 * A backup is a tar file under gzip: first `postrider-backup.json`, what it is; then `database/…` and perhaps
 * `encryption.key`; last `manifest.json`, size and SHA-256 of every file before it. What has no manifest was cut off.
 */

/** Counts changes of the form; a newer one is refused. */
const FORMAT = 1;
const INFO = 'postrider-backup.json';
const MANIFEST = 'manifest.json';
/** What the files of a backup may be called: nothing leads out of the directory that it is restored to. */
const NAME = /^(encryption\.key|database(\/[A-Za-z0-9_][\w.-]*)+)$/;
const CHUNK_BYTES = 1024 * 1024;
/** Largest of the two descriptions that is read, in bytes. */
const MOST_TEXT_BYTES = 64 * 1024 * 1024;

const infoSchema = z.object({
  format: z.number().int(),
  postrider: z.string(),
  postgres: z.string(),
  madeAt: z.string(),
  /** Steps of the schema that the database has. */
  migrations: z.array(z.string()),
  /** Whether the encryption key is in the backup, or was given to the service as a variable. */
  key: z.enum(['included', 'left out']),
});

/** What a backup says of itself. */
export type BackupInfo = z.infer<typeof infoSchema>;

const manifestSchema = z.array(z.object({ name: z.string(), size: z.number(), sha256: z.string() }));
type ManifestEntry = z.infer<typeof manifestSchema>[number];

/** Writes a backup to a file that must not be there yet, readable by its owner alone. */
export class ArchiveWriter {
  readonly #tar = createTarPacker();
  readonly #written: Promise<void>;
  readonly #manifest: ManifestEntry[] = [];

  constructor(file: string) {
    this.#written = pipeline(
      Readable.fromWeb(this.#tar.readable),
      createGzip({ level: 1 }),
      createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }),
    );
    // Told by `finish`; without this an early failure would end the process.
    this.#written.catch(() => {});
  }

  addInfo(info: Omit<BackupInfo, 'format'>): Promise<void> {
    return this.#add(INFO, Buffer.from(JSON.stringify({ format: FORMAT, ...info })));
  }

  addText(name: string, text: string): Promise<void> {
    return this.#addListed(name, Buffer.byteLength(text), [Buffer.from(text)]);
  }

  /** Adds as many bytes as the file has now. What is cut off meanwhile counts as zeros: the log has what should be there. */
  async addFile(name: string, path: string): Promise<void> {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      await this.#addListed(name, size, chunksOf(handle, size));
    } finally {
      await handle.close();
    }
  }

  /** Completes the file; gives how many bytes it holds, not compressed. @throws what went wrong while it was written */
  async finish(): Promise<{ files: number; bytes: number }> {
    await this.#add(MANIFEST, Buffer.from(JSON.stringify(this.#manifest)));
    this.#tar.controller.finalize();
    await this.#written;
    return {
      files: this.#manifest.length,
      bytes: this.#manifest.reduce((sum, { size }) => sum + size, 0),
    };
  }

  /** Gives up; resolves when nothing is written any more. */
  async abort(reason: unknown): Promise<void> {
    this.#tar.controller.error(reason);
    await this.#written.catch(() => {});
  }

  async #add(name: string, bytes: Buffer): Promise<void> {
    await this.#write(name, bytes.length, [bytes]);
  }

  async #addListed(
    name: string,
    size: number,
    chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
  ): Promise<void> {
    const sha256 = await this.#write(name, size, chunks);
    this.#manifest.push({ name, size, sha256 });
  }

  async #write(
    name: string,
    size: number,
    chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
  ): Promise<string> {
    const writer = this.#tar.controller.add({ name, size, mode: 0o600 }).getWriter();
    const hash = createHash('sha256');
    for await (const chunk of chunks) {
      hash.update(chunk);
      await writer.write(chunk);
    }
    await writer.close();
    return hash.digest('hex');
  }
}

async function* chunksOf(handle: FileHandle, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < size; ) {
    // A buffer of its own each: the archive keeps it until it is written.
    const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, size - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    const chunk = bytesRead === 0 ? buffer : buffer.subarray(0, bytesRead);
    at += chunk.length;
    yield chunk;
  }
}

const damaged = (file: string, why: string) =>
  new ConfigurationError(
    `${file} is not a whole backup (${why}); nothing was changed. Take another copy of it`,
  );

/** Takes the files of a backup in turn: gives where each is to be written, or undefined to look at it only. */
export type Receive = (name: string) => Promise<Writable | undefined>;

/**
 * Reads a backup to its end and checks every byte of it. Gives what it says of itself.
 *
 * @throws ConfigurationError when it is damaged, cut off, something else, or of a newer form
 */
export async function readArchive(
  file: string,
  receive: Receive = async () => undefined,
): Promise<BackupInfo> {
  const decoder = createTarDecoder({ strict: true });
  const fed = pipeline(createReadStream(file), createGunzip(), Writable.fromWeb(decoder.writable));
  const read = readEntries(file, decoder.readable, receive);
  const [feeding, reading] = await Promise.allSettled([fed, read]);
  if (reading.status === 'rejected') throw foreseen(file, reading.reason, feeding);
  if (feeding.status === 'rejected') throw foreseen(file, feeding.reason, feeding);
  return reading.value;
}

/** Failures of the disk are told as they are; whatever else goes wrong while reading is the backup's. */
function foreseen(file: string, error: unknown, feeding: PromiseSettledResult<void>): unknown {
  const cause: unknown = feeding.status === 'rejected' ? feeding.reason : error;
  for (const one of [error, cause]) {
    if (one instanceof ConfigurationError) return one;
    if (one instanceof Error && 'syscall' in one) return new ConfigurationError(one.message);
  }
  return damaged(file, cause instanceof Error ? cause.message : String(cause));
}

type Entries = ReturnType<typeof createTarDecoder>['readable'];

async function readEntries(file: string, entries: Entries, receive: Receive): Promise<BackupInfo> {
  const seen: ManifestEntry[] = [];
  let info: BackupInfo | undefined;
  let complete = false;
  for await (const { header, body } of entries) {
    if (complete) throw damaged(file, 'something follows its end');
    if (info === undefined) {
      if (header.name !== INFO) throw damaged(file, 'it was not made by postrider backup');
      info = parseInfo(file, await readText(body));
    } else if (header.name === MANIFEST) {
      compare(file, seen, manifestSchema.parse(JSON.parse(await readText(body))));
      complete = true;
    } else {
      if (!NAME.test(header.name)) throw damaged(file, `it holds ${JSON.stringify(header.name)}`);
      seen.push({ name: header.name, ...(await copy(body, await receive(header.name))) });
    }
  }
  if (!info || !complete) throw damaged(file, 'its end is missing');
  return info;
}

function parseInfo(file: string, text: string): BackupInfo {
  const info = infoSchema.parse(JSON.parse(text));
  if (info.format > FORMAT) {
    throw new ConfigurationError(
      `${file} was made by Postrider ${info.postrider}, in a form that this version does not know: restore it with that version or a newer one`,
    );
  }
  return info;
}

function compare(file: string, seen: readonly ManifestEntry[], wanted: readonly ManifestEntry[]): void {
  const found = new Map(seen.map((entry) => [entry.name, entry]));
  for (const { name, size, sha256 } of wanted) {
    const entry = found.get(name);
    if (entry?.size !== size || entry.sha256 !== sha256) throw damaged(file, `${name} was changed`);
  }
  if (found.size !== wanted.length) throw damaged(file, 'it holds files that were not saved');
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MOST_TEXT_BYTES) throw new RangeError('a description in it is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function copy(body: AsyncIterable<Uint8Array>, target: Writable | undefined) {
  const hash = createHash('sha256');
  let size = 0;
  await pipeline(
    async function* () {
      for await (const chunk of body) {
        update(hash, chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    target ?? new Writable({ write: (_chunk, _encoding, done) => done() }),
  );
  return { size, sha256: hash.digest('hex') };
}

const update = (hash: Hash, chunk: Uint8Array): void => {
  hash.update(chunk);
};
