import { describe, expect, it } from 'vitest';
import { ItemSettledError, PermanentError } from '../../src/errors.ts';
import { gate } from '../support/gate.ts';
import { hold, idsOf, STORES, TrackerWorld } from '../support/tracker-world.ts';

function numbered(count: number): [string, number][] {
  return Array.from({ length: count }, (_, n) => [String(n), n]);
}

describe.each(STORES)('whatever is due in %s', (store) => {
  it('is taken once by each who asks, until nothing is due', async () => {
    const world = new TrackerWorld(store);
    const trackers = [await world.open(), await world.open(), await world.open()];
    await trackers[0]?.createMany(numbered(30));
    const taken: string[] = [];
    await Promise.all(
      trackers.map(async (tracker) => {
        for (let item = await tracker.next(); item !== undefined; item = await tracker.next()) {
          taken.push(item.id);
          await item.done();
        }
      }),
    );
    expect(taken.toSorted((one, other) => Number(one) - Number(other))).toEqual(numbered(30).map(([id]) => id));
    expect(await trackers[1]?.counts()).toMatchObject({ succeeded: 30, pending: 0, running: 0 });
  });

  it('is found behind whatever is not due, however much that is', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open();
    const notBefore = new Date(world.clock.wall().getTime() + 3_600_000);
    await Promise.all(numbered(300).map(([id, n]) => tracker.create(`later-${id}`, n, { notBefore })));
    await tracker.create('z-now', 1);
    expect((await tracker.next())?.id).toBe('z-now');
    expect(await tracker.next()).toBeUndefined();
  });

  it('is found behind whatever others have, however much that is', async () => {
    const world = new TrackerWorld(store);
    const [tracker, other] = [await world.open({ backoff: false }), await world.open()];
    await tracker.createMany(numbered(300));
    for (let n = 0; n < 300; n += 1) await other.next();
    await tracker.create('a', 1);
    await tracker.run('a', () => Promise.reject(new Error('no'))).catch(() => undefined);
    expect((await tracker.next())?.id).toBe('a');
  });

  it('is not worked on with options that are none, and that is said of work', async () => {
    const tracker = await new TrackerWorld(store).open();
    const work = (options: object): unknown => Reflect.apply(tracker.work, tracker, [() => 1, options]);
    await expect(work({ concurrency: 0 })).rejects.toThrow('work: concurrency must be a whole number from 1, got 0.');
    await expect(work({ backoff: false })).rejects.toThrow('work has no option backoff (got false).');
  });

  it('is settled once', async () => {
    const tracker = await new TrackerWorld(store).open();
    await tracker.createMany(numbered(3));
    for (const [first, before] of [
      ['done', 'done'],
      ['fail', 'failed'],
      ['release', 'released'],
    ] as const) {
      const item = await tracker.next();
      await item?.[first](new PermanentError('no'));
      for (const second of ['done', 'fail', 'release'] as const) {
        const again = item?.[second](new Error('no'));
        await expect(again).rejects.toBeInstanceOf(ItemSettledError);
        await expect(again).rejects.toMatchObject({ operation: second, before });
      }
      if (first === 'release') expect(await tracker.get(item?.id ?? '')).toMatchObject({ status: 'pending', attempts: 0, failures: 0 });
    }
    expect(await tracker.counts()).toEqual({ pending: 1, running: 0, succeeded: 1, failed: 0, ignored: 1 });
  });

  it('is worked on, several at a time, until nothing is left; what failed is waited for', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open<number>({ backoff: { firstMs: 60_000, chance: () => 0.5 } });
    await tracker.createMany(numbered(12));
    let [running, most] = [0, 0];
    const full = gate();
    const working = tracker.work(
      async (attempt) => {
        running += 1;
        most = Math.max(most, running);
        if (running === 4) full.open();
        await full.opened;
        running -= 1;
        if (attempt.data === 3) throw new PermanentError('never');
        if (attempt.data === 5 && attempt.number < 3) throw new Error('not yet');
        attempt.data += 100;
      },
      { concurrency: 4 },
    );
    await full.opened;
    let report: Awaited<typeof working> | undefined;
    void working.then((ended) => (report = ended));
    // 30 s after the first failure, 60 s after the second.
    for (let second = 0; second < 200 && report === undefined; second += 1) await world.clock.advance(1_000);
    expect(report).toMatchObject({ taken: 14, done: 11, retried: 2, failed: 1, released: 0, lost: 0, interrupted: null });
    expect(report?.errors).toMatchObject([{ id: '3', error: { message: 'never' } }]);
    expect(most).toBe(4);
    expect(await tracker.get('5')).toMatchObject({ status: 'succeeded', data: 105, attempts: 3 });
  });

  it('is waited for while others have it, and taken when they died', async () => {
    const world = new TrackerWorld(store);
    const [victim, tracker] = [await world.open(), await world.open()];
    await victim.create('a', 1);
    await hold(victim, 'a');
    const done: string[] = [];
    const working = tracker.work((attempt) => void done.push(`${attempt.id} ${attempt.number}`));
    await world.clock.advance(5_000);
    expect(done).toEqual([]);
    await world.kill(victim);
    for (let second = 0; second < 40 && done.length === 0; second += 1) await world.clock.advance(1_000);
    expect(done).toEqual(['a 2']);
    expect(await working).toMatchObject({ done: 1 });
  });

  it('is worked on until it is told to drain, also what comes meanwhile', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open();
    const stop = new AbortController();
    const done: string[] = [];
    const working = tracker.work((attempt) => void done.push(attempt.id), { follow: true, signal: stop.signal, pollIntervalMs: 100 });
    for (const id of ['a', 'b']) {
      await tracker.create(id, 1);
      for (let looks = 0; looks < 20 && !done.includes(id); looks += 1) await world.clock.advance(100);
    }
    stop.abort();
    expect(await working).toMatchObject({ done: 2, interrupted: { how: 'drained' } });
    expect(done).toEqual(['a', 'b']);
  });

  it('is given back by work whose tracker is disposed of, and the work ends', async () => {
    const world = new TrackerWorld(store);
    const [tracker, other] = [await world.open(), await world.open()];
    await tracker.createMany(numbered(2));
    const started = gate();
    const aborted: unknown[] = [];
    const working = tracker.work(async ({ signal }) => {
      started.open();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      aborted.push(signal.reason);
    });
    await started.opened;
    await tracker.dispose();
    expect(await working).toMatchObject({ taken: 1, done: 0, lost: 1 });
    expect(aborted).toMatchObject([{ code: 'ERR_QUEUE_CLOSED' }]);
    expect(await other.counts()).toMatchObject({ pending: 2, running: 0 });
    expect(idsOf(await other.listUnfinished())).toEqual(['0', '1']);
  });

  it.each([
    [{ pollIntervalMs: 0 }, 'pollIntervalMs must be milliseconds, from 1'],
    [{ follow: 1 }, 'follow must be a boolean'],
    [{ concurrency: 0 }, 'concurrency must be a whole number'],
    [{ jobs: 2 }, 'no option jobs'],
  ])('is not worked on with %j', async (options, why) => {
    const tracker = await new TrackerWorld(store).open();
    await expect(Reflect.apply(tracker.work, tracker, [() => undefined, options])).rejects.toThrow(why);
    await expect(Reflect.apply(tracker.run, tracker, ['a', () => undefined, { startFrom: 1 }])).rejects.toThrow('no option startFrom');
  });
});

describe.each(STORES)('what killed its process too often, in %s,', (store) => {
  it('is given up by whoever would take it next, and told of in the report like others', async () => {
    const world = new TrackerWorld(store);
    const [doomed, tracker] = [await world.open({ maxAttempts: 1 }), await world.open({ maxAttempts: 1 })];
    await doomed.createMany(numbered(2));
    await hold(doomed, '0');
    await world.kill(doomed);
    await world.passLease(tracker);
    const report = await tracker.work(() => undefined);
    expect(report).toMatchObject({ taken: 2, done: 1, failed: 1, errors: [{ id: '0', attempt: 1 }] });
    expect(await tracker.counts()).toMatchObject({ succeeded: 1, ignored: 1 });
  });
});

describe('who waits for what others have', () => {
  it('looks often enough to tell within two leases that they are dead, however long it may wait', async () => {
    const world = new TrackerWorld('file:');
    const leaseMs = 500;
    const [doomed, tracker] = [await world.open({ leaseMs }), await world.open({ leaseMs, backoff: false })];
    await doomed.create('a', 1);
    await hold(doomed, 'a');
    // As another machine leaves it: nobody can say.
    const consumers = '/store/tasks/load/.dibs/consumers';
    for (const name of await world.disk.readdir(consumers)) await world.disk.unlink(`${consumers}/${name}`);
    const began = world.clock.monotonic();
    const working = tracker.work(() => undefined, { pollIntervalMs: 60_000 });
    let isOver = false;
    void working.finally(() => (isOver = true));
    while (!isOver && world.clock.monotonic() - began < 10 * leaseMs) await world.clock.advance(leaseMs / 10);
    expect(await working).toMatchObject({ done: 1 });
    expect(world.clock.monotonic() - began).toBeLessThanOrEqual(2 * leaseMs);
  });
});

describe('on a disk', () => {
  it('what can not be read keeps nobody from all others, and ends the work with an error that names it', async () => {
    const world = new TrackerWorld('file:');
    const tracker = await world.open({ backoff: false });
    await tracker.createMany(numbered(5));
    await tracker.run('4', () => undefined);
    for (const path of ['pending/1', 'succeeded/4']) {
      const file = await world.disk.open(`/store/tasks/load/${path}.json`, 'update');
      file.truncate(5);
      file.close();
    }
    const error = await tracker.work(() => undefined).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ERR_TASKS_DAMAGED', useCase: 'load', tasks: [{ id: '1' }], report: { done: 3, failed: 0 } });
    expect(String(error)).toMatch(/^TasksDamagedError: Tasks of load can't be worked on\. \S+pending\/1\.json can't be read \(/);
    expect(await tracker.counts()).toMatchObject({ pending: 1, succeeded: 4 });
    await tracker.delete('1');
    expect(await tracker.work(() => undefined)).toMatchObject({ done: 0 });
  });

  it('what can not be read is not told of by who was interrupted, or while somebody has it', async () => {
    const world = new TrackerWorld('file:');
    const [tracker, other] = [await world.open(), await world.open()];
    await tracker.createMany(numbered(2));
    const { end } = await hold(other, '0');
    const [name = ''] = await world.disk.readdir('/store/tasks/load/running');
    const file = await world.disk.open(`/store/tasks/load/running/${name}`, 'update');
    file.truncate(5);
    file.close();
    const stop = new AbortController();
    expect(await tracker.work(() => stop.abort(), { signal: stop.signal })).toMatchObject({ done: 1, interrupted: expect.anything() });
    expect(await tracker.work(() => undefined)).toMatchObject({ done: 0, interrupted: null });
    await end();
  });
});
