const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Does work that is told when the process is to end, so that it leaves nothing half done; a second signal ends it at once. */
export async function untilInterrupted<T>(work: (interrupted: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = () => {
    controller.abort();
    stopListening();
  };
  const stopListening = () => {
    for (const signal of SIGNALS) process.removeListener(signal, interrupt);
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    stopListening();
  }
}
