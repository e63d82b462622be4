import { describe, expect, it } from 'vitest';
import { DiskError } from '../../src/errors.ts';
import type { TaskTracker } from '../../src/tasks/task-tracker.ts';
import type { Call } from '../support/fault-plan.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { hold, LEASE_MS, TrackerWorld } from '../support/tracker-world.ts';

type Deed = (tracker: TaskTracker<number>) => Promise<unknown>;

const isOutcome = ({ operation, path }: Call): boolean => operation === 'write' && path.includes('.settling');
const isGoing = (call: Call): boolean => call.operation === 'rename' && JSON.stringify(call).includes('.going');

const DEEDS: Record<string, { readonly deed: Deed; readonly isRefused: (call: Call) => boolean }> = {
  'a reopening': { deed: (tracker) => tracker.reopen('failed'), isRefused: isOutcome },
  'a retry': { deed: (tracker) => tracker.retry(['failed']), isRefused: isOutcome },
  'a deletion': { deed: (tracker) => tracker.delete('failed'), isRefused: isGoing },
  'a giving up of what killed its process': { deed: (tracker) => tracker.run('dead', () => undefined), isRefused: isOutcome },
};

describe('what the disk refuses once it is decided', () => {
  const isHome = ({ operation, path, ...call }: Call): boolean =>
    operation === 'rename' && path.includes('.settling') && JSON.stringify(call).includes('/pending/');
  const isGone = ({ operation, path }: Call): boolean => operation === 'unlink' && path.endsWith('.going');

  it.each<[string, Deed, (call: Call) => boolean]>([
    ['a reopening', (tracker) => tracker.reopen('failed'), isHome],
    ['a retry', (tracker) => tracker.retry(), isHome],
    ['a deletion', (tracker) => tracker.delete('failed'), isGone],
  ])('of %s is brought to its end all the same, and nobody waits for it', async (_, deed, isRefused) => {
    const world = new TrackerWorld('file:');
    let isArmed = false;
    const at = (call: Call): boolean => isArmed && isRefused(call) && !(isArmed = false);
    const fileSystem = new FaultyDisk(world.disk, { faults: [{ errno: 'EIO', at }] });
    const tracker = await world.open<number>({ fileSystem, maxAttempts: 1 });
    await tracker.create('failed', 1);
    await tracker.run('failed', () => Promise.reject(new Error('no'))).catch(() => undefined);
    isArmed = true;
    await expect(deed(tracker)).rejects.toThrow(DiskError);
    expect(isArmed).toBe(false);
    expect((await tracker.counts()).running).toBe(0);
    await tracker.work(() => undefined);
    expect(await tracker.counts()).toMatchObject({ failed: 0, ignored: 0, running: 0 });
  });
});

describe('what the disk refuses once', () => {
  it.each(Object.entries(DEEDS))('of %s leaves a task that nobody has, and a repeat does it', async (_, { deed, isRefused }) => {
    const world = new TrackerWorld('file:');
    const killed = await world.open<number>({ maxAttempts: 1 });
    await killed.createMany([['failed', 1], ['dead', 2]]); // prettier-ignore
    await hold(killed, 'dead');
    await world.kill(killed);
    let isArmed = false;
    const at = (call: Call): boolean => isArmed && isRefused(call) && !(isArmed = false);
    const fileSystem = new FaultyDisk(world.disk, { faults: [{ errno: 'ENOSPC', at }] });
    const tracker = await world.open<number>({ fileSystem, maxAttempts: 1 });
    await tracker.run('failed', () => Promise.reject(new Error('no'))).catch(() => undefined);
    await world.passLease(tracker);
    isArmed = true;
    await expect(deed(tracker)).rejects.toThrow(DiskError);
    expect(isArmed).toBe(false);
    const holders = (await tracker.list()).map(({ id, holder }) => [id, holder?.standing ?? 'nobody']);
    expect(holders).toEqual(expect.arrayContaining([['failed', 'nobody']]));
    expect(holders.flat()).not.toContain('alive');
    await deed(tracker).catch((error: unknown) => expect(error).toMatchObject({ code: 'ERR_TASK_IGNORED' }));
    await tracker.work(() => undefined, { pollIntervalMs: LEASE_MS });
    expect((await tracker.counts()).running).toBe(0);
  });
});
