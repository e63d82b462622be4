import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BatchFailedError, BatchNotFoundError, BatchNotReadyError, PartNotFoundError } from '../../src/batches/batch-errors.ts';
import { ClaimLostError, PermanentError, QueueClosedError } from '../../src/errors.ts';
import { TaskIgnoredError, TaskLockedError, TaskSucceededError } from '../../src/tasks/task-errors.ts';
import { allOf, BatchPlace, PLACES } from '../support/batch-places.ts';
import { gate } from '../support/gate.ts';
import { tasksBelow, tasksOf } from '../support/tasks-of-batch.ts';

class SourceGoneError extends Error {}
class SourceMovedError extends SourceGoneError {}

const failing = (error: unknown) => (): never => {
  throw error;
};

describe.each(PLACES)('parts of a batch in a %s store', (kind) => {
  it('WB-21 WB-18 are pending until they have succeeded or were given up', async () => {
    const batch = await new BatchPlace(kind).create(['a', 'b', 'c', 'd']);
    expect(await batch.pendingParts()).toEqual(['0', '1', '2', '3']);
    await batch.part('1', (part) => `${part}!`);
    await expect(batch.part(2, failing(new PermanentError('never')))).rejects.toThrow('never');
    await expect(batch.part(3, failing(new Error('not yet')))).rejects.toThrow('not yet');
    expect(await batch.pendingParts()).toEqual(['0', '3']);
    expect(await Promise.all(['0', '1', 2, 3].map((part) => batch.isPartDone(part)))).toEqual([false, true, false, false]);
  });

  it('WB-18 can be asked for in a batch that is done', async () => {
    const batch = await new BatchPlace(kind).create([1]);
    await batch.work(() => 1, { reduce: () => 1 });
    expect(await batch.isPartDone(0)).toBe(true);
    expect(await batch.pendingParts()).toEqual([]);
  });

  it.each(['3', '-1', '1.5', '01', 'reduce', '', '1e0', '9999999999'])('that are none, like %j, are an error', async (part) => {
    const batch = await new BatchPlace(kind).create([1, 2, 3]);
    await expect(batch.part(part, () => 1)).rejects.toThrow(PartNotFoundError);
    await expect(batch.isPartDone(part)).rejects.toThrow('Its parts are 0 to 2.');
    expect((await batch.status()).remaining).toBe(3);
  });

  it('are not there in a batch of none', async () => {
    const batch = await new BatchPlace(kind).create([]);
    await expect(batch.part(0, () => 1)).rejects.toThrow('It has none at all.');
  });

  it('WB-12 that come again give their result, and neither they nor the reduce run again', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([5]);
    let [worked, reduced] = [0, 0];
    const bring = async (): Promise<unknown> =>
      (await place.open()).part(0, (part) => ((worked += 1), Number(part) * 2), { reduce: () => void (reduced += 1) });
    expect([await bring(), await bring(), await bring()]).toEqual([10, 10, 10]);
    expect([worked, reduced]).toEqual([1, 1]);
    expect((await batch.status()).state).toBe('done');
  });

  it('WB-13 that fail throw what they threw, alone, and are tried as often as they may', async () => {
    const batch = await new BatchPlace(kind).create([1, 2], { maxAttempts: 3 });
    const error = new Error('try again');
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect((await batch.status()).state).toBe('running');
      await expect(batch.part(0, failing(error), { failBatchOn: [SourceGoneError] })).rejects.toBe(error);
    }
    await expect(batch.part(0, () => 1)).rejects.toThrow(TaskIgnoredError);
    expect((await batch.status()).parts).toMatchObject({ ignored: 1, pending: 1 });
  });

  it('that are had by somebody are refused, which fails nothing', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([1]);
    await batch.part(0, async () => {
      await expect((await place.open()).part(0, () => 1, { failBatchOn: [Error] })).rejects.toThrow(TaskLockedError);
    });
    expect((await batch.status()).state).toBe('reducing');
  });

  it('that fail are started at once when somebody brings them, and when they are due else', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([1]);
    await expect(batch.part(0, failing(new Error('once')))).rejects.toThrow('once');
    const begun = place.clock.monotonic();
    const attempts: number[] = [];
    await expect(batch.part(0, failing(new Error('twice')))).rejects.toThrow('twice');
    expect(place.clock.monotonic()).toBe(begun);
    await batch.work((_, attempt) => attempts.push(attempt.number));
    expect(attempts).toEqual([3]);
  });

  it('keep what a checkpoint wrote down', async () => {
    const batch = await new BatchPlace(kind).create(['file']);
    await expect(
      batch.part(0, async (part, attempt) => {
        attempt.data = { part, result: 'half' };
        await attempt.checkpoint();
        throw new Error('stopped');
      }),
    ).rejects.toThrow('stopped');
    expect(await batch.part(0, (part, attempt) => [part, attempt.data.result])).toEqual(['file', 'half']);
  });

  it('WB-32 are an error as damaged, and harm no other', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create(['a', 'b']);
    await batch.part(0, async () => {
      await batch.delete();
    }).catch((error: unknown) => expect(error).toBeInstanceOf(BatchNotFoundError)); // prettier-ignore
    await expect(batch.part(1, () => 1)).rejects.toThrow(BatchNotFoundError);
  });
});

it('parts of which it is not known whether who has them lives are waited for until it is', async () => {
  const place = new BatchPlace('file');
  const [one, other] = [await place.create([1, 2]), await place.open()];
  const [begun, woken] = [gate(), gate()];
  const sleeping = one.part(0, async () => {
    begun.open();
    await woken.opened;
  });
  await begun.opened;
  // As a power cut, or another machine, leaves it: nobody can say.
  const consumers = join(tasksBelow(place.store.url.slice('file:'.length), 'load'), '.dibs', 'consumers');
  for (const name of readdirSync(consumers)) rmSync(join(consumers, name));
  expect(await other.part(0, () => 'by another')).toBe('by another');
  woken.open();
  await expect(sleeping).rejects.toThrow(ClaimLostError);
  expect(await (await place.open()).part(0, () => expect.unreachable())).toBe('by another');
});

describe.each(PLACES)('a batch in a %s store that fails', (kind) => {
  it('WB-14 WB-16 does so with the own text of an error that it was to fail on, of a subclass too', async () => {
    const batch = await new BatchPlace(kind).create([1, 2]);
    const error = new SourceMovedError('the bucket was moved');
    await expect(batch.part(0, failing(error), { failBatchOn: [RangeError, SourceGoneError] })).rejects.toBe(error);
    expect(await batch.status()).toMatchObject({ state: 'failed', reason: 'the bucket was moved', reduce: null });
  });

  it('WB-15 runs no part any more, nor a reduce', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([1, 2, 3]);
    await batch.part(0, () => 1);
    expect(await batch.fail('spoilt')).toBe(true);
    let ran = 0;
    const run = (): void => void (ran += 1);
    const other = await place.open();
    for (const one of [batch, other]) {
      for (const part of [0, 1, 2]) await expect(one.part(part, run, { reduce: run })).rejects.toThrow(BatchFailedError);
      await expect(one.work(run, { reduce: run })).rejects.toThrow('Batch load has failed: spoilt.');
      await expect(one.reduce(run)).rejects.toThrow(BatchFailedError);
      await expect(one.retry()).rejects.toThrow(BatchFailedError);
    }
    expect(ran).toBe(0);
    expect((await batch.status()).parts, 'and no attempt is counted').toEqual({
      pending: 2,
      running: 0,
      succeeded: 1,
      failed: 0,
      ignored: 0,
    });
  });

  it('WB-15 never reduces, though its last parts succeed', async () => {
    const batch = await new BatchPlace(kind).create([1, 2]);
    await batch.part(0, async () => {
      await batch.part(1, () => 1);
      await batch.fail('too late for this part');
    });
    expect(await batch.status()).toMatchObject({ state: 'failed', remaining: 0, reduce: null, reason: 'too late for this part' });
    await expect(batch.reduce(() => 1)).rejects.toThrow(BatchFailedError);
  });

  it('WB-18 tells of all parts that did not succeed, that which was given up among them', async () => {
    const batch = await new BatchPlace(kind).create([1, 2, 3]);
    await batch.part(0, () => 1);
    await expect(batch.part(1, failing(new PermanentError('never')))).rejects.toThrow('never');
    expect(await batch.pendingParts()).toEqual(['2']);
    await batch.fail('the source was wrong');
    expect(await batch.pendingParts()).toEqual(['1', '2']);
  });

  it('WB-16 keeps its first reason', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([1]);
    const said = await Promise.all(['one', 'two', 'one'].map(async (reason) => (await place.open()).fail(reason)));
    expect(said.filter(Boolean)).toHaveLength(1);
    const { reason } = await batch.status();
    expect(await batch.fail('three')).toBe(false);
    expect((await batch.status()).reason).toBe(reason);
  });

  it('can not fail any more once all its parts have succeeded', async () => {
    const batch = await new BatchPlace(kind).create([1]);
    await batch.part(0, () => 1);
    expect(await batch.fail('late')).toBe(false);
    expect((await batch.status()).state).toBe('reducing');
  });

  it('does so when the last part is settled, if one was given up', async () => {
    const batch = await new BatchPlace(kind).create([1, 2, 3], { maxAttempts: 1 });
    await expect(batch.part(1, failing(new Error('no such day')))).rejects.toThrow('no such day');
    await batch.part(0, () => 1);
    expect((await batch.status()).state).toBe('running');
    await batch.part(2, () => 1);
    expect(await batch.status()).toMatchObject({ state: 'failed', reason: 'part 1 was given up: no such day', remaining: 1 });
    await expect(batch.reduce(() => 1)).rejects.toThrow(BatchFailedError);
  });

  it('ends all work on it at once, here and elsewhere, and counts no attempt of what was not begun', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create(Array.from({ length: 50 }));
    let begun = 0;
    const work = (): void => {
      if ((begun += 1) === 5) throw new SourceGoneError('gone');
    };
    const reports = await Promise.all([batch, await place.open()].map((one) => one.work(work, { failBatchOn: [SourceGoneError] })));
    for (const { status, reduced } of reports) expect([status?.state, status?.reason, reduced]).toEqual(['failed', 'gone', false]);
    // Two at once: what the other had in hands then it may end.
    expect(begun).toBeLessThan(8);
    expect((await batch.status()).parts).toMatchObject({ running: 0, pending: 50 - begun });
  });

  it('is not failed by who lost the part', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([1]);
    const late = await place.open();
    let isTaken = false;
    const work = async (): Promise<void> => {
      if (isTaken) return;
      isTaken = true;
      const disposed = late.dispose();
      await disposed;
      throw new SourceGoneError('said too late');
    };
    await expect(late.part(0, work, { failBatchOn: [SourceGoneError] })).rejects.toThrow();
    await batch.part(0, work);
    expect((await batch.status()).state).toBe('reducing');
  });
});

describe.each(PLACES)('the reduce of a batch in a %s store', (kind) => {
  it('WB-09 WB-10 comes after the last part, once, with all results in order', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create(Array.from({ length: 70 }, (_, index) => index), { metadata: { run: 3 } }); // prettier-ignore
    await expect(batch.reduce(() => 1)).rejects.toThrow(BatchNotReadyError);
    let reduced = 0;
    const { parts, reduced: here } = await batch.work((part) => part * part, {
      concurrency: 8,
      async reduce({ batchId, metadata, total, results }) {
        reduced += 1;
        const squares: unknown[] = [];
        for await (const { partId, part, result } of results()) squares.push([partId, part, result]);
        expect(squares).toEqual(Array.from({ length: 70 }, (_, index) => [String(index), index, index * index]));
        return { batchId, metadata, total };
      },
    });
    expect([parts.done, here, reduced]).toEqual([70, true, 1]);
    expect(await batch.reduced()).toEqual({ batchId: 'load', metadata: { run: 3 }, total: 70 });
    await expect(batch.reduce(() => 1)).rejects.toThrow(TaskSucceededError);
    expect((await batch.work(() => 1, { reduce: () => void (reduced += 1) })).reduced).toBe(false);
    expect(reduced).toBe(1);
  });

  it('WB-08 is one, of all who end the last parts at once', async () => {
    const place = new BatchPlace(kind);
    await place.create(Array.from({ length: 12 }));
    let reduced = 0;
    const reduce = (): void => void (reduced += 1);
    const workers = await Promise.all(Array.from({ length: 12 }, () => place.open()));
    await Promise.all(workers.map((worker, part) => worker.part(part, () => part, { reduce })));
    expect(reduced, 'how often it was reduced').toBe(1);
    expect((await workers[0]?.status())?.state).toBe('done');
  });

  it('WB-11 is the one that was brought, where parts are brought by hand', async () => {
    const batch = await new BatchPlace(kind).create([1, 2]);
    const reduced: string[] = [];
    await batch.part(0, () => 1, { reduce: () => reduced.push('too early') });
    await batch.part(1, () => 1);
    expect((await batch.status()).state, 'nobody brought one').toBe('reducing');
    await batch.reduce(() => reduced.push('by hand'));
    expect(reduced).toEqual(['by hand']);
  });

  it('of no parts runs at once', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([]);
    const { reduced, parts } = await batch.work(() => 1, { reduce: ({ total }) => `of ${total}` });
    expect([reduced, parts.taken, await batch.reduced()]).toEqual([true, 0, 'of 0']);
    const other = await place.create([], { id: 'other' });
    expect(await other.reduce(async ({ results }) => (await allOf(results())).length)).toBe(0);
  });

  it('is tried again like a part, by who works, until it is given up', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([1], { maxAttempts: 3 });
    const attempts: number[] = [];
    const { reduced, status } = await batch.work(() => 1, {
      reduce: (_, { number }) => {
        attempts.push(number);
        if (number < 3) throw new Error('the warehouse is closed');
      },
    });
    expect([attempts, reduced, status?.state]).toEqual([[1, 2, 3], true, 'done']);
  });

  it('that was given up leaves a failed batch, whose parts stay, and can be retried', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([1, 2], { maxAttempts: 2 });
    const { reduced, status } = await batch.work(() => 'kept', { reduce: failing(new Error('the warehouse is closed')) });
    expect([reduced, status?.state, status?.reason]).toEqual([false, 'failed', 'its reduce was given up: the warehouse is closed']);
    await expect(batch.reduce(() => 1)).rejects.toThrow(TaskIgnoredError);
    expect(await batch.part(1, () => 'again'), 'its parts have succeeded').toBe('kept');
    expect(await batch.retry()).toBe(1);
    expect((await batch.status()).state).toBe('reducing');
    expect(await batch.reduce(async ({ results }) => (await allOf(results())).map(({ result }) => result))).toEqual(['kept', 'kept']);
  });

  it('is waited for by who works elsewhere', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([1]);
    const other = await place.open();
    let end: () => void = () => {};
    const held = new Promise<void>((resolve) => (end = resolve));
    const [mine, theirs] = [batch.work(() => 1, { reduce: () => held }), other.work(() => 1, { reduce: () => held })];
    for (let turns = 0; turns < 200; turns += 1) await new Promise<void>((resolve) => setImmediate(resolve));
    expect((await batch.status()).reduce).toBe('running');
    end();
    const reports = await Promise.all([mine, theirs]);
    expect(reports.filter(({ reduced }) => reduced)).toHaveLength(1);
    for (const { status } of reports) expect(status?.state).toBe('done');
  });

  it('that ends with its signal is nobody’s attempt', async () => {
    const batch = await new BatchPlace(kind).create([], { maxAttempts: 1 });
    const stop = new AbortController();
    const work = (): never => {
      stop.abort();
      throw new Error('told to end');
    };
    await expect(batch.reduce(work, { signal: stop.signal })).rejects.toThrow('told to end');
    expect((await batch.status()).reduce).toBe('pending');
  });
});

describe.each(PLACES)('a batch in a %s store', (kind) => {
  it('takes nothing for a class of errors, or for work, that is none, and counts no attempt of it', async () => {
    const batch = await new BatchPlace(kind).create([1]);
    const calls = [
      [
        'part',
        [0, () => 1, { failBatchOn: RangeError }],
        'part: failBatchOn must be a list of classes of errors, got function RangeError.',
      ],
      ['part', [0, () => 1, { failBatchOn: [5] }], 'part: failBatchOn must be a list of classes of errors, got [5].'],
      ['part', [0, () => 1, { failBatchOn: ['RangeError'] }], 'failBatchOn must be'],
      ['part', [0, () => 1, { failJobOn: [RangeError] }], 'part has no option failJobOn'],
      ['part', [0, () => 1, { reduce: 'sum' }], 'part: reduce must be a function'],
      ['part', [0, 'load'], 'part takes a function, got "load".'],
      ['work', [], 'work takes a function, got undefined.'],
      ['work', [() => 1, { failBatchOn: [(): void => undefined] }], 'work: failBatchOn must be'],
      ['work', [() => 1, { reduce: 5 }], 'work: reduce must be a function'],
      ['work', [() => 1, { follow: true }], 'work has no option follow'],
      ['work', [() => 1, { concurrency: 0 }], 'work: concurrency must be'],
      ['work', [() => 1, null], 'work takes an options object, got null'],
      ['reduce', [() => 1, 5], 'reduce takes an options object, got 5'],
      ['announce', ['queue'], 'announce takes a function'],
      ['fail', [''], 'fail takes the reason as text, got "".'],
      ['fail', [5], 'fail takes the reason as text, got 5.'],
    ] as const;
    for (const [name, given, why] of calls) await expect(Reflect.apply(batch[name], batch, [...given]), why).rejects.toThrow(why);
    expect(await batch.status()).toMatchObject({ state: 'running', parts: { pending: 1 } });
    expect(await batch.part(0, (part) => part)).toBe(1);
  });

  it('does nothing any more once it is disposed of', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([1]);
    await batch.dispose();
    const calls = [
      () => batch.part(0, () => 1),
      () => batch.work(() => 1),
      () => batch.fail('late'),
      () => batch.retry(),
      () => batch.announce(),
      () => batch.delete(),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(QueueClosedError);
    expect(await (await place.open()).status()).toMatchObject({ state: 'running', parts: { pending: 1 } });
  });
});

describe.each(PLACES)('a batch in a %s store that is to go when it is done', (kind) => {
  it.each([true, false])('WB-26 deleteWhenDone: %s', async (deleteWhenDone) => {
    const place = new BatchPlace(kind);
    const batch = await place.create([1], { deleteWhenDone });
    const { status, reduced } = await batch.work(() => 1, { reduce: () => 1 });
    expect([status?.state, reduced]).toEqual(['done', true]);
    expect(await place.store.names('batches')).toEqual(deleteWhenDone ? [] : ['load']);
  });

  it('WB-26 does so after a part that was brought by hand, and after a reduce', async () => {
    const place = new BatchPlace(kind);
    const reduced: string[] = [];
    await (await place.create([1], { deleteWhenDone: true })).part(0, () => 1, { reduce: ({ batchId }) => reduced.push(batchId) });
    const other = await place.create([], { id: 'other', deleteWhenDone: true });
    expect(await other.reduce(({ batchId }) => batchId)).toBe('other');
    expect([reduced, await place.store.names('batches')]).toEqual([['load'], []]);
  });

  it('WB-26 stays while its reduce was given up', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([1], { deleteWhenDone: true, maxAttempts: 1 });
    expect((await batch.work(() => 1, { reduce: failing(new Error('no')) })).status?.state).toBe('failed');
    expect(await place.store.names('batches')).toEqual(['load']);
  });

  it('WB-26 ends the work of all others too, and fails none of it', async () => {
    const place = new BatchPlace(kind);
    const workers = [await place.create(Array.from({ length: 9 }), { deleteWhenDone: true }), await place.open(), await place.open()];
    let reduced = 0;
    const reports = await Promise.all(workers.map((one) => one.work(() => 1, { reduce: () => void (reduced += 1) })));
    expect(reduced).toBe(1);
    expect(reports.filter((report) => report.reduced)).toHaveLength(1);
    for (const { status } of reports) expect(status === null || status.state === 'done').toBe(true);
    expect(await place.store.names('batches')).toEqual([]);
  });

  it('WB-26 is removed by who finds it done, if who has done it was stopped before', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([1], { deleteWhenDone: true });
    // As after the end of the reduce's task.
    await batch.part(0, () => 1);
    const tasks = await tasksOf(place.store, 'load');
    const seen = await tasks.read('reduce');
    const claim = seen?.kind === 'task' ? await tasks.claim(seen, 'running') : undefined;
    if (seen?.kind !== 'task' || claim === undefined) throw new Error('there is a reduce');
    await tasks.settle(claim, 'succeeded', seen.fields);
    expect((await batch.work(() => 1)).status?.state).toBe('done');
    expect(await place.store.names('batches')).toEqual([]);
  });

  it('that somebody deletes while others work ends their work with an error', async () => {
    const place = new BatchPlace(kind);
    const [batch, other] = [await place.create(Array.from({ length: 20 })), await place.open()];
    let begun = 0;
    const work = async (): Promise<void> => {
      if ((begun += 1) === 3) await other.delete();
    };
    await expect(batch.work(work)).rejects.toThrow(BatchNotFoundError);
    expect(begun).toBe(3);
    expect(await place.store.names('batches')).toEqual([]);
  });
});
