// Ends a process at a certain step: node --import end-at.mjs main.js, with POSTRIDER_TEST_END such as "SIGKILL rename 3":
// before its third rename (by node:fs/promises; that of its socket is not counted) it gets the signal. With
// POSTRIDER_TEST_STEPS every such step is told on standard error.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

const [signal = '', name = 'rename', at = '0'] = (process.env.POSTRIDER_TEST_END ?? '').split(' ');
const real = fs.promises[name];
let step = 0;

fs.promises[name] = async (...parameters) => {
  const target = String(parameters[name === 'rename' ? 1 : 0]);
  if (basename(target) !== 'control.sock') {
    step += 1;
    if (process.env.POSTRIDER_TEST_STEPS) process.stderr.write(`${name} ${target}\n`);
    if (step === Number(at)) await end();
  }
  return real(...parameters);
};
syncBuiltinESMExports();

async function end() {
  process.kill(process.pid, signal);
  if (signal === 'SIGKILL') await new Promise(() => {});
  // Whoever listens for the signal hears it before this goes on.
  for (let turn = 0; turn < 3; turn++) await nextTurn();
}
