import { hostname } from 'node:os';
import { ConfigurationError } from '../../errors.js';
import { connect, readSecret } from '../connection.js';
import { UsageError } from '../failure.js';
import type { ListenOptions } from '../listen.js';
import type { Terminal } from '../terminal.js';
import { type OwnEndpoint, openEndpoint } from './endpoint.js';
import { createForwarder } from './forward.js';
import { type Listener, openListener } from './listener.js';
import { createReport } from './report.js';
import { createVerifier } from './verify.js';

/** Listens until SIGINT or SIGTERM; then takes the endpoint away that it made. A second signal ends it at once. */
export async function listen(terminal: Terminal, options: ListenOptions): Promise<void> {
  const secret = await readSecret(terminal, options.secretFile, 'POSTRIDER_WEBHOOK_SECRET');
  if (options.app === undefined && (options.eventType ?? options.publicUrl) !== undefined) {
    throw new UsageError('--event-type and --public-url are for the endpoint that --app makes');
  }
  // Before anything is opened: a wrong key or secret is found at once.
  const client = options.app === undefined ? undefined : await connect(terminal, options);
  const verifier = createVerifier(secret);
  const report = createReport(terminal, { json: options.json ?? false, headers: options.headers ?? false });
  const stopped = stopSignal();
  const listener = await openListener(options, {
    verify: (delivery) => verifier.verify(delivery),
    forward: options.forwardTo === undefined ? undefined : createForwarder(options.forwardTo),
    status: options.status,
    onDelivery: report.delivery,
  }).catch((error: unknown) => {
    throw new ConfigurationError(`cannot listen: ${error instanceof Error ? error.message : String(error)}`);
  });
  let endpoint: OwnEndpoint | undefined;
  try {
    if (client && options.app !== undefined) {
      endpoint = await openEndpoint(client, {
        app: options.app,
        uid: endpointUid(listener),
        url: options.publicUrl ?? listener.url,
        eventTypes: options.eventType,
      });
      verifier.use(endpoint.secret);
    }
    report.listening(listener.url, endpoint?.id, options, verifier.checks);
    await stopped;
  } finally {
    await endpoint?.remove();
    await listener.close();
  }
  report.stopped(endpoint?.id);
}

/** The same on the same machine and port, so that what a killed run left is taken over and not doubled. */
const endpointUid = ({ port }: Listener): string =>
  `listen-${hostname()
    .replace(/[^a-zA-Z0-9_-]/g, '-')
    .slice(0, 64)}-${port}`;

const stopSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve();
      });
    }
  });
