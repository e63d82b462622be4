import { describe, expect, it } from 'vitest';
import { DiskError } from '../../src/errors.ts';
import type { TaskTracker } from '../../src/tasks/task-tracker.ts';
import type { Call } from '../support/fault-plan.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { TrackerWorld } from '../support/tracker-world.ts';

const REFUSED: readonly (readonly [string, (call: Call) => boolean])[] = [
  ['the move to its place', ({ operation, path }) => operation === 'rename' && path.includes('/stages/') && path.endsWith('.settling')],
  ['the removal of its claim', ({ operation, path }) => operation === 'unlink' && path.endsWith('.settling')],
];

/** One whose end was decided, and the disk refused the rest as often as it was tried; it lives, and the disk is well again. */
async function decided(isRefused: (call: Call) => boolean): Promise<{ world: TrackerWorld; other: TaskTracker<number> }> {
  const world = new TrackerWorld('file:');
  const fileSystem = new FaultyDisk(world.disk, { faults: [{ errno: 'ENOSPC', at: isRefused }] });
  const tracker = await world.open<number>({ fileSystem });
  await tracker.create('a', 1);
  await expect(tracker.run('a', () => undefined)).rejects.toBeInstanceOf(DiskError);
  fileSystem.heal();
  return { world, other: await world.open<number>() };
}

describe.each(REFUSED)('what was decided, and the disk refused %s, though its holder lives', (_, isRefused) => {
  it('is nothing that anybody waits for', async () => {
    const { other } = await decided(isRefused);
    expect(await other.work(() => undefined)).toMatchObject({ done: 0 });
  });

  it('counts once, as what it is', async () => {
    const { other } = await decided(isRefused);
    expect(await other.counts()).toMatchObject({ succeeded: 1, running: 0 });
  });

  it('is listed as what it is', async () => {
    const { other } = await decided(isRefused);
    await other.list();
    expect((await other.list()).map(({ id, status }) => [id, status])).toEqual([['a', 'succeeded']]);
    expect(await other.listUnfinished()).toEqual([]);
  });
});

it('what was decided is seen as it lies there, as long as the disk refuses the rest of it', async () => {
  const isRefused = ({ operation, path }: Call): boolean =>
    operation === 'rename' && path.includes('/stages/') && path.endsWith('.settling');
  const { world } = await decided(isRefused);
  const sick = await world.open<number>({ fileSystem: new FaultyDisk(world.disk, { faults: [{ errno: 'ENOSPC', at: isRefused }] }) });
  expect((await sick.list()).map(({ id, status }) => [id, status])).toEqual([['a', 'running']]);
});
