// A process beside the server that does one side of a load: asked by message, answers by message.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { atTheLatest } from './leftovers.mjs';
import { cpuSecondsOf } from './processes.mjs';

/** Milliseconds of a clock that all processes of the machine share and that nobody sets. */
export const now = () => Number(process.hrtime.bigint()) / 1e6;

/** Starts a module beside this one as a process of its own. */
export function startHelper(name) {
  const child = fork(fileURLToPath(new URL(name, import.meta.url)), { serialization: 'advanced' });
  const kill = atTheLatest(() => child.kill('SIGKILL'));
  const waiting = new Map();
  let next = 0;
  child.on('message', ({ id, result, error }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(result);
    else reject(new Error(`${name}: ${error}`));
  });
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error(`${name} ended`));
  });
  return {
    /** Calls one of the functions that the module answers with. */
    ask: (what, parameters = {}) =>
      new Promise((resolve, reject) => {
        const id = next++;
        waiting.set(id, { resolve, reject });
        child.send({ id, what, parameters });
      }),
    cpuSeconds: () => cpuSecondsOf(child.pid),
    end: kill,
  };
}

/** In the helper's process: answers what the parent asks, one function for each question, and ends with the parent. */
export function answerParent(functions) {
  process.once('disconnect', () => process.exit());
  process.on('message', ({ id, what, parameters }) => {
    Promise.resolve(parameters)
      .then(functions[what])
      .then(
        (result) => process.send({ id, result }),
        (error) => process.send({ id, error: String(error?.stack ?? error) }),
      );
  });
}
