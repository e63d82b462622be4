import { describe, expect, it } from 'vitest';
import { TaskIgnoredError, TaskLockedError } from '../../src/tasks/task-errors.ts';
import type { TaskTracker } from '../../src/tasks/task-tracker.ts';
import { failTimes, hold, LEASE_MS, STORES, TrackerWorld } from '../support/tracker-world.ts';

/** Somebody starts it, and dies with it. */
async function dieWith(world: TrackerWorld, id: string, looker: TaskTracker): Promise<void> {
  const victim = await world.open();
  await hold(victim, id);
  await world.kill(victim);
  await world.passLease(looker);
}

describe.each(STORES)('in %s a task whose process died', (store) => {
  it('is started again, and the attempt that died is one that failed', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open();
    await tracker.create('a', 1);
    await dieWith(world, 'a', tracker);
    expect(await tracker.get('a')).toMatchObject({ status: 'running', attempts: 1, failures: 1, holder: { standing: 'dead' } });
    await tracker.run('a', (attempt) => expect(attempt.number).toBe(2));
    expect(await tracker.get('a')).toMatchObject({
      status: 'succeeded',
      attempts: 2,
      failures: 0,
      errors: [{ name: 'KilledError', attempt: 1, message: 'the process of attempt 1 ended before the attempt did' }],
    });
  });

  it('is given up when it killed three, and the fourth is refused', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open();
    await tracker.create('a', 1);
    for (let died = 1; died <= 3; died += 1) {
      await dieWith(world, 'a', tracker);
      expect(await tracker.get('a')).toMatchObject({ status: 'running', attempts: died, failures: died });
    }
    await expect(tracker.run('a', () => expect.unreachable())).rejects.toBeInstanceOf(TaskIgnoredError);
    const task = await tracker.get('a');
    expect(task).toMatchObject({ status: 'ignored', attempts: 3, failures: 3 });
    expect(task?.errors.map(({ name, attempt }) => [name, attempt])).toEqual([1, 2, 3].map((n) => ['KilledError', n]));
  });

  it('is passed over by who takes what is due, when it killed three', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open();
    await tracker.createMany([
      ['a', 1],
      ['b', 2],
    ]);
    for (let died = 1; died <= 3; died += 1) await dieWith(world, 'a', tracker);
    expect((await tracker.next())?.id).toBe('b');
    expect(await tracker.next()).toBeUndefined();
    expect(await tracker.get('a')).toMatchObject({ status: 'ignored' });
  });

  it('counts deaths and failures together', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open({ maxAttempts: 4 });
    await tracker.create('a', 1);
    await failTimes(world, tracker, 'a', 1);
    await dieWith(world, 'a', tracker);
    await failTimes(world, tracker, 'a', 1);
    expect(await tracker.get('a')).toMatchObject({ status: 'failed', attempts: 3, failures: 3 });
    await failTimes(world, tracker, 'a', 1);
    const task = await tracker.get('a');
    expect(task).toMatchObject({ status: 'ignored', attempts: 4, failures: 4 });
    expect(task?.errors.map(({ message, attempt }) => [message, attempt])).toEqual([
      ['no 1', 1],
      ['the process of attempt 2 ended before the attempt did', 2],
      ['no 1', 3],
      ['no 1', 4],
    ]);
  });

  it('of a second step is started again by that step alone', async () => {
    const world = new TrackerWorld(store);
    const codes = (from: number) => ({ pending: from, running: from + 2, failed: from + 4, succeeded: from + 6, ignored: from + 8 });
    const first = await world.open({ statuses: codes(10) });
    const [victim, second] = [
      await world.open({ statuses: codes(20), startsFrom: 16 }),
      await world.open({ statuses: codes(20), startsFrom: 16 }),
    ];
    await first.create('a', 1);
    await first.run('a', () => undefined);
    await hold(victim, 'a');
    await world.kill(victim);
    await world.passLease(second);
    await expect(first.run('a', () => expect.unreachable())).rejects.toMatchObject({ code: 'ERR_TASK_NOT_READY' });
    expect(await first.next()).toBeUndefined();
    expect(await second.listUnfinished()).toMatchObject([{ id: 'a', code: 22, failures: 1 }]);
    await second.run('a', () => undefined);
    expect(await second.get('a')).toMatchObject({ code: 26, attempts: 3 });
  });
});

describe('a task whose process is only slow', () => {
  it('is nobody else’s, however long it takes, as long as that process beats', async () => {
    const world = new TrackerWorld('file:');
    const [tracker, other] = [await world.open(), await world.open()];
    await tracker.create('a', 1);
    const { end } = await hold(tracker, 'a');
    for (let look = 0; look < 50; look += 1) {
      await world.clock.advance(LEASE_MS / 5);
      await expect(other.run('a', () => expect.unreachable())).rejects.toBeInstanceOf(TaskLockedError);
      expect(await other.next()).toBeUndefined();
    }
    await end();
    expect(await other.get('a')).toMatchObject({ status: 'succeeded', attempts: 1 });
  });

  it('is nobody’s prey when clocks on the wall are set', async () => {
    const world = new TrackerWorld('file:');
    const [tracker, other] = [await world.open(), await world.open()];
    await tracker.create('a', 1);
    const { end } = await hold(tracker, 'a');
    for (const year of [1980, 2090]) {
      world.clock.setWall(new Date(Date.UTC(year, 1, 1)));
      await expect(other.run('a', () => expect.unreachable())).rejects.toBeInstanceOf(TaskLockedError);
    }
    await end();
  });
});
