import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { errnoError } from '../../src/fs/errno.ts';
import { processIdentity, standingOf } from '../../src/fs/process-identity.ts';
import type { ProcessIdentity, ProcessProbe } from '../../src/fs/process-identity.ts';

const stat = (pid: number, start: string, { name = 'node', state = 'S' } = {}): string =>
  `${pid} (${name}) ${state} 1 1 1 0 -1 4194304 100 0 0 0 5 1 0 0 20 0 11 0 ${start} 700000000 12000 18446744073709551615 1 1\n`;

interface Machine {
  readonly pid?: number;
  readonly host?: string;
  readonly boot?: string;
  readonly namespace?: string;
  /** Of time: not there on older kernels. */
  readonly time?: string;
  /** pid → line of /proc, or undefined for a process that /proc hides. */
  readonly processes?: Readonly<Record<number, string | undefined>>;
  readonly procSelf?: string;
}

/** A machine as `/proc` and signals show it. */
function machine({
  pid = 10,
  host = 'etl-1',
  boot = 'boot-1',
  namespace = 'pid:[1]',
  time = 'time:[1]',
  processes = {},
  procSelf = String(pid),
}: Machine): ProcessProbe {
  const all: Readonly<Record<number, string | undefined>> = { [pid]: stat(pid, '500'), ...processes };
  const answer = (text: string | undefined, path: string): string => {
    if (text === undefined || text === '') throw errnoError('ENOENT', 'open', path);
    return text;
  };
  return {
    pid,
    host,
    readText(path) {
      if (path === '/proc/sys/kernel/random/boot_id') return answer(boot && `${boot}\n`, path);
      const [, of] = /^\/proc\/(self|\d+)\/stat$/.exec(path) ?? [];
      return answer(all[of === 'self' ? pid : Number(of)], path);
    },
    readLink: (path) => answer({ '/proc/self': procSelf, '/proc/self/ns/pid': namespace, '/proc/self/ns/time': time }[path], path),
    signal(other) {
      if (!(other in all)) throw errnoError('ESRCH', 'kill', String(other));
    },
  };
}

const other = (machineOfIt: Machine): ProcessIdentity => processIdentity(machine(machineOfIt));

describe('a process of the same boot and pid namespace', () => {
  it('is alive under its pid with its start time', () => {
    expect(standingOf(other({ pid: 20 }), machine({ processes: { 20: stat(20, '500') } }))).toBe('alive');
  });

  it('is alive whatever its name holds', () => {
    const name = 'a) S 1 (b) Z';
    expect(standingOf(other({ pid: 20 }), machine({ processes: { 20: stat(20, '500', { name }) } }))).toBe('alive');
  });

  it('is alive while it is stopped', () => {
    expect(standingOf(other({ pid: 20 }), machine({ processes: { 20: stat(20, '500', { state: 'T' }) } }))).toBe('alive');
  });

  it('is dead when nobody has its pid, when somebody else has it, and as a zombie', () => {
    expect(standingOf(other({ pid: 20 }), machine({}))).toBe('dead');
    expect(standingOf(other({ pid: 20 }), machine({ processes: { 20: stat(20, '501') } }))).toBe('dead');
    expect(standingOf(other({ pid: 20 }), machine({ processes: { 20: stat(20, '500', { state: 'Z' }) } }))).toBe('dead');
  });

  it('is unknown if it runs, but its user hides it', () => {
    expect(standingOf(other({ pid: 20 }), machine({ processes: { 20: undefined } }))).toBe('unknown');
  });

  it('is not looked for in the /proc of another namespace', () => {
    const outer = { procSelf: '4711', processes: { 20: stat(20, '9') } };
    expect(standingOf(other({ pid: 20 }), machine(outer))).toBe('unknown');
    expect(standingOf(other({ pid: 21 }), machine(outer))).toBe('dead');
  });
});

describe('a process of another time namespace, where each start time is told by another clock,', () => {
  const shifted = { processes: { 20: stat(20, '10000500') } };

  it('is not dead by its start time, and is if nobody has its pid', () => {
    expect(standingOf(other({ pid: 20, time: 'time:[2]' }), machine(shifted))).toBe('unknown');
    expect(standingOf(other({ pid: 20, time: 'time:[2]' }), machine({}))).toBe('dead');
    expect(standingOf(other({ pid: 20, time: '' }), machine(shifted))).toBe('unknown');
  });

  it('is told as ever by what was written before there were any, and on a kernel that has none', () => {
    const { timeNamespace: _, ...older } = other({ pid: 20 });
    expect(standingOf(older, machine(shifted))).toBe('dead');
    expect(standingOf(older, machine({ processes: { 20: stat(20, '500') } }))).toBe('alive');
    const without = { time: '' };
    expect(standingOf(other({ ...without, pid: 20 }), machine({ ...without, processes: { 20: stat(20, '500') } }))).toBe('alive');
    expect(standingOf(other({ ...without, pid: 20 }), machine({ ...without, ...shifted }))).toBe('dead');
  });
});

describe('a process elsewhere', () => {
  it('is unknown, though its pid is nobody’s here', () => {
    expect(standingOf(other({ pid: 20, boot: 'boot-2' }), machine({}))).toBe('unknown');
    expect(standingOf(other({ pid: 20, namespace: 'pid:[2]' }), machine({}))).toBe('unknown');
    expect(standingOf(other({ pid: 20, boot: '' }), machine({}))).toBe('unknown');
  });
});

describe('on a system without /proc', () => {
  const bare = { boot: '', namespace: '', procSelf: '' };

  it('a pid that is nobody’s on the same host is dead, and everything else unknown', () => {
    expect(standingOf(other({ ...bare, pid: 20 }), machine(bare))).toBe('dead');
    expect(standingOf(other({ ...bare, pid: 20, host: 'etl-2' }), machine(bare))).toBe('unknown');
    expect(standingOf(other({ ...bare, pid: 20 }), machine({ ...bare, processes: { 20: stat(20, '500') } }))).toBe('unknown');
  });
});

describe.skipIf(process.platform !== 'linux')('on this machine', () => {
  it('this process is alive, and the same at every look', () => {
    const identity = processIdentity();
    expect(identity).toEqual(processIdentity());
    expect(identity.pid).toBe(process.pid);
    expect(identity.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(identity.pidNamespace).toMatch(/^pid:\[\d+\]$/);
    expect(identity.startTime).toMatch(/^\d+$/);
    expect(standingOf(identity)).toBe('alive');
  });

  it('this pid with another start time is dead, and in another namespace unknown', () => {
    expect(standingOf({ ...processIdentity(), startTime: '1' })).toBe('dead');
    expect(standingOf({ ...processIdentity(), pidNamespace: 'pid:[1]' })).toBe('unknown');
  });

  it('a child is dead once it has ended', async () => {
    const child = spawn('sleep', ['60']);
    const pid = child.pid ?? 0;
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(standingOf({ ...processIdentity(), pid })).toBe('dead');
  });
});
