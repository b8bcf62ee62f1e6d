// What the system knows of processes. Linux only: elsewhere the answers are null.
import { readdir, readFile } from 'node:fs/promises';

/** Linux counts processor time in hundredths of a second for programs to read, on every machine. */
const TICKS_PER_SECOND = 100;

async function readProc(pid, file) {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => undefined);
}

/** The fields of a process' `stat` from its state on: `man 5 proc_pid_stat`, where these are 3 and up. */
async function statOf(pid) {
  const stat = await readProc(pid, 'stat');
  // The command's name stands in brackets and may hold spaces: count from behind it.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

const PARENT = 1;
const [USER, SYSTEM, ENDED_USER, ENDED_SYSTEM] = [11, 12, 13, 14];

const seconds = (fields, ...indexes) =>
  indexes.reduce((sum, index) => sum + Number(fields[index]), 0) / TICKS_PER_SECOND;

/** Resident memory in MiB now (`VmRSS`) or at most so far (`VmHWM`); null where the system does not tell. */
export async function memoryOf(pid, field) {
  const status = await readProc(pid, 'status');
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status ?? '')?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) / 1024;
}

/** Processor seconds of the process so far; null where the system does not tell. */
export async function cpuSecondsOf(pid) {
  const fields = await statOf(pid);
  return fields ? seconds(fields, USER, SYSTEM) : null;
}

/** Parent of a process; null where the system does not tell. */
export async function parentOf(pid) {
  const fields = await statOf(pid);
  return fields ? Number(fields[PARENT]) : null;
}

/** Processor seconds of a process and all its children so far, those that have ended too. */
export async function familyCpuSecondsOf(pid) {
  const own = await statOf(pid);
  if (!own) return null;
  const others = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const children = (await Promise.all(others.map(statOf))).filter(
    (fields) => Number(fields?.[PARENT]) === pid,
  );
  const living = children.reduce((sum, fields) => sum + seconds(fields, USER, SYSTEM), 0);
  return living + seconds(own, USER, SYSTEM, ENDED_USER, ENDED_SYSTEM);
}

/** Whether the process runs this program, as the system calls it. */
export async function isProgram(pid, name) {
  return (await readProc(pid, 'comm'))?.trim() === name;
}
