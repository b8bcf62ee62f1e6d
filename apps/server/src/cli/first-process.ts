import { constants } from 'node:os';

/** What is needed of the process. */
export interface SignalledProcess {
  readonly pid: number;
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  listenerCount(signal: 'SIGTERM' | 'SIGINT'): number;
  exit(code: number): void;
}

/**
 * Lets SIGTERM and SIGINT end the first process of a container as they end any other. The kernel withholds from it each
 * signal that it has no handler for, so that a service which still starts, or a command, could only be killed. Steps
 * back where the process handles the signal in its own way.
 */
export function endOnSignalAsFirst(target: SignalledProcess): void {
  if (target.pid !== 1) return;
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    target.on(signal, () => {
      if (target.listenerCount(signal) === 1) target.exit(128 + constants.signals[signal]);
    });
}
