import { readFileSync, readlinkSync } from 'node:fs';
import { isErrno } from './errno.ts';

/** The system's answers, so that tests can give others. */
export interface ThreadProbe {
  readonly pid: number;
  readText(path: string): string;
  readLink(path: string): string;
}

const system: ThreadProbe = {
  pid: process.pid,
  readText: (path) => readFileSync(path, 'latin1'),
  readLink: (path) => readlinkSync(path),
};

/**
 * Which thread of its process this is, as `<tid>-<start time>`: a worker thread may end long before its process does. Undefined
 * where the system does not say.
 */
export function threadIdentity(probe: ThreadProbe = system): string | undefined {
  try {
    // In a new pid namespace that still sees the old /proc these are the numbers of that one.
    const [, pid, tid] = /^(\d+)\/task\/(\d+)$/.exec(probe.readLink('/proc/thread-self')) ?? [];
    if (tid === undefined || Number(pid) !== probe.pid) return undefined;
    const startTime = parseStartTime(probe.readText(`/proc/${pid}/task/${tid}/stat`));
    return startTime === undefined ? undefined : `${tid}-${startTime}`;
  } catch {
    return undefined;
  }
}

/**
 * Whether that thread is gone though its process runs here: only to be asked of a process that is known to be alive. False
 * if it can't be told.
 */
export function hasThreadEnded(pid: number, thread = '', probe: ThreadProbe = system): boolean {
  const [, tid, startTime] = /^(\d+)-(\d+)$/.exec(thread) ?? [];
  if (tid === undefined) return false;
  const now = startTimeOf(pid, tid, probe);
  if (now === 'none') return typeof startTimeOf(pid, String(pid), probe) === 'object';
  return now !== 'unknown' && now.startTime !== startTime;
}

/** `none`: there is no such thread; `unknown`: it is not for us to see. */
function startTimeOf(pid: number, tid: string, probe: ThreadProbe): { readonly startTime: string } | 'none' | 'unknown' {
  try {
    const startTime = parseStartTime(probe.readText(`/proc/${pid}/task/${tid}/stat`));
    return startTime === undefined ? 'unknown' : { startTime };
  } catch (error) {
    // It ended while it was read.
    return isErrno(error, 'ENOENT', 'ESRCH') ? 'none' : 'unknown';
  }
}

/** In ticks since the boot. The name before it may hold spaces and parentheses. */
function parseStartTime(line: string): string | undefined {
  const startTime = line
    .slice(line.lastIndexOf(')') + 1)
    .trim()
    .split(' ')[19];
  return startTime !== undefined && /^\d+$/.test(startTime) ? startTime : undefined;
}
