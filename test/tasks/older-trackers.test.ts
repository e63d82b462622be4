/** What went wrong with the trackers that this one comes after: each a thing that their users met. */
import { describe, expect, it } from 'vitest';
import { PermanentError } from '../../src/errors.ts';
import { failTimes, hold, idsOf, STORES, TrackerWorld } from '../support/tracker-world.ts';

const codes = (from: number) => ({ pending: from, running: from + 2, failed: from + 4, succeeded: from + 6, ignored: from + 8 });

describe.each(STORES)('in %s, unlike in older trackers,', (store) => {
  it('the task of a worker that crashed is not lost: it is listed as unfinished, and started again', async () => {
    const world = new TrackerWorld(store);
    const [victim, tracker] = [await world.open(), await world.open()];
    await tracker.create('a', 1);
    await hold(victim, 'a');
    await world.kill(victim);
    await world.passLease(tracker);
    expect(idsOf(await tracker.listUnfinished())).toEqual(['a']);
    await tracker.run('a', () => undefined);
    expect(await tracker.get('a')).toMatchObject({ status: 'succeeded' });
  });

  it('data that can’t be written at the end leaves no task that is running for ever', async () => {
    const tracker = await new TrackerWorld(store).open<string>({ backoff: false });
    await tracker.create('a', 'small');
    const running = tracker.run('a', (attempt) => void (attempt.data = 'x'.repeat(10_000_000)));
    await expect(running).rejects.toMatchObject({ code: 'ERR_UNSERIALISABLE_VALUE' });
    expect(await tracker.get('a')).toMatchObject({ status: 'failed', data: 'small' });
    await tracker.run('a', () => undefined);
  });

  it('a worker that takes long keeps its task; one that lost it is told, with its own error as the cause', async () => {
    const world = new TrackerWorld(store);
    const [tracker, other] = [await world.open(), await world.open()];
    await tracker.create('a', 1);
    const long = await hold(tracker, 'a');
    for (let leases = 0; leases < 3; leases += 1) await world.passLease(other);
    await expect(other.run('a', () => expect.unreachable())).rejects.toMatchObject({ code: 'ERR_TASK_LOCKED' });
    await world.kill(tracker);
    await world.passLease(other);
    await other.run('a', () => undefined);
    const error = new Error('mine');
    await expect(long.end(error)).rejects.toMatchObject({ code: 'ERR_CLAIM_LOST', cause: error });
  });

  it('a worker that is told to end leaves its task free at once', async () => {
    const world = new TrackerWorld(store);
    const [tracker, other] = [await world.open(), await world.open()];
    await tracker.create('a', 1);
    await hold(tracker, 'a');
    await tracker.dispose();
    await other.run('a', (attempt) => expect(attempt.number).toBe(1));
  });

  it('creating what is there again wipes nothing', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open();
    await tracker.create('a', 1);
    await failTimes(world, tracker, 'a', 1);
    await tracker.run('a', (attempt) => void (attempt.data = 2));
    const before = await tracker.get('a');
    expect(await tracker.createMany([['a', 1]])).toBe(0);
    expect(await tracker.get('a')).toEqual(before);
  });

  it('deleting `job` does not delete `job2`', async () => {
    const world = new TrackerWorld(store);
    const [job, job2] = [await world.open({ useCase: 'job' }), await world.open({ useCase: 'job2' })];
    for (const tracker of [job, job2]) await tracker.create('a', 1);
    expect(await job.deleteAll()).toBe(1);
    expect(idsOf(await job2.list())).toEqual(['a']);
  });

  it('a limit is one for all statuses, and a status that is none is a clear error', async () => {
    const tracker = await new TrackerWorld(store).open({ backoff: false });
    await tracker.createMany(['a', 'b', 'c', 'd', 'e', 'f'].map((id) => [id, 1] as const));
    for (const id of ['a', 'b']) await tracker.run(id, () => undefined);
    for (const id of ['c', 'd']) await tracker.run(id, () => Promise.reject(new Error('no'))).catch(() => undefined);
    expect(await tracker.list({ status: ['succeeded', 'failed', 'pending'], order: 'oldest', limit: 2 })).toHaveLength(2);
    const wrong = Reflect.apply(tracker.list, tracker, [{ status: 'finished' }]);
    await expect(wrong).rejects.toThrow(
      'status must be pending, running, succeeded, failed, ignored, a code, or a list of these, got "finished"',
    );
  });

  it('a task that is in another step is told of as such', async () => {
    const world = new TrackerWorld(store);
    const [first, second] = [await world.open({ statuses: codes(10) }), await world.open({ statuses: codes(20), startsFrom: 16 })];
    await first.create('a', 1);
    await first.run('a', () => undefined);
    expect(await second.get('a')).toMatchObject({ status: 'succeeded', code: 16 });
    await second.run('a', () => undefined);
    expect(await first.get('a')).toMatchObject({ status: 'succeeded', code: 26 });
    await expect(first.run('a', () => expect.unreachable())).rejects.toMatchObject({ code: 'ERR_TASK_NOT_READY', place: '26-succeeded' });
  });

  it('of two who start a task at once one does, what succeeded is not run again, and errors do not replace each other', async () => {
    const world = new TrackerWorld(store);
    const [tracker, other] = [await world.open(), await world.open()];
    await tracker.create('a', 1);
    await failTimes(world, tracker, 'a', 2);
    const outcomes = await Promise.allSettled([tracker, other, tracker, other].map((one) => one.run('a', () => undefined)));
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    await expect(other.run('a', () => expect.unreachable())).rejects.toMatchObject({ code: 'ERR_TASK_SUCCEEDED' });
    expect((await other.get('a'))?.errors.map(({ message }) => message)).toEqual(['no 1', 'no 2']);
  });

  it('what was ignored comes back, failures wait, some are for good, attempts are not failures, and the next step knows its work', async () => {
    const world = new TrackerWorld(store);
    const [first, second] = [await world.open({ statuses: codes(10) }), await world.open({ statuses: codes(20), startsFrom: 16 })];
    await first.createMany([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    await first.run('a', () => Promise.reject(new PermanentError('never'))).catch(() => undefined);
    expect(await first.retry({ status: 'ignored' })).toBe(1);
    await first.run('b', () => Promise.reject(new Error('later'))).catch(() => undefined);
    await expect(first.run('b', () => expect.unreachable())).rejects.toMatchObject({ code: 'ERR_TASK_NOT_DUE' });
    await first.run('a', () => undefined);
    expect(await first.get('a')).toMatchObject({ attempts: 2, failures: 0, errors: [{ message: 'never' }] });
    expect(idsOf(await second.listUnfinished())).toEqual(['a']);
  });
});
