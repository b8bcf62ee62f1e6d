// What the trial of the image runs podman with.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const DEADLINE_MS = 120_000;
export const execute = promisify(execFile);

/** Runs podman to its end: what it printed, and how it ended. */
export const podman = async (...parameters) => {
  const {
    stdout,
    stderr,
    code = 0,
  } = await execute('podman', parameters, {
    maxBuffer: 1 << 26,
  }).catch((error) => error);
  return { stdout, stderr, code };
};
/** The same where anything but success is the end of the trial. */
export const must = async (...parameters) => {
  const { stdout, stderr, code } = await podman(...parameters);
  assert.equal(code, 0, `podman ${parameters.join(' ')}: ${stderr}`);
  return stdout.trim();
};
export const inspect = async (what, format) => must('inspect', '--format', format, what);
/** All that a container printed, to both streams. */
export const logs = async (container) => {
  const { stdout, stderr } = await podman('logs', container);
  return stdout + stderr;
};
export const until = async (what, look) => {
  const end = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
export const times = (text, pattern) => text.match(new RegExp(pattern, 'g'))?.length ?? 0;
export const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
export const say = (text) => console.log(text);

/** Calls of the API at this address. */
export const caller = (address, key) => async (path, body) => {
  const response = await fetch(`${address}/api/v1${path}`, {
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  assert.ok(response.ok, `${path}: ${response.status} ${await response.clone().text()}`);
  return response.json();
};
