import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isErrno } from './errno.ts';

/** What tells one process from all others, on this machine and elsewhere, before and after a reboot. */
export interface ProcessIdentity {
  readonly host: string;
  /** Which boot of the machine; empty where the system does not say. */
  readonly bootId: string;
  /** Two containers may have the same host name, boot and pid, and differ only in this; empty where there is none. */
  readonly pidNamespace: string;
  /** By whose clock its start is told; empty where there is none. Not set by versions that did not ask. */
  readonly timeNamespace?: string | undefined;
  readonly pid: number;
  /** In ticks since the boot: a pid is given out again, and then this differs. Empty where the system does not say. */
  readonly startTime: string;
}

/** `unknown`: it can't be told from here, since the pid means nothing in this boot or namespace. */
export type ProcessStanding = 'alive' | 'dead' | 'unknown';

/** The system's answers, so that tests can give others. */
export interface ProcessProbe {
  readonly pid: number;
  readonly host: string;
  readText(path: string): string;
  readLink(path: string): string;
  /** Throws ESRCH if there is no such process, EPERM if it is another user's. */
  signal(pid: number): void;
}

const system: ProcessProbe = {
  pid: process.pid,
  host: hostname(),
  readText: (path) => readFileSync(path, 'latin1'),
  readLink: (path) => readlinkSync(path),
  signal: (pid) => void process.kill(pid, 0),
};

/** Asked of the system once: it is the same as long as the process lives, and asked for at each look at another's. */
let own: ProcessIdentity | undefined;

/** Who this process is. */
export function processIdentity(probe: ProcessProbe = system): ProcessIdentity {
  return probe === system ? (own ??= identify(system)) : identify(probe);
}

function identify(probe: ProcessProbe): ProcessIdentity {
  const { host, pid } = probe;
  const bootId = ask(() => probe.readText('/proc/sys/kernel/random/boot_id').trim());
  const pidNamespace = ask(() => probe.readLink('/proc/self/ns/pid'));
  const timeNamespace = ask(() => probe.readLink('/proc/self/ns/time'));
  const startTime = ask(() => parseStat(probe.readText('/proc/self/stat'))?.startTime ?? '');
  return { host, bootId, pidNamespace, timeNamespace, pid, startTime };
}

/**
 * Whether that very process runs. Its pid is evidence only in the same boot and pid namespace, and only with the same
 * start time; a zombie runs no more. From another time namespace every start time looks different: only a pid that is nobody's
 * is dead then. Where the system has no `/proc`, a pid that is nobody's on the same host is dead, and
 * anything else unknown.
 */
export function standingOf(other: ProcessIdentity, probe: ProcessProbe = system): ProcessStanding {
  const self = processIdentity(probe);
  if (other.bootId !== self.bootId || other.pidNamespace !== self.pidNamespace) return 'unknown';
  const isNobodys = (): ProcessStanding => (isFree(other.pid, probe) ? 'dead' : 'unknown');
  if (self.bootId === '' || self.pidNamespace === '') return other.host === self.host ? isNobodys() : 'unknown';
  if (other.timeNamespace !== undefined && other.timeNamespace !== self.timeNamespace) return isNobodys();
  // A process in a new namespace may still see the /proc of the one around it, where pids are other processes'.
  if (ask(() => probe.readLink('/proc/self')) !== String(probe.pid)) return isNobodys();
  const stat = parseStat(ask(() => probe.readText(`/proc/${other.pid}/stat`)));
  // Not listed is not enough: with `hidepid` the processes of other users are not.
  if (stat === null || other.startTime === '') return isNobodys();
  return stat.startTime === other.startTime && !stat.ended ? 'alive' : 'dead';
}

function isFree(pid: number, probe: ProcessProbe): boolean {
  try {
    probe.signal(pid);
    return false;
  } catch (error) {
    return isErrno(error, 'ESRCH');
  }
}

/** The state and the start time in a line of `/proc/<pid>/stat`. The name in it may hold spaces and parentheses. */
function parseStat(line: string): { readonly ended: boolean; readonly startTime: string } | null {
  const [state, ...others] = line
    .slice(line.lastIndexOf(')') + 1)
    .trim()
    .split(' ');
  const startTime = others[18];
  if (state === undefined || startTime === undefined || !/^\d+$/.test(startTime)) return null;
  return { ended: state === 'Z' || state === 'X', startTime };
}

/** Empty where the system does not answer: no `/proc`, or not for us. */
function ask(question: () => string): string {
  try {
    return question();
  } catch {
    return '';
  }
}
