import { describe, expect, it } from 'vitest';
import { DiskError } from '../../src/errors.ts';
import type { TaskTracker } from '../../src/tasks/task-tracker.ts';
import type { Call } from '../support/fault-plan.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { hold, LEASE_MS, TrackerWorld } from '../support/tracker-world.ts';

const isHome = ({ operation, path }: Call): boolean => operation === 'rename' && path.includes('/stages/') && path.endsWith('.settling');

/** A tracker, and another on a disk that refuses to bring home what the first, which lives, has decided. */
async function refused(): Promise<{ world: TrackerWorld; sick: FaultyDisk; other: TaskTracker }> {
  const world = new TrackerWorld('file:');
  const tracker = await world.open({ fileSystem: new FaultyDisk(world.disk, { faults: [{ errno: 'ENOSPC', at: isHome }] }) });
  await tracker.create('a', 1);
  await expect(tracker.run('a', () => undefined)).rejects.toBeInstanceOf(DiskError);
  const sick = new FaultyDisk(world.disk, { faults: [{ errno: 'ENOSPC', at: isHome }] });
  return { world, sick, other: await world.open({ fileSystem: sick }) };
}

/** What becomes of it while that much time goes by. */
async function after(world: TrackerWorld, working: Promise<unknown>, ms: number): Promise<unknown> {
  let outcome: unknown = 'waits';
  void working.then(
    (report) => (outcome = report),
    (error: unknown) => (outcome = error),
  );
  for (let gone = 0; gone < ms; gone += 1_000) await world.clock.advance(1_000);
  return outcome;
}

describe('the end of what somebody who lives has, and the disk refuses,', () => {
  it('is told to who waits for it once that has lasted for a lease', async () => {
    const { world, other } = await refused();
    const working = other.work(() => undefined);
    working.catch(() => undefined);
    expect(await after(world, working, LEASE_MS / 2)).toBe('waits');
    expect(await after(world, working, LEASE_MS)).toBeInstanceOf(DiskError);
  });

  it('is waited for as long as that may pass', async () => {
    const { world, sick, other } = await refused();
    const working = other.work(() => undefined);
    await after(world, working, LEASE_MS / 2);
    sick.heal();
    expect(await after(world, working, LEASE_MS)).toMatchObject({ done: 0 });
  });
});

it('what somebody works on for many leases is waited for', async () => {
  const world = new TrackerWorld('file:');
  const [busy, other] = [await world.open(), await world.open()];
  await busy.create('a', 1);
  const held = await hold(busy, 'a');
  const working = other.work(() => undefined);
  expect(await after(world, working, 5 * LEASE_MS)).toBe('waits');
  await held.end();
  expect(await after(world, working, LEASE_MS)).toMatchObject({ done: 0 });
});
