import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { PermanentError } from '../../src/errors.ts';
import { TASK_STATUSES } from '../../src/machines/task-lifecycle.ts';
import type { TaskTracker } from '../../src/tasks/task-tracker.ts';
import type { TaskTrackerOptions } from '../../src/tasks/tracker-options.ts';
import { hold, idsOf, STORES, TrackerWorld } from '../support/tracker-world.ts';

/** What a file was changed at is the machine's time, on the memory disk too: it is moved along. */
async function nextSecond(world: TrackerWorld): Promise<void> {
  await world.clock.advance(1_000);
  vi.setSystemTime(world.clock.wall());
}

const FIRST = { pending: 10, running: 12, failed: 14, succeeded: 16, ignored: 18 };

/** One task of each status, changed in the order of their names: e-pending … a-ignored. */
async function oneOfEach(world: TrackerWorld, options: Partial<TaskTrackerOptions<unknown>> = {}): Promise<TaskTracker> {
  vi.useFakeTimers({ toFake: ['Date'], now: world.clock.wall() });
  onTestFinished(() => void vi.useRealTimers());
  const tracker = await world.open(options);
  const ids = ['e-pending', 'd-running', 'c-succeeded', 'b-failed', 'a-ignored'];
  for (const id of ids) {
    await tracker.create(id, id);
    await nextSecond(world);
  }
  await hold(tracker, 'd-running');
  const ends = { 'c-succeeded': undefined, 'b-failed': new Error('no'), 'a-ignored': new PermanentError('never') };
  for (const [id, error] of Object.entries(ends)) {
    await nextSecond(world);
    await tracker
      .run(id, () => {
        if (error !== undefined) throw error;
      })
      .catch(() => undefined);
  }
  return tracker;
}

describe.each(STORES)('a list of tasks in %s', (store) => {
  it('TRK-30 of one status has only its tasks', async () => {
    const tracker = await oneOfEach(new TrackerWorld(store));
    for (const status of TASK_STATUSES) {
      const [task, ...others] = await tracker.list({ status });
      expect(others).toEqual([]);
      expect(task).toMatchObject({ status });
      expect(task?.id).toContain(status);
    }
  });

  it('TRK-31 of several statuses has them in the order asked for, by name or code', async () => {
    const tracker = await oneOfEach(new TrackerWorld(store), { statuses: FIRST });
    await tracker.createMany([
      ['z', 1],
      ['f', 2],
    ]);
    const listed = await tracker.list({ status: [16, 'pending', 14] });
    expect(idsOf(listed)).toEqual(['c-succeeded', 'e-pending', 'f', 'z', 'b-failed']);
    expect(idsOf(await tracker.list({ status: ['failed', 16] }))).toEqual(['b-failed', 'c-succeeded']);
    expect(idsOf(await tracker.list({ status: ['failed', 'failed', 14] }))).toEqual(['b-failed']);
    expect(await tracker.list({ status: 99 })).toEqual([]);
    expect(await tracker.list({ status: [] })).toEqual([]);
  });

  it('TRK-32 of what is unfinished has what is pending, then what failed', async () => {
    const tracker = await oneOfEach(new TrackerWorld(store));
    expect(idsOf(await tracker.listUnfinished())).toEqual(['e-pending', 'b-failed']);
  });

  it('TRK-32 of what is unfinished has what another step left for this one', async () => {
    const world = new TrackerWorld(store);
    await oneOfEach(world, { statuses: FIRST });
    const second = await world.open({ statuses: { pending: 20, running: 22, failed: 24, succeeded: 26, ignored: 28 }, startsFrom: 16 });
    expect(idsOf(await second.listUnfinished())).toEqual(['c-succeeded']);
    expect((await second.next())?.id).toBe('c-succeeded');
    expect(await second.listUnfinished()).toEqual([]);
  });

  it('TRK-33 tells all of each task as it stood; `get` tells it as it stands', async () => {
    const tracker = await oneOfEach(new TrackerWorld(store));
    const [listed] = await tracker.list({ status: 'pending' });
    expect(listed).toEqual(await tracker.get('e-pending'));
    await tracker.run('e-pending', () => undefined);
    expect(listed).toMatchObject({ status: 'pending' });
    expect(await tracker.get('e-pending')).toMatchObject({ status: 'succeeded' });
  });

  it('has one order and one limit over all statuses', async () => {
    const tracker = await oneOfEach(new TrackerWorld(store));
    const byAge = ['e-pending', 'd-running', 'c-succeeded', 'b-failed', 'a-ignored'];
    expect(idsOf(await tracker.list({ order: 'oldest' }))).toEqual(byAge);
    expect(idsOf(await tracker.list({ order: 'newest' }))).toEqual(byAge.toReversed());
    expect(idsOf(await tracker.list({ order: 'id' }))).toEqual(byAge.toReversed());
    expect(idsOf(await tracker.list({ order: 'oldest', limit: 2 }))).toEqual(['e-pending', 'd-running']);
    expect(idsOf(await tracker.list({ order: 'newest', limit: 3 }))).toEqual(['a-ignored', 'b-failed', 'c-succeeded']);
    expect(idsOf(await tracker.list({ limit: 2 }))).toEqual(['e-pending', 'd-running']);
    expect(idsOf(await tracker.list({ status: ['failed', 'pending'], order: 'oldest', limit: 1 }))).toEqual(['e-pending']);
  });

  it('of what is unfinished is as long as its limit, however much is being worked on', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open();
    await tracker.createMany(Array.from({ length: 20 }, (_, n) => [String(n).padStart(2, '0'), n] as const));
    for (let n = 0; n < 10; n += 1) await tracker.next();
    expect(await tracker.listUnfinished({ order: 'id', limit: 8 })).toHaveLength(8);
    expect(await tracker.listUnfinished({ order: 'oldest' })).toHaveLength(10);
  });

  it('of what is unfinished has what somebody died with, once that is known', async () => {
    const world = new TrackerWorld(store);
    const [tracker, other] = [await world.open(), await world.open()];
    await tracker.createMany([
      ['a', 1],
      ['b', 2],
    ]);
    await hold(tracker, 'a');
    expect(idsOf(await other.listUnfinished())).toEqual(['b']);
    await world.kill(tracker);
    await world.passLease(other);
    const [, dead] = await other.listUnfinished();
    expect(dead).toMatchObject({ id: 'a', status: 'running', holder: { standing: 'dead' }, attempts: 1, failures: 1 });
  });

  it.each([
    [{ status: 'done' }, 'status must be pending, running'],
    [{ status: ['pending', 'done'] }, 'status must be pending, running'],
    [{ order: 'age' }, "order must be 'status'"],
    [{ limit: 0 }, 'limit must be a whole number from 1'],
    [{ count: 3 }, 'no option count'],
  ])('is refused with %j', async (options, why) => {
    const tracker = await new TrackerWorld(store).open();
    await expect(Reflect.apply(tracker.list, tracker, [options])).rejects.toThrow(why);
  });
});

describe('a list of tasks, one of which can’t be read', () => {
  it('has the others, as many as asked for, and tells of that one', async () => {
    const world = new TrackerWorld('file:');
    const tracker = await world.open();
    await tracker.createMany([
      ['b', 1],
      ['c', 2],
      ['d', 3],
    ]);
    await world.write('/store/tasks/load/pending/a.json', '{"half a rec');
    expect(idsOf(await tracker.list({ limit: 2 }))).toEqual(['b', 'c']);
    const damaged = [];
    for await (const one of tracker.damaged()) damaged.push(one);
    expect(damaged).toMatchObject([{ id: 'a', path: '/store/tasks/load/pending/a.json' }]);
    await expect(tracker.work(() => undefined)).rejects.toMatchObject({ report: { done: 3, failed: 0 } });
    await expect(tracker.get('a')).rejects.toMatchObject({ code: 'ERR_DAMAGED_RECORD' });
    await expect(tracker.run('a', () => expect.unreachable())).rejects.toMatchObject({ code: 'ERR_DAMAGED_RECORD' });
  });
});
