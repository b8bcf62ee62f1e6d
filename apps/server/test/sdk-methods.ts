import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listOperations } from '@postrider/contract';

/** A method of an official SDK and the operation that it calls. */
export interface SdkMethod {
  /** As it is written, such as `endpoint.create`. */
  readonly name: string;
  /** Method and path with `{}` for each parameter, such as `POST /api/v1/app/{}/endpoint`. */
  readonly operation: string;
}

type Make = (token: string, options: { serverUrl: string; numRetries?: number }) => object;

const UNKNOWN = 'PATH-PARAMETER';

/** Stands for anything: has every property, can be called, and reads as a text. */
function anything(): unknown {
  return new Proxy(() => {}, {
    get: (_target, key) => {
      if (key === Symbol.toPrimitive || key === 'toJSON') return () => UNKNOWN;
      if (key === 'map') return () => [];
      return key === 'then' ? undefined : anything();
    },
    apply: () => UNKNOWN,
  });
}

/** Names of an object's getters, or of its methods, whichever class of it has them. */
function membersOf(object: object, kind: 'get' | 'value'): string[] {
  const names: string[] = [];
  for (
    let prototype: unknown = Object.getPrototypeOf(object);
    prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype as object))) {
      if (name !== 'constructor' && typeof descriptor[kind] === 'function') names.push(name);
    }
  }
  return names;
}

/** Calls a method of an SDK by its name. */
export function callMethod(svix: object, name: string, args: readonly unknown[]): Promise<unknown> {
  const path = name.split('.');
  const method = path.pop() ?? '';
  const resource = path.reduce<Record<string, unknown>>(
    (object, key) => object[key] as Record<string, unknown>,
    svix as Record<string, unknown>,
  );
  return (resource[method] as (...given: unknown[]) => Promise<unknown>).apply(resource, [...args]);
}

function* methodsOf(object: object, path: readonly string[] = []): Generator<string> {
  for (const name of membersOf(object, 'value')) if (path.length > 0) yield [...path, name].join('.');
  for (const name of membersOf(object, 'get')) {
    yield* methodsOf((object as Record<string, object>)[name] ?? {}, [...path, name]);
  }
}

/** The form in which paths are compared: without parameters' names, and without the slash at the end. */
export const pathShape = (method: string, path: string): string =>
  `${method} ${path.replace(/\{\w+\}/g, '{}').replace(/\/$/, '')}`;

/**
 * Every method of an SDK that calls an operation of our contract. It is found out by calling them all: what is requested
 * is written down by a server that knows nothing.
 */
export async function findMethods(make: Make): Promise<SdkMethod[]> {
  let requested: string | undefined;
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    requested ??= pathShape(request.method ?? '', path.replaceAll(UNKNOWN, '{}'));
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"code":"not_found","detail":"no"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const svix = make('sk_recorder_recorder', {
    serverUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  const known = new Set(listOperations().map(({ method, path }) => pathShape(method, path)));
  const found: SdkMethod[] = [];
  for (const name of methodsOf(svix)) {
    // The fewest arguments with which the whole path is said; the last one is a body, or the options.
    for (let parameters = 0; parameters < 6; parameters++) {
      requested = undefined;
      const args = [...Array<string>(parameters).fill(UNKNOWN), parameters === 0 ? {} : anything()];
      // It has requested what there is to know, or it takes other arguments.
      await callMethod(svix, name, args).catch(() => undefined);
      const operation: string = requested ?? '';
      if (operation !== '' && !/undefined|object%20Object/.test(operation)) {
        if (known.has(operation)) found.push({ name, operation });
        break;
      }
    }
  }
  await new Promise((resolve) => server.close(resolve));
  return found;
}
