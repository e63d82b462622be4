import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { QueueLockedError } from '../../src/fs/ownership-errors.ts';
import { formatOwner, parseOwnerName } from '../../src/formats/owner-record.ts';
import { isErrno } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { takeOwnership } from '../../src/fs/ownership.ts';
import type { Ownership } from '../../src/fs/ownership.ts';
import { manualClock } from '../../src/testing/index.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { oneIn } from '../support/sample.ts';

const LEASE = 30_000;
const stopped: Clock = { monotonic: () => 0, wall: () => new Date(0), after: () => () => undefined };
const process = (pid: number) => ({ host: 'etl-1', bootId: 'boot', pidNamespace: 'pid:[1]', pid, startTime: '1' });

/** The directory of an owner that is dead, with a run above its number, and a stage that somebody left. */
const DEAD = formatOwner({ ...process(1), run: 8, token: 'dead', since: '2000-01-01T00:00:00.000Z', leaseMs: LEASE });
const LEFT = { '/q/owner.3': DEAD, '/q/stage.0123456789abcdef': 'left', '/q/queue.json': '{}' };

interface TakeOptions {
  readonly sync?: boolean;
  readonly alive?: readonly number[];
  readonly clock?: Clock;
}

function take(fs: FileSystem, pid: number, { sync = true, alive = [], clock = stopped }: TakeOptions = {}): Promise<Ownership> {
  const standing = (identity: { readonly pid: number }) => (alive.includes(identity.pid) ? 'alive' : 'dead');
  return takeOwnership(fs, '/q', { leaseMs: LEASE, sync, clock, identity: process(pid), standing });
}

describe('an owner that is stopped at any call', () => {
  it.each([
    { where: 'a new directory', files: {} },
    { where: 'the directory of a dead owner', files: LEFT },
  ])('in $where is succeeded, and nothing of it stays', async ({ files }) => {
    let run = 0;
    const { stops } = await eachCrash(
      { '/q/queue.json': '', ...files },
      async (fs) => {
        run = 0;
        const owner = await take(fs, 2);
        if (!fs.stopped) run = owner.run;
        await owner.release();
      },
      async (_left, fs) => {
        const next = await take(fs, 3);
        expect(next.isStillOurs()).toBe(true);
        expect(next.run).toBeGreaterThan(run);
        expect(next.number).toBeGreaterThan(0);
        await next.release();
        expect((await fs.readdir('/q')).filter((name) => name !== 'queue.json')).toEqual([`owner.${next.number}`]);
      },
      { ledger: () => String(run) },
    );
    expect(stops).toBeGreaterThan(20);
  });

  it('is succeeded after a lease at most when nothing was synced and the power was cut', async () => {
    await eachCrash(
      LEFT,
      async (fs) => (await take(fs, 2, { sync: false })).release(),
      async (_left, fs) => {
        const clock = manualClock();
        let next: Ownership | undefined;
        const taking = take(fs, 3, { clock }).then((owner) => (next = owner));
        while (!next && clock.monotonic() <= 1.1 * LEASE) await clock.advance(LEASE / 20);
        expect(next?.isStillOurs()).toBe(true);
        await (await taking).release();
      },
      { kinds: ['power'], limit: 16, share: oneIn(1) },
    );
  });
});

describe('a call that fails', () => {
  it.each(['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EMFILE', 'ESTALE', 'ENOENT', 'EEXIST', 'ETIMEDOUT'])(
    'with %s, before or after it was done, leaves one owner or none, and locks nobody out',
    async (errno) => {
      const rehearsal = new CrashingDisk(LEFT).process();
      await (await take(rehearsal, 2)).release();
      for (const { number } of rehearsal.calls) {
        for (const reply of ['before', 'after'] as const) {
          const disk = new CrashingDisk(LEFT);
          const fs = disk.process({ faults: [{ at: (call) => call.number === number, errno, reply }] });
          const owner: unknown = await take(fs, 2, { alive: [2] }).catch((error: unknown) => error);
          fs.heal();
          if (owner instanceof Error) expect(isErrno(owner, errno), `${reply} call ${number}: ${owner.message}`).toBe(true);
          else await expect(take(fs, 2, { alive: [2] })).rejects.toBeInstanceOf(QueueLockedError);
          if (isOwnership(owner)) await owner.release();
          const next = await take(fs, 2, { alive: [2] });
          expect(next.isStillOurs()).toBe(true);
          expect(next.run).toBeGreaterThan(8);
          const owners = Object.keys(disk.files()).map((path) => parseOwnerName(path.slice('/q/'.length)));
          expect(owners.filter((found) => found !== null)).toEqual([next.number]);
        }
      }
    },
  );

  it('for ever gives its error, and never hangs', async () => {
    for (const errno of ['EIO', 'ENOENT', 'EEXIST']) {
      for (const operation of ['readdir', 'open', 'write', 'sync', 'link', 'unlink', 'syncDirectory'] as const) {
        const fs = new CrashingDisk(LEFT).process({ faults: [{ at: (call) => call.operation === operation, errno }] });
        const outcome: unknown = await take(fs, 2).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(isErrno(outcome, errno, 'EBUSY'), `${operation} ${errno}: ${outcome.message}`).toBe(true);
        else expect([operation, errno]).toEqual(['unlink', 'ENOENT']);
      }
    }
  });
});

function isOwnership(value: unknown): value is Ownership {
  return typeof value === 'object' && value !== null && 'isStillOurs' in value;
}
