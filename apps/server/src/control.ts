import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiKeyScope } from '@postrider/contract';
import { ConfigurationError } from './errors.js';

/** Longest path of a socket that every system takes, in bytes. */
const MAX_SOCKET_PATH = 100;
/** How long a rival that saw the same stale socket may need to take it, in ms. */
const RIVAL_MS = 100;

/** A request to the process that has the embedded database open. */
export interface ControlRequest {
  readonly command: 'identify' | 'create-api-key';
  readonly environmentId?: string;
  readonly scopes?: readonly ApiKeyScope[];
}

/** Does what a control request asks and gives its answer. */
export type ControlHandler = (request: ControlRequest) => Promise<unknown>;

/** Exclusive use of a data directory. */
export interface DirectoryLock {
  /** From now on control requests are answered by this handler. */
  serve(handler: ControlHandler): void;
  release(): Promise<void>;
}

/** The control socket of a data directory; beside it in the temporary directory when its path is too long. */
export function socketPath(directory: string): string {
  const path = join(resolve(directory), 'control.sock');
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return path;
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return join(tmpdir(), `postrider-${name}.sock`);
}

/** Sends a control request; undefined when no process listens. @throws Error with what went wrong there */
export function sendControl(path: string, request: ControlRequest): Promise<unknown> {
  return new Promise((resolvePromise, reject) => {
    const call = http.request({ socketPath: path, method: 'POST', path: '/', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        const answer = JSON.parse(text) as { result?: unknown; error?: string };
        if (answer.error !== undefined) reject(new ConfigurationError(answer.error));
        else resolvePromise(answer.result);
      });
    });
    call.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolvePromise(undefined);
      else reject(error);
    });
    call.end(JSON.stringify(request));
  });
}

const alreadyOpen = (directory: string) =>
  new ConfigurationError(
    `another Postrider has ${resolve(directory)} open: the embedded database is for one process; stop the other one, choose another POSTRIDER_DATA_DIR, or use PostgreSQL`,
  );

async function serveSocket(path: string, answer: ControlHandler): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      Promise.resolve()
        .then(() => answer(JSON.parse(text) as ControlRequest))
        .then(
          (result) => ({ result: result ?? null }),
          (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
        )
        .then((reply) => response.end(JSON.stringify(reply)))
        .catch(() => response.destroy());
    });
  });
  await new Promise<void>((resolvePromise, reject) => {
    server.once('error', reject);
    server.listen(path, resolvePromise);
  });
  await chmod(path, 0o600);
  server.unref();
  return server;
}

/**
 * Takes a data directory for this process, or refuses. The lock is the control socket itself: who answers on it is
 * alive, so a killed process never leaves a lock behind, and process ids (the same in every container) play no part.
 *
 * @throws ConfigurationError when another process has it
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = socketPath(directory);
  const identity = randomUUID();
  const identify: ControlRequest = { command: 'identify' };
  if ((await sendControl(path, identify)) !== undefined) throw alreadyOpen(directory);
  let handler: ControlHandler = async () => {
    throw new ConfigurationError('the server is still starting: try again in a moment');
  };
  const temporary = join(resolve(path, '..'), `c${identity.slice(0, 8)}`);
  const server = await serveSocket(temporary, (request) =>
    request.command === 'identify' ? Promise.resolve(identity) : handler(request),
  );
  const release = async () => {
    await new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
    await rm(temporary, { force: true });
  };
  // Looked at again just before the take-over; who was overtaken all the same finds a stranger's identity after it.
  if ((await sendControl(path, identify)) !== undefined) {
    await release();
    throw alreadyOpen(directory);
  }
  await rename(temporary, path);
  await delay(RIVAL_MS);
  if ((await sendControl(path, identify)) !== identity) {
    await release();
    throw alreadyOpen(directory);
  }
  return {
    serve: (next) => {
      handler = next;
    },
    release: async () => {
      await release();
      await rm(path, { force: true });
    },
  };
}
