import { expect, it } from 'vitest';
import { disk } from '../../src/fs/disk.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { TaskTracker } from '../../src/tasks/task-tracker.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { hold, TrackerWorld } from '../support/tracker-world.ts';
import { withLink } from '../support/with-link.ts';

function onDisk(fileSystem: FileSystem = disk): Promise<TaskTracker> {
  return TaskTracker.open(`file:${tempFolder()}/store`, { useCase: 'load', durability: 'process', fileSystem, backoff: false });
}

/** A disk that says of each file that it changed so long after it was written. */
function changing(afterMs: number): FileSystem {
  const lstat: FileSystem['lstat'] = async (path) => {
    const found = await disk.lstat(path);
    return found && { ...found, changedMs: found.modifiedMs + afterMs };
  };
  return { ...withLink(disk, () => undefined), lstat };
}

it('was started when its attempt was, whatever that wrote down since, and once that has ended at no time', async () => {
  const world = new TrackerWorld('memory:');
  const tracker = await world.open();
  await tracker.create('a', 1);
  expect(await tracker.get('a')).not.toHaveProperty('startedAt');
  await world.clock.advance(5_000);
  const startedAt = world.clock.wall().toISOString();
  const { attempt, end } = await hold(tracker, 'a');
  expect(await tracker.get('a')).toMatchObject({ status: 'running', startedAt });
  await world.clock.advance(5_000);
  await attempt.progress(0.5);
  await attempt.checkpoint();
  expect(await (await world.open()).list()).toMatchObject([{ startedAt, progress: { fraction: 0.5 } }]);
  await end();
  expect(await tracker.get('a')).not.toHaveProperty('startedAt');
});

it('was started anew by who took it over, however far the first had come', async () => {
  const world = new TrackerWorld('memory:');
  const [first, other] = [await world.open(), await world.open()];
  await first.create('a', 1);
  const { attempt } = await hold(first, 'a');
  await attempt.checkpoint();
  await world.kill(first);
  await world.clock.advance(60_000);
  const startedAt = world.clock.wall().toISOString();
  const { end } = await hold(other, 'a');
  expect(await other.get('a')).toMatchObject({ attempts: 2, startedAt });
  await end();
});

it('was started when its file got the name of its claim, by the clock of the disk', async () => {
  await using tracker = await onDisk();
  await tracker.create('a', 1);
  const before = Date.now();
  const { attempt, end } = await hold(tracker, 'a');
  const first = await tracker.get('a');
  // A disk counts in steps of a few milliseconds.
  expect(Math.abs(Date.parse(first?.startedAt ?? '') - before)).toBeLessThan(1_000);
  await attempt.checkpoint();
  await attempt.progress(0.1);
  expect((await tracker.get('a'))?.startedAt).toBe(first?.startedAt);
  await end();
});

it('was started at no time that the disk can not know', async () => {
  await using fat = await onDisk(changing(-1));
  await fat.create('a', 1);
  const { attempt, end } = await hold(fat, 'a');
  expect(await fat.get('a')).not.toHaveProperty('startedAt');
  await attempt.checkpoint();
  expect(await fat.get('a')).not.toHaveProperty('startedAt');
  await end();
  await using other = await onDisk(changing(1));
  await other.create('a', 1);
  const held = await hold(other, 'a');
  expect(await other.get('a')).toHaveProperty('startedAt');
  await held.end();
});
