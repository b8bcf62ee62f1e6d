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
  readonly command:
    | 'identify'
    | 'create-api-key'
    | 'begin-backup'
    | 'finish-backup'
    | 'examine'
    | 'describe-schema';
  readonly environmentId?: string;
  readonly scopes?: readonly ApiKeyScope[];
}

/** An answer that stands for something which lasts until the caller hangs up, or is gone. */
export class HeldAnswer {
  readonly result: unknown;
  /** Called once, when the caller is gone. */
  readonly release: () => Promise<void>;

  constructor(result: unknown, release: () => Promise<void>) {
    this.result = result;
    this.release = release;
  }
}

/** Does what a control request asks and gives its answer: what JSON can be made of, or a `HeldAnswer`. */
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

/** An answer, and how to hang up on a caller's side. */
export interface Held {
  readonly result: unknown;
  release(): void;
}

/**
 * Sends a control request and stays on the line: what the answer stands for lasts until `release` is called, or this process
 * ends. Undefined when no process listens.
 *
 * @throws ConfigurationError with what went wrong there
 */
export function holdControl(path: string, request: ControlRequest): Promise<Held | undefined> {
  return new Promise((resolvePromise, reject) => {
    const call = http.request({ socketPath: path, method: 'POST', path: '/', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      const answered = () => {
        const answer = parseAnswer(text);
        if ('error' in answer) reject(new ConfigurationError(answer.error));
        else resolvePromise({ result: answer.result, release: () => call.destroy() });
      };
      response.on('data', (chunk: string) => {
        const complete = text.endsWith('\n');
        text += chunk;
        if (!complete && text.endsWith('\n')) answered();
      });
      response.on('end', answered);
      response.on('error', reject);
    });
    call.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolvePromise(undefined);
      else reject(error);
    });
    call.end(JSON.stringify(request));
  });
}

function parseAnswer(text: string): { readonly error: string } | { readonly result: unknown } {
  try {
    const answer = JSON.parse(text) as { result?: unknown; error?: string };
    return answer.error === undefined ? { result: answer.result } : { error: answer.error };
  } catch {
    return { error: 'the service ended before it answered' };
  }
}

/** Sends a control request; undefined when no process listens. @throws ConfigurationError with what went wrong there */
export async function sendControl(path: string, request: ControlRequest): Promise<unknown> {
  const held = await holdControl(path, request);
  held?.release();
  return held?.result;
}

const alreadyOpen = (directory: string) =>
  new ConfigurationError(
    `another Postrider has ${resolve(directory)} open: the embedded database is for one process; stop the other one, choose another POSTRIDER_DATA_DIR, or use PostgreSQL`,
  );

const respond = (response: http.ServerResponse, reply: object): void => {
  response.end(`${JSON.stringify(reply)}\n`);
};

function holdLine(response: http.ServerResponse, { result, release }: HeldAnswer): void {
  const letGo = () => {
    release().catch(() => {});
  };
  // The caller may have hung up while the answer was being found.
  if (response.closed || response.destroyed) {
    letGo();
    return;
  }
  response.once('close', letGo);
  response.write(`${JSON.stringify({ result })}\n`);
}

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
          (result) => {
            if (!(result instanceof HeldAnswer)) return respond(response, { result: result ?? null });
            holdLine(response, result);
          },
          (error: unknown) =>
            respond(response, { error: error instanceof Error ? error.message : String(error) }),
        )
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
