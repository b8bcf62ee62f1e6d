import type { App } from '../app.js';
import { events } from '../observability/events.js';

/** Lets the process end in order at the first signal; a second one ends it at once. */
export function stopOnSignal(app: App): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      events.serviceDraining(app.context, { signal });
      process.once(signal, () => process.exit(1));
      app.stop().catch((error: unknown) => {
        app.context.log.error({ err: error }, 'could not stop in order');
        process.exitCode = 1;
      });
    });
  }
}

/** Starts it and gives its address; what cannot start lets go of everything, so that the process ends. */
export async function startOrStop(app: App): Promise<string> {
  try {
    return await app.start();
  } catch (error) {
    await app.stop();
    throw error;
  }
}
