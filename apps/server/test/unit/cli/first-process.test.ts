import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { endOnSignalAsFirst } from '../../../src/cli/first-process.js';

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];
  readonly pid: number;

  constructor(pid: number) {
    super();
    this.pid = pid;
  }

  exit(code: number): void {
    this.exits.push(code);
  }
}

it('ends the first process of a container with the code that a shell gives to the signal', () => {
  const first = new FakeProcess(1);
  endOnSignalAsFirst(first);
  first.emit('SIGTERM');
  first.emit('SIGINT');
  expect(first.exits).toEqual([143, 130]);
});

it('leaves the signal to the service once that handles it', () => {
  const first = new FakeProcess(1);
  endOnSignalAsFirst(first);
  let stopped = 0;
  first.once('SIGTERM', () => {
    stopped += 1;
  });
  first.emit('SIGTERM');
  expect(first.exits).toEqual([]);
  expect(stopped).toBe(1);
});

it('leaves other processes to the system', () => {
  const other = new FakeProcess(4711);
  endOnSignalAsFirst(other);
  expect(other.listenerCount('SIGTERM') + other.listenerCount('SIGINT')).toBe(0);
});
