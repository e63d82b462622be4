import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { isErrno } from '../../src/fs/errno.ts';
import { ALL_ERRNOS, eachError } from './each-error.ts';
import type { Failure } from './each-error.ts';

type Action = (fs: FileSystem) => Promise<unknown>;

const append: Action = async (fs) => {
  const file = await fs.open('/q/log', 'update');
  try {
    file.write(Buffer.from('line'), 0, 4, 0);
    await file.sync();
  } finally {
    file.close();
  }
};

describe('eachError', () => {
  it('fails each call once and from then on, before it is done and after, with each error', async () => {
    const faults = new Set<string>();
    const { runs } = await eachError({ '/q/log': '' }, append, (_, __, { fault }) => faults.add(fault), { errnos: ALL_ERRNOS });
    expect(runs).toBe(ALL_ERRNOS.length * 2 * (4 + 2) + 2);
    expect(faults.size).toBe(runs);
  });

  it('fails a share of them if that is enough, with each error and in each kind of call all the same', async () => {
    const kindsAt = async (share: number): Promise<{ kinds: ReadonlySet<string>; cases: number; runs: number }> => {
      const kinds = new Set<string>();
      const note = (_: unknown, __: unknown, { errno, call, reply }: Failure): unknown =>
        kinds.add(errno) && kinds.add(`${call.operation} ${reply}`);
      return { kinds, ...(await eachError({ '/q/log': '' }, append, note, { errnos: ALL_ERRNOS, share })) };
    };
    const [all, some] = [await kindsAt(1), await kindsAt(20)];
    expect(some.kinds).toEqual(all.kinds);
    expect([all.runs, some.cases]).toEqual([all.cases, all.cases]);
    expect(some.runs).toBeLessThan(all.runs / 3);
  });

  it('gives what the action threw, and what a kill and power cuts leave', async () => {
    const seen = new Set<string>();
    const check = (left: Readonly<Record<string, string>>, _: FileSystem, { call, reply, error, errno, kind }: Failure): void => {
      expect(isErrno(error, errno)).toBe(true);
      if (call.operation === 'write') seen.add(`${reply} ${kind} ${left['/q/log']?.length}`);
    };
    await eachError({ '/q/log': '' }, append, check, { powerCuts: 10, shortWrites: false });
    expect([...seen].sort((one, other) => (one < other ? -1 : 1))).toEqual([
      'after kill 4',
      'after power 0',
      'after power 1',
      'after power 3',
      'after power 4',
      'before kill 0',
      'before power 0',
    ]);
  });

  it('finds a sync that is tried again as if nothing had happened', async () => {
    let acknowledged = false;
    const again: Action = async (fs) => {
      acknowledged = false;
      const file = await fs.open('/q/log', 'update');
      file.write(Buffer.from('line'), 0, 4, 0);
      await file.sync().catch(() => file.sync());
      acknowledged = true;
    };
    const check = (left: Readonly<Record<string, string>>): unknown => acknowledged && expect(left['/q/log']).toBe('line');
    await expect(eachError({ '/q/log': '' }, again, check, { shortWrites: false })).rejects.toThrow(
      /^When call 3, sync \/q\/log fails with EIO before it is done, once, then the power goes:/,
    );
  });

  it('finds a swallowed error', async () => {
    let acknowledged = false;
    const swallowing: Action = async (fs) => {
      acknowledged = false;
      await append(fs).catch(() => undefined);
      acknowledged = true;
    };
    const check = (left: Readonly<Record<string, string>>): unknown => acknowledged && expect(left['/q/log']).toBe('line');
    await expect(eachError({ '/q/log': '' }, swallowing, check)).rejects.toThrow('call 1, open');
  });

  it('finds a write whose count nobody looked at', async () => {
    let acknowledged = false;
    const hopeful: Action = async (fs) => {
      acknowledged = false;
      await append(fs);
      acknowledged = true;
    };
    const check = (left: Readonly<Record<string, string>>): unknown => acknowledged && expect(left['/q/log']).toBe('line');
    await expect(eachError({ '/q/log': '' }, hopeful, check)).rejects.toThrow('write /q/log (4 B) takes only half, once');
  });

  it('finds a rename that is taken for lost when only its reply was', async () => {
    const claim: Action = (fs) =>
      fs.rename('/q/a', '/q/mine').then(
        () => 'won',
        () => 'lost',
      );
    let outcome: unknown;
    const check = (left: Readonly<Record<string, string>>): unknown => outcome === 'lost' && expect(left['/q/a']).toBe('x');
    const run = eachError({ '/q/a': 'x' }, async (fs) => (outcome = await claim(fs)), check, { errnos: ['ENOENT'] });
    await expect(run).rejects.toThrow('ENOENT after it is done');
  });
});
