import { z } from 'zod';

/** Longest value of a header, in bytes. */
export const MAX_HEADER_BYTES = 4096;

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\u0020-\u007e]*$/;

/** Headers that belong to the connection or to the body and are ours to set. */
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(
  (
    'user-agent keep-alive proxy-authenticate proxy-authorization te trailers transfer-encoding upgrade age ' +
    'cache-control clear-site-data expires pragma warning ' +
    'content-length content-type content-encoding content-language content-location'
  ).split(' '),
);

/** Prefixes of headers that cloud providers and we give a meaning to. */
const FORBIDDEN_PREFIXES = 'x-amz- x-amzn- x-google x-goog- x-gfe x-azure- x-fd- x-svix- svix-'.split(' ');

/** What is wrong with the name of an endpoint's header; undefined when nothing is. */
function endpointNameProblem(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (FORBIDDEN_NAMES.has(lower)) return 'Header uses a forbidden key.';
  if (FORBIDDEN_PREFIXES.some((prefix) => lower.startsWith(prefix))) {
    return 'Header starts with a forbidden prefix.';
  }
  return undefined;
}

/** What is wrong with a header of any request; a null value, which removes a header, is right. */
function headerProblem(name: string, value: string | null): string | undefined {
  if (!NAME.test(name)) return 'Invalid Header Name.';
  if (value === null) return undefined;
  if (!VALUE.test(value)) return 'Invalid Header Value.';
  if (value.length > MAX_HEADER_BYTES) return `Maximum header length is ${MAX_HEADER_BYTES} bytes`;
  return undefined;
}

/** Reports each problem that `problem` finds, once, at the record itself. */
const checked = <T extends z.ZodType<Record<string, string | null>, Record<string, string | null>>>(
  record: T,
  problem: (name: string, value: string | null) => string | undefined,
) =>
  record.check((context) => {
    const found = Object.entries(context.value).map(([name, value]) => problem(name, value));
    for (const message of new Set(found)) {
      if (message === undefined) continue;
      context.issues.push({ code: 'custom', message, input: context.value });
    }
  });

const endpointProblem = (name: string, value: string | null): string | undefined =>
  headerProblem(name, value) ?? endpointNameProblem(name);

/** Headers that an endpoint gets with each message. */
export const endpointHeaders = checked(z.record(z.string(), z.string()), endpointProblem).meta({
  examples: [{ 'x-tenant': 'acme' }],
});

/** Changes of an endpoint's headers: null removes one. */
export const endpointHeaderChanges = checked(
  z.record(z.string(), z.string().nullable()),
  endpointProblem,
).meta({ examples: [{ 'x-tenant': 'acme', 'x-old': null }] });

/** Headers of one message, for all endpoints. May name the content type. */
export const messageHeaders = checked(z.record(z.string(), z.string()), headerProblem).meta({
  examples: [{ 'content-type': 'application/xml' }],
});
