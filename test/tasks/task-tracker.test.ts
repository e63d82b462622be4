import { describe, expect, it } from 'vitest';
import { PermanentError, QueueClosedError } from '../../src/errors.ts';
import {
  TaskIgnoredError,
  TaskLockedError,
  TaskNotDueError,
  TaskNotFoundError,
  TaskNotReadyError,
  TaskRefusedError,
  TaskSucceededError,
} from '../../src/tasks/task-errors.ts';
import type { Attempt } from '../../src/tasks/attempt.ts';
import { TaskTracker } from '../../src/tasks/task-tracker.ts';
import { gate } from '../support/gate.ts';
import { failTimes, FIRST_WAIT_MS, hold, idsOf, STORES, TrackerWorld } from '../support/tracker-world.ts';

interface Load {
  rows: number;
  file?: string;
}

const FIRST = { pending: 10, running: 12, failed: 14, succeeded: 16, ignored: 18 };
const SECOND = { pending: 20, running: 22, failed: 24, succeeded: 26, ignored: 28 };

describe.each(STORES)('a task that is started in %s', (store) => {
  it('TRK-10 is running, and held in the store', async () => {
    const world = new TrackerWorld(store);
    const [tracker, other] = [await world.open<Load>(), await world.open<Load>()];
    await tracker.create('a', { rows: 1 });
    const { end } = await hold(tracker, 'a');
    expect(await other.get('a')).toMatchObject({ status: 'running', attempts: 1, failures: 0, data: { rows: 1 } });
    expect((await tracker.get('a'))?.holder).toMatchObject({ standing: 'alive' });
    expect(await other.counts()).toEqual({ pending: 0, running: 1, succeeded: 0, failed: 0, ignored: 0 });
    await end();
  });

  it('TRK-11 succeeds: free, no failure any more, its data in hand and in the store', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open<Load>();
    await tracker.create('a', { rows: 1 });
    await failTimes(world, tracker, 'a', 1);
    let inHand: Load | undefined;
    const gave = await tracker.run('a', (attempt) => {
      attempt.data = { rows: 2 };
      attempt.data.file = 'a.tsv';
      inHand = attempt.data;
      return 'what it gives';
    });
    expect(gave).toBe('what it gives');
    expect(inHand).toEqual({ rows: 2, file: 'a.tsv' });
    const task = await tracker.get('a');
    expect(task).toMatchObject({ status: 'succeeded', attempts: 2, failures: 0, data: { rows: 2, file: 'a.tsv' } });
    expect(task?.holder).toBeUndefined();
    expect(task?.notBefore).toBeUndefined();
  });

  it('TRK-12 has another update time with each end, and one time of creation', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open<Load>();
    await tracker.create('a', { rows: 1 });
    const times = [await tracker.get('a')];
    await world.clock.advance(1_000);
    await failTimes(world, tracker, 'a', 1);
    times.push(await tracker.get('a'));
    await tracker.run('a', () => undefined);
    times.push(await tracker.get('a'));
    const updated = times.map((task) => task?.updatedAt ?? '');
    expect(updated).toEqual(updated.toSorted());
    expect(new Set(updated).size).toBe(3);
    expect(new Set(times.map((task) => task?.createdAt)).size).toBe(1);
  });

  it('TRK-13 TRK-14 is refused once it succeeded, and told so', async () => {
    const tracker = await new TrackerWorld(store).open();
    await tracker.create('a', 1);
    await tracker.run('a', () => undefined);
    const before = await tracker.get('a');
    const again = tracker.run('a', () => expect.unreachable());
    await expect(again).rejects.toBeInstanceOf(TaskRefusedError);
    await expect(again).rejects.toBeInstanceOf(TaskSucceededError);
    await expect(again).rejects.toMatchObject({ code: 'ERR_TASK_SUCCEEDED', useCase: 'load', taskId: 'a' });
    await expect(again).rejects.toThrow('it succeeded before');
    expect(await tracker.get('a')).toEqual(before);
  });

  it('TRK-15 is refused by a second step before the first has succeeded', async () => {
    const world = new TrackerWorld(store);
    const first = await world.open({ statuses: FIRST });
    const second = await world.open({ statuses: SECOND, startsFrom: 16 });
    await first.create('a', 1);
    await expect(second.run('a', () => expect.unreachable())).rejects.toBeInstanceOf(TaskNotReadyError);
    await first.run('a', () => Promise.reject(new PermanentError('no'))).catch(() => undefined);
    await expect(second.run('a', () => expect.unreachable())).rejects.toMatchObject({ code: 'ERR_TASK_NOT_READY', place: '18-ignored' });
    expect(await first.get('a')).toMatchObject({ status: 'ignored', code: 18, attempts: 1 });
  });

  it.each([
    ['configuration', 16, undefined],
    ['configuration of several', [16, 14], undefined],
    ['call', undefined, 16],
    ['call for several', undefined, [14, 16]],
  ])('TRK-16 is started by a second step from the first’s success, by %s', async (_how, configured, called) => {
    const world = new TrackerWorld(store);
    const first = await world.open<number[]>({ statuses: FIRST });
    const second = await world.open<number[]>({ statuses: SECOND, ...(configured !== undefined && { startsFrom: configured }) });
    await first.create('a', []);
    await first.run('a', (attempt) => void attempt.data.push(1));
    const running = second.run(
      'a',
      async (attempt) => {
        attempt.data.push(2);
        expect(await first.get('a')).toMatchObject({ status: 'running', code: 22 });
      },
      called === undefined ? {} : { startsFrom: called },
    );
    await running;
    expect(await second.get('a')).toMatchObject({ status: 'succeeded', code: 26, data: [1, 2], attempts: 2 });
    await expect(first.run('a', () => expect.unreachable())).rejects.toBeInstanceOf(TaskNotReadyError);
    await expect(second.run('a', () => expect.unreachable(), { startsFrom: 26 })).rejects.toBeInstanceOf(TaskSucceededError);
  });

  it('TRK-17 TRK-18 TRK-19 fails with its caller’s own error: its data is what it was, and the error is kept', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open<Load>();
    await tracker.create('a', { rows: 1 });
    const thrown = new TypeError('the file is empty', { cause: new RangeError('0 bytes') });
    let attempted: { data: Load } | undefined;
    const running = tracker.run('a', (attempt) => {
      attempted = attempt;
      attempt.data.rows = 2;
      throw thrown;
    });
    await expect(running).rejects.toBe(thrown);
    expect(attempted?.data).toEqual({ rows: 1 });
    const at = world.clock.wall();
    const task = await tracker.get('a');
    expect(task).toMatchObject({ status: 'failed', data: { rows: 1 }, attempts: 1, failures: 1 });
    expect(task?.errors).toMatchObject([
      {
        name: 'TypeError',
        message: 'the file is empty',
        attempt: 1,
        at: at.toISOString(),
        cause: { name: 'RangeError', message: '0 bytes' },
      },
    ]);
    expect(task?.errors[0]?.stack).toContain('task-tracker.test');
    expect(task?.lastError).toEqual(task?.errors[0]);
    expect(task?.notBefore).toBe(new Date(at.getTime() + FIRST_WAIT_MS).toISOString());
  });

  it('TRK-18 drops data that was set anew too', async () => {
    const tracker = await new TrackerWorld(store).open<Load>();
    await tracker.create('a', { rows: 1 });
    await tracker
      .run('a', (attempt) => {
        attempt.data = { rows: 3 };
        throw new Error('no');
      })
      .catch(() => undefined);
    expect(await tracker.get('a')).toMatchObject({ data: { rows: 1 } });
  });

  it('TRK-20 TRK-24 keeps the errors of failures that a success ended the row of', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open({ maxAttempts: 3 });
    await tracker.create('a', 1);
    await failTimes(world, tracker, 'a', 2);
    await tracker.run('a', () => undefined);
    expect(await tracker.get('a')).toMatchObject({
      status: 'succeeded',
      attempts: 3,
      failures: 0,
      errors: [
        { message: 'no 1', attempt: 1 },
        { message: 'no 2', attempt: 2 },
      ],
      lastError: { message: 'no 2' },
    });
    await tracker.reopen('a');
    await failTimes(world, tracker, 'a', 2);
    expect(await tracker.get('a')).toMatchObject({ status: 'failed', attempts: 5, failures: 2 });
  });

  it('TRK-21 TRK-22 is refused while it is held, and that changes nothing', async () => {
    const world = new TrackerWorld(store);
    const [tracker, other] = [await world.open(), await world.open()];
    await tracker.create('a', 1);
    await failTimes(world, tracker, 'a', 1);
    const { end } = await hold(tracker, 'a');
    const before = await tracker.get('a');
    for (const one of [tracker, other]) {
      const second = one.run('a', () => expect.unreachable());
      await expect(second).rejects.toBeInstanceOf(TaskLockedError);
      await expect(second).rejects.toMatchObject({ code: 'ERR_TASK_LOCKED', holder: before?.holder?.consumer });
    }
    expect(await tracker.get('a')).toEqual(before);
    await end();
    expect(await other.get('a')).toMatchObject({ status: 'succeeded', attempts: 2 });
  });

  it('TRK-23 TRK-25 is ignored after the third failure, with three errors, and refused from then on', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open();
    await tracker.create('a', 1);
    await failTimes(world, tracker, 'a', 3);
    const task = await tracker.get('a');
    expect(task).toMatchObject({ status: 'ignored', attempts: 3, failures: 3 });
    expect(task?.errors.map(({ message }) => message)).toEqual(['no 1', 'no 2', 'no 3']);
    const again = tracker.run('a', () => expect.unreachable());
    await expect(again).rejects.toBeInstanceOf(TaskIgnoredError);
    await expect(again).rejects.toMatchObject({ code: 'ERR_TASK_IGNORED' });
    expect(await tracker.get('a')).toEqual(task);
    expect(await tracker.next()).toBeUndefined();
  });

  it('TRK-26 is refused if it was never created', async () => {
    const tracker = await new TrackerWorld(store).open();
    const running = tracker.run('a', () => expect.unreachable());
    await expect(running).rejects.toBeInstanceOf(TaskNotFoundError);
    await expect(running).rejects.toThrow('Create it first');
    expect(await tracker.list()).toEqual([]);
  });

  it('TRK-27 has its data back when a staged change of it throws', async () => {
    const tracker = await new TrackerWorld(store).open<Load>();
    await tracker.create('a', { rows: 1 });
    await tracker.run('a', async (attempt) => {
      const changing = attempt.update((draft) => {
        draft.rows = 9;
        throw new Error('half way');
      });
      await expect(changing).rejects.toThrow('half way');
      expect(attempt.data).toEqual({ rows: 1 });
    });
    expect(await tracker.get('a')).toMatchObject({ status: 'succeeded', data: { rows: 1 } });
  });

  it('TRK-28 has a staged change as a whole, once it is made', async () => {
    const tracker = await new TrackerWorld(store).open<Load>();
    await tracker.create('a', { rows: 1 });
    await tracker.run('a', async (attempt) => {
      await attempt.update((draft) => {
        draft.rows = 2;
        draft.file = 'a.tsv';
        expect(attempt.data, 'not before its end').toEqual({ rows: 1 });
      });
      expect(attempt.data).toEqual({ rows: 2, file: 'a.tsv' });
      await attempt.update((draft) => ({ rows: draft.rows + 1 }));
    });
    expect(await tracker.get('a')).toMatchObject({ data: { rows: 3 } });
  });

  it('waits longer after each failure, and is not due before', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open({ maxAttempts: 9, backoff: { firstMs: 100, factor: 10, maxMs: 5_000, chance: () => 0.5 } });
    await tracker.create('a', 1);
    for (const waitMs of [50, 500, 2_500, 2_500]) {
      await tracker.run('a', () => Promise.reject(new Error('no'))).catch(() => undefined);
      await world.clock.advance(waitMs - 1);
      const early = tracker.run('a', () => expect.unreachable());
      await expect(early).rejects.toBeInstanceOf(TaskNotDueError);
      expect(await tracker.next()).toBeUndefined();
      await world.clock.advance(1);
    }
    await tracker.run('a', () => undefined);
    expect(await tracker.get('a')).toMatchObject({ status: 'succeeded', attempts: 5 });
  });

  it('is due at once where no backoff is wanted', async () => {
    const tracker = await new TrackerWorld(store).open({ backoff: false });
    await tracker.create('a', 1);
    await tracker.run('a', () => Promise.reject(new Error('no'))).catch(() => undefined);
    await tracker.run('a', () => undefined);
  });

  it('is given up at once by an error that says that trying again does not help', async () => {
    const tracker = await new TrackerWorld(store).open();
    await tracker.create('a', 1);
    const running = tracker.run('a', () => Promise.reject(new PermanentError('no such account')));
    await expect(running).rejects.toThrow('no such account');
    expect(await tracker.get('a')).toMatchObject({ status: 'ignored', attempts: 1, lastError: { message: 'no such account' } });
  });

  it('is as it was before when it is told to end', async () => {
    const tracker = await new TrackerWorld(store).open<Load>();
    await tracker.create('a', { rows: 1 });
    const before = await tracker.get('a');
    const stop = new AbortController();
    const running = tracker.run(
      'a',
      (attempt) => {
        attempt.data.rows = 2;
        stop.abort(new Error('told to'));
        stop.signal.throwIfAborted();
      },
      { signal: stop.signal },
    );
    await expect(running).rejects.toThrow('told to');
    expect(await tracker.get('a')).toEqual(before);
  });
});

describe.each(STORES)('use cases in %s', (store) => {
  it('never see each other’s tasks, whatever they are called', async () => {
    const world = new TrackerWorld(store);
    const names = ['job', 'job2', 'JOB', 'job ', 'job____1', 'job/1', 'job%2F1'];
    const trackers = await Promise.all(names.map((useCase) => world.open({ useCase })));
    for (const tracker of trackers)
      await tracker.createMany([
        [tracker.useCase, 1],
        ['same', tracker.useCase],
      ]);
    await trackers[0]?.run('same', () => undefined);
    for (const tracker of trackers) {
      expect(idsOf(await tracker.list({ order: 'id' }))).toEqual([tracker.useCase, 'same'].toSorted());
      expect(await tracker.get('same')).toMatchObject({ data: tracker.useCase, status: tracker === trackers[0] ? 'succeeded' : 'pending' });
    }
  });

  it('TRK-34 are counted and deleted each for itself', async () => {
    const world = new TrackerWorld(store);
    const [job, job2] = [await world.open({ useCase: 'job' }), await world.open({ useCase: 'job2' })];
    for (const tracker of [job, job2])
      await tracker.createMany([
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ]);
    await job.run('a', () => undefined);
    expect(await job.counts()).toEqual({ pending: 2, running: 0, succeeded: 1, failed: 0, ignored: 0 });
    expect(await job.deleteAll()).toBe(3);
    expect(await job.list()).toEqual([]);
    expect(await job.counts()).toMatchObject({ pending: 0, succeeded: 0 });
    expect(await job2.counts()).toMatchObject({ pending: 3 });
  });

  it('are as good as new once all of one is deleted', async () => {
    const world = new TrackerWorld(store);
    const [tracker, other] = [await world.open(), await world.open()];
    for (let time = 0; time < 2; time += 1) {
      await tracker.create('a', time);
      const { end } = await hold(tracker, 'a');
      expect(await other.deleteAll()).toBe(1);
      await expect(end()).rejects.toMatchObject({ code: 'ERR_CLAIM_LOST' });
      expect(await tracker.get('a')).toBeUndefined();
    }
    expect(await tracker.create('a', 'new')).toBe(true);
    await tracker.run('a', () => undefined);
    expect(await other.get('a')).toMatchObject({ status: 'succeeded', data: 'new' });
  });
});

describe.each(STORES)('a tracker in %s', (store) => {
  it.each<[string, (attempt: Attempt<number>) => Promise<unknown>]>([
    ['checkpoint', (attempt) => attempt.checkpoint()],
    ['progress', (attempt) => attempt.progress(0.5)],
    ['output', (attempt) => attempt.output('/out/file')],
  ])('says that it is disposed of to who asks for %s after that, and it was no attempt', async (_, ask) => {
    const world = new TrackerWorld(store);
    const [tracker, other] = [await world.open<number>(), await world.open<number>()];
    await tracker.create('a', 1);
    const isHeld = gate();
    const goOn = gate();
    const running = tracker.run('a', async (attempt) => {
      isHeld.open();
      await goOn.opened;
      await ask(attempt);
    });
    const outcome = expect(running).rejects.toBeInstanceOf(QueueClosedError);
    await isHeld.opened;
    await tracker.dispose();
    goOn.open();
    await outcome;
    expect(await other.get('a')).toMatchObject({ status: 'pending', attempts: 0 });
  });

  it('gives back what it runs when it is disposed of, and starts nothing any more', async () => {
    const world = new TrackerWorld(store);
    const [tracker, other] = [await world.open(), await world.open()];
    await tracker.createMany([
      ['a', 1],
      ['b', 2],
    ]);
    const before = await tracker.list();
    const { attempt, end } = await hold(tracker, 'a');
    const item = await tracker.next();
    await tracker.dispose();
    await tracker.dispose();
    expect(attempt.signal.aborted).toBe(true);
    expect(item?.signal.reason).toBeInstanceOf(QueueClosedError);
    expect(await other.list()).toEqual(before);
    await expect(end()).rejects.toBeInstanceOf(QueueClosedError);
    await expect(item?.done()).rejects.toBeInstanceOf(QueueClosedError);
    for (const call of [
      () => tracker.run('a', () => undefined),
      () => tracker.next(),
      () => tracker.work(() => undefined),
      () => tracker.create('new', 1),
      () => tracker.createMany([['new', 1]]),
      () => tracker.retry(),
      () => tracker.reopen('a'),
      () => tracker.delete('a'),
      () => tracker.deleteAll(),
    ])
      await expect(call()).rejects.toBeInstanceOf(QueueClosedError);
    expect(await other.list()).toEqual(before);
  });

  it.each([null, undefined, 5, {}, { tasks: 1 }])('is opened in no store like %j', async (nowhere) => {
    const opening = Reflect.apply(TaskTracker.open, TaskTracker, [nowhere, { useCase: 'load' }]);
    await expect(opening).rejects.toThrow('TaskTracker.open takes the address of a store, as file:./load is, or a store, got ');
  });

  it('runs nothing that is no function, and that is no attempt', async () => {
    const tracker = await new TrackerWorld(store).open();
    await tracker.create('a', 1);
    for (const work of [undefined, 'load', {}]) {
      await expect(Reflect.apply(tracker.run, tracker, ['a', work])).rejects.toThrow(/^run takes a function, got /);
      await expect(Reflect.apply(tracker.work, tracker, [work])).rejects.toThrow(/^work takes a function, got /);
    }
    expect(await tracker.get('a')).toMatchObject({ status: 'pending', attempts: 0 });
  });

  it.each([
    [{ useCase: undefined }, 'useCase must be a name'],
    [{ maxAttempts: 0 }, 'maxAttempts must be a whole number from 1'],
    [{ leaseMs: 5 }, 'leaseMs must be milliseconds'],
    [{ backoff: { firstMs: -1 } }, 'firstMs must be milliseconds'],
    [{ backoff: { first: 1 } }, 'no option first'],
    [{ startsFrom: 'loaded' }, 'startsFrom must be a code'],
    [{ schema: {} }, 'schema must be a Standard Schema'],
    [{ retries: 3 }, 'no option retries'],
  ])('is refused with %j', async (options, why) => {
    const world = new TrackerWorld(store);
    await expect(Reflect.apply(world.open, world, [options])).rejects.toThrow(why);
  });
});
