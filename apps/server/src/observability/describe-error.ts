/**
 * What the log keeps of an error besides its name, message and stack: what tells the kind. Drivers of databases put much
 * more on theirs: the statement, its parameters, the row that was refused, in which payloads, headers and signatures are.
 */
const KEPT = [
  'code',
  'status',
  'errno',
  'syscall',
  'hostname',
  'address',
  'port',
  'severity',
  'schema',
  'table',
  'column',
  'constraint',
  'routine',
] as const;

/** Causes within causes that are told. */
const DEPTH = 3;

/** An error as it stands in the log: its kind, where it came from and why, without what it was about. */
export function describeForLog(error: unknown, depth = DEPTH): unknown {
  if (!(error instanceof Error)) return typeof error === 'object' && error !== null ? {} : error;
  const fields: Record<string, unknown> = {
    type: error.constructor.name,
    message: error.message,
    stack: error.stack,
  };
  for (const name of KEPT) {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === 'string' || typeof value === 'number') fields[name] = value;
  }
  if (depth > 0 && error.cause !== undefined) fields['cause'] = describeForLog(error.cause, depth - 1);
  if (depth > 0 && error instanceof AggregateError) {
    fields['errors'] = error.errors.slice(0, DEPTH).map((one: unknown) => describeForLog(one, depth - 1));
  }
  return fields;
}
