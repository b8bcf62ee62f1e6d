// A disk that loses power, for a server under test: node --import disk.mjs main.js
// Keeps in POSTRIDER_TEST_DISK an image of what the data directory in POSTRIDER_TEST_DISK_OF would be after a power failure
// at this very moment: what was written since a file's last fsync is not there, but for every other such write, which the
// disk took early. Names (made, renamed, removed) are there at once, as journaling file systems order them.
import fs from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const of = resolve(process.env.POSTRIDER_TEST_DISK_OF ?? '.');
const image = resolve(process.env.POSTRIDER_TEST_DISK ?? '.');
const real = { ...fs };
/** Path below the directory, by descriptor. */
const open = new Map();
/** Writes since the last fsync, by path: where, and the bytes; a number cuts the file. */
const pending = new Map();
let turn = 0;

const inside = (path) => {
  const name = relative(of, resolve(String(path)));
  return name.startsWith('..') ? undefined : name;
};
const imaged = (name) => join(image, name);

function withImage(name, work) {
  real.mkdirSync(dirname(imaged(name)), { recursive: true });
  const descriptor = real.openSync(imaged(name), real.existsSync(imaged(name)) ? 'r+' : 'w+', 0o600);
  try {
    work(descriptor);
  } finally {
    real.closeSync(descriptor);
  }
}

const apply = (descriptor, change) =>
  typeof change === 'number'
    ? real.ftruncateSync(descriptor, change)
    : real.writeSync(descriptor, change.bytes, 0, change.bytes.length, change.at);

function note(name, change) {
  turn += 1;
  if (turn % 2 === 0) withImage(name, (descriptor) => apply(descriptor, change));
  const list = pending.get(name);
  if (list) list.push(change);
  else pending.set(name, [change]);
}

fs.openSync = (path, flags, mode) => {
  const name = inside(path);
  const existed = name === undefined || real.existsSync(path);
  const descriptor = real.openSync(path, flags, mode);
  if (name === undefined) return descriptor;
  open.set(descriptor, name);
  if (!existed) withImage(name, () => {});
  else if (typeof flags === 'number' && (flags & real.constants.O_TRUNC) !== 0) note(name, 0);
  return descriptor;
};
fs.closeSync = (descriptor) => {
  open.delete(descriptor);
  real.closeSync(descriptor);
};
fs.writeSync = (descriptor, buffer, offset, length, position) => {
  const name = open.get(descriptor);
  const written = real.writeSync(descriptor, buffer, offset, length, position);
  if (name !== undefined) {
    if (typeof position !== 'number') throw new Error('a write without its place');
    note(name, { at: position, bytes: Buffer.from(buffer.slice(offset, offset + written)) });
  }
  return written;
};
fs.fsyncSync = (descriptor) => {
  real.fsyncSync(descriptor);
  const name = open.get(descriptor);
  const list = name === undefined ? undefined : pending.get(name);
  if (!list) return;
  pending.delete(name);
  withImage(name, (target) => {
    for (const change of list) apply(target, change);
  });
};
fs.ftruncateSync = (descriptor, length = 0) => {
  real.ftruncateSync(descriptor, length);
  const name = open.get(descriptor);
  if (name !== undefined) note(name, length);
};
fs.truncateSync = (path, length = 0) => {
  real.truncateSync(path, length);
  const name = inside(path);
  if (name !== undefined) note(name, length);
};
fs.writeFileSync = (path, data, options) => {
  real.writeFileSync(path, data, options);
  const name = inside(path);
  if (name === undefined) return;
  withImage(name, () => {});
  note(name, 0);
  if (data.length > 0) note(name, { at: 0, bytes: Buffer.from(data) });
};
fs.mkdirSync = (path, options) => {
  const made = real.mkdirSync(path, options);
  const name = inside(path);
  if (name !== undefined) real.mkdirSync(imaged(name), { recursive: true, mode: 0o700 });
  return made;
};
fs.unlinkSync = (path) => {
  real.unlinkSync(path);
  const name = inside(path);
  if (name === undefined) return;
  pending.delete(name);
  real.rmSync(imaged(name), { force: true });
};
fs.rmdirSync = (path) => {
  real.rmdirSync(path);
  const name = inside(path);
  if (name !== undefined) real.rmSync(imaged(name), { recursive: true, force: true });
};
fs.renameSync = (from, to) => {
  real.renameSync(from, to);
  const [before, after] = [inside(from), inside(to)];
  if (before === undefined || after === undefined) return;
  real.renameSync(imaged(before), imaged(after));
  pending.delete(after);
  const list = pending.get(before);
  if (list) pending.set(after, list);
  pending.delete(before);
  for (const [descriptor, name] of open) if (name === before) open.set(descriptor, after);
};
