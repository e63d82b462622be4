import { copyFileSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/batches/batch.ts';
import { BatchDamagedError } from '../../src/batches/batch-damaged-error.ts';
import { BatchNotReadyError } from '../../src/batches/batch-errors.ts';
import type { Reduction } from '../../src/batches/reduce-work.ts';
import type { Attempt } from '../../src/tasks/attempt.ts';
import { PermanentError } from '../../src/errors.ts';
import { openBatch } from '../../src/batches/open-batch.ts';
import type { Store } from '../../src/stores/store.ts';
import { DamagedRecordError } from '../../src/stores/store-errors.ts';
import { BatchPlace } from '../support/batch-places.ts';
import { tasksBelow } from '../support/tasks-of-batch.ts';

/** A batch of so many parts, each its own number, and a hand that gets at its files. */
async function handled(
  total: number,
): Promise<{ place: BatchPlace; batch: Batch<number>; at: (status: string, part: number | string) => string }> {
  const place = new BatchPlace('file');
  const batch = await place.create(Array.from({ length: total }, (_, part) => part));
  const directory = place.store.url.slice('file:'.length);
  return { place, batch, at: (status, part) => join(tasksBelow(directory, 'load'), status, `${part}.json`) };
}

const gone = (partId: string): unknown => ({ partId, path: null, reason: 'its file is gone' });

describe('parts that can not be read, or are gone,', () => {
  it('are told of by name in the status, and by who asks what is pending', async () => {
    const { batch, at } = await handled(4);
    await batch.part(0, () => 'done');
    writeFileSync(at('pending', 1), 'torn');
    rmSync(at('pending', 3));
    expect((await batch.status()).damaged).toEqual([{ partId: '1', path: at('pending', 1), reason: expect.any(String) }, gone('3')]);
    expect(await batch.status()).toMatchObject({ state: 'running', remaining: 3 });
    expect(await batch.pendingParts()).toEqual(['1', '2', '3']);
  });

  it('keep nobody from working on all others, and end the work with an error that names them', async () => {
    const { place, batch, at } = await handled(4);
    writeFileSync(at('pending', 1), 'torn');
    rmSync(at('pending', 3));
    const error = await batch.work((part) => part, { reduce: () => expect.unreachable() }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BatchDamagedError);
    expect(error).toMatchObject({
      code: 'ERR_BATCH_DAMAGED',
      batchId: 'load',
      parts: [{ partId: '1' }, { partId: '3' }],
      report: { done: 2, failed: 0 },
    });
    expect(String(error)).toMatch(
      /^BatchDamagedError: Batch load can't be finished\. Part 1: \S+1\.json can't be read \(.*\); Part 3: its file is gone\. Put copies back, or make them anew .*dibs batch retry/,
    );
    await expect((await place.open()).work(() => 1)).rejects.toThrow(BatchDamagedError);
  });

  it('are an error of who is to work on them alone', async () => {
    const { batch, at } = await handled(2);
    writeFileSync(at('pending', 0), 'torn');
    rmSync(at('pending', 1));
    await expect(batch.part(0, () => 1)).rejects.toThrow(DamagedRecordError);
    await expect(batch.part(1, () => 1)).rejects.toThrow("Batch load can't be finished. Part 1: its file is gone.");
  });

  it('are made anew from the plan by a retry, and the batch is reduced once', async () => {
    const { place, batch, at } = await handled(5);
    await batch.part(0, () => 'a result');
    await batch.part(4, () => 'another');
    await expect(batch.part(2, () => Promise.reject(new PermanentError('no')))).rejects.toThrow('no');
    writeFileSync(at('pending', 1), 'torn');
    writeFileSync(at('ignored', 2), 'torn');
    for (const [status, part] of [['pending', 3], ['succeeded', 4]] as const) rmSync(at(status, part)); // prettier-ignore
    expect(await batch.retry()).toBe(4);
    expect(await batch.status()).toMatchObject({ damaged: [], parts: { pending: 4, succeeded: 1, ignored: 0 } });
    const seen: unknown[] = [];
    let reduced = 0;
    const work = (part: unknown): number => seen.push(part);
    await (await place.open()).work(work, { reduce: () => void (reduced += 1) });
    expect([new Set(seen), reduced]).toEqual([new Set([1, 2, 3, 4]), 1]);
    expect(await batch.retry()).toBe(0);
  });

  it('hold back a reduce also where the last of them had been counted down', async () => {
    const { batch, at } = await handled(2);
    await batch.part(1, async () => {
      await batch.part(0, () => 1);
      rmSync(at('succeeded', 0));
    });
    expect(await batch.status()).toMatchObject({ state: 'running', damaged: [gone('0')] });
    expect(await batch.retry()).toBe(1);
    await batch.part(0, () => 2);
    expect(await batch.reduce(async ({ total }) => total)).toBe(2);
  });

  it('are made anew by no retry where a sound one lies beside: what a hand put there goes', async () => {
    const { batch, at } = await handled(2);
    await batch.part(0, () => 'first');
    writeFileSync(at('failed', 0), 'torn');
    expect(await batch.retry()).toBe(0);
    await batch.part(1, () => 'second');
    writeFileSync(at('failed', 1), 'torn');
    expect(await batch.retry()).toBe(0);
    expect(readdirSync(join(at('failed', 0), '..'))).toEqual([]);
    expect(await batch.reduce(resultsOf)).toEqual(['first', 'second']);
  });

  it('are no more than those of the plan: what a hand copied under another name is counted by nobody', async () => {
    const { batch, at } = await handled(3);
    await batch.part(0, () => 1);
    for (const name of ['0 (copy)', 7]) copyFileSync(at('succeeded', 0), at('succeeded', name));
    await batch.part(1, () => 1);
    expect((await batch.status()).strays).toEqual([{ id: '7', status: 'succeeded' }]);
    expect(await batch.reduce(() => expect.unreachable()).catch((error: unknown) => error)).toBeInstanceOf(BatchNotReadyError);
    expect(await batch.status()).toMatchObject({ state: 'running', remaining: 1, parts: { pending: 1, succeeded: 2 } });
  });

  it.each([
    ['that waits', 'pending', 'copy'],
    ['that waits under a number that no part has', 'pending', 7],
    ['that failed', 'failed', 'copy'],
    ['that was given up', 'ignored', 'copy'],
  ])('are no more than those of the plan: a copy %s keeps nobody from the reduce, and is not run', async (_, status, name) => {
    const { batch, at } = await handled(2);
    copyFileSync(at('pending', 0), at(status, name));
    const ran: string[] = [];
    const work = (part: number, { id }: Attempt): number => (ran.push(id), part);
    expect(await batch.work(work, { reduce: resultsOf })).toMatchObject({ reduced: true, status: { state: 'done' } });
    expect([ran.toSorted(), await batch.reduced()]).toEqual([['0', '1'], [0, 1]]); // prettier-ignore
  });

  it.each(['ignored', 'failed', 'pending'])(
    'are done though a copy of one lies in %s: that keeps nobody from the reduce',
    async (status) => {
      const { batch, at } = await handled(2);
      const ran: string[] = [];
      await batch.part(0, () => 'first');
      await batch.part(1, () => {
        copyFileSync(at('succeeded', 0), at(status, 0));
        return 'second';
      });
      expect(await batch.part(0, () => ran.push('0'))).toBe('first');
      expect(await batch.retry()).toBe(0);
      expect([await batch.reduce(resultsOf), ran]).toEqual([['first', 'second'], []]); // prettier-ignore
      expect(await batch.status()).toMatchObject({ state: 'done', damaged: [] });
    },
  );

  it('are no more than those of the plan: a copy that failed is not put back to work', async () => {
    const { batch, at } = await handled(2);
    for (const status of ['failed', 'ignored']) for (const name of ['copy', 7]) copyFileSync(at('pending', 0), at(status, name));
    expect([await batch.retry(), readdirSync(dirname(at('pending', 0))).toSorted()]).toEqual([0, ['0.json', '1.json']]);
  });

  it('are told of where they lie if they are no files, also by the retry, which makes all others anew', async () => {
    const { batch, at } = await handled(3);
    for (const part of [0, 1]) rmSync(at('pending', part));
    mkdirSync(at('pending', 1));
    const damaged = { partId: '1', path: at('pending', 1), reason: 'it is no plain file: move it away' };
    expect((await batch.status()).damaged).toEqual([gone('0'), damaged]);
    await expect(batch.work(() => 1)).rejects.toMatchObject({ code: 'ERR_BATCH_DAMAGED', parts: [gone('0'), damaged] });
    await expect(batch.retry()).rejects.toMatchObject({ code: 'ERR_BATCH_DAMAGED', parts: [damaged] });
    expect((await batch.status()).damaged).toEqual([damaged]);
    rmdirSync(at('pending', 1));
    expect(await batch.retry()).toBe(1);
    expect(await batch.work(() => 1, { reduce: () => 2 })).toMatchObject({ status: { state: 'done' } });
  });

  it('are looked for by names alone while many are left, and each by who works', async () => {
    const { batch, at } = await handled(300);
    writeFileSync(at('pending', 7), 'torn');
    rmSync(at('pending', 8));
    expect((await batch.status()).damaged).toEqual([gone('8')]);
    await expect(batch.work(() => 1, { concurrency: 8 })).rejects.toMatchObject({ parts: [{ partId: '7' }, { partId: '8' }] });
    expect((await batch.status()).damaged).toHaveLength(2);
  });

  it('are none of a batch that is being made, or that is decided', async () => {
    const { place, batch, at } = await handled(1);
    rmSync(at('pending', 0));
    await batch.fail('given up');
    expect((await batch.status()).damaged).toEqual([]);
    const refuse = (): never => {
      throw new Error('the queue is full');
    };
    await expect(place.create([1, 2], { id: 'half', publish: refuse })).rejects.toThrow('full');
    expect((await (await place.open('half')).status()).damaged).toEqual([]);
  });
});

it('a part that a retry makes anew, and somebody ends at once, is counted as the last', async () => {
  const { place, batch, at } = await handled(2);
  rmSync(at('pending', 0));
  // Whoever is brought the part comes as soon as its id is free, and the retry sleeps then.
  const other = await place.open();
  const { store } = place;
  const sleepy: Store = {
    url: store.url,
    names: (area) => store.names(area),
    shelf: (area, name) => store.shelf(area, name),
    remove: (area, name) => store.remove(area, name),
    dispose: () => store.dispose(),
    async tasks(area, name, options) {
      const tasks = await store.tasks(area, name, options);
      const freeLostId = tasks.freeLostId.bind(tasks);
      return Object.assign(tasks, {
        async freeLostId(id: string) {
          const isFree = await freeLostId(id);
          await other.part(0, () => 'at once');
          return isFree;
        },
      });
    },
  };
  const retrying = await openBatch('load', { store: sleepy, clock: place.clock });
  await retrying.retry();
  let reduced = 0;
  await batch.part(1, () => 1, { reduce: () => void (reduced += 1) });
  expect([reduced, (await batch.status()).state]).toEqual([1, 'done']);
  await retrying.dispose();
});

describe('results that can not be read, or are gone,', () => {
  /** All parts have succeeded, and the first result is no more what it was. */
  async function spoilt(spoil: (path: string) => void = (path) => writeFileSync(path, '{"result":"edited"}')) {
    const made = await handled(3);
    await made.batch.work((part) => part * part);
    spoil(made.at('succeeded', 0));
    return made;
  }

  it('are told of by name, and hold back the reduce, which makes no attempt', async () => {
    const { place, batch, at } = await spoilt();
    const damaged = [{ partId: '0', path: at('succeeded', 0), reason: expect.any(String) }];
    for (let tries = 0; tries < 5; tries += 1)
      await expect(batch.work(() => 1, { reduce: resultsOf })).rejects.toMatchObject({ parts: damaged });
    await expect(batch.reduce(resultsOf)).rejects.toThrow(/^Batch load can't be finished\. Part 0: \S+succeeded\/0\.json can't be read/);
    await expect((await place.open()).part(1, () => 1, { reduce: resultsOf })).rejects.toThrow(BatchDamagedError);
    expect(await batch.status()).toMatchObject({ state: 'reducing', reduce: 'pending', damaged });
    expect(await batch.reduced()).toBeUndefined();
  });

  it.each([
    ['can not be read', undefined],
    ['are gone', (path: string) => rmSync(path)],
  ])('are found out anew after a retry where they %s, and no others', async (_, spoil) => {
    const { batch } = await spoilt(spoil);
    await expect(batch.work(() => 1, { reduce: resultsOf })).rejects.toThrow(BatchDamagedError);
    expect(await batch.retry()).toBe(1);
    expect(await batch.status()).toMatchObject({ state: 'running', remaining: 1, damaged: [], parts: { pending: 1, succeeded: 2 } });
    await expect(batch.reduce(resultsOf)).rejects.toThrow(BatchNotReadyError);
    const begun: number[] = [];
    const work = (part: number): string => `${begun.push(part)} anew`;
    expect(await batch.work(work, { reduce: resultsOf })).toMatchObject({ reduced: true, status: { state: 'done' } });
    expect([begun, await batch.reduced()]).toEqual([[0], ['1 anew', 1, 4]]);
    expect(await batch.retry()).toBe(0);
  });

  it('are all named, and nothing is made of the rest, even if the reduce makes do with that', async () => {
    const { batch, at } = await spoilt();
    rmSync(at('succeeded', 2));
    const careless = async (all: Reduction<number>): Promise<unknown> => resultsOf(all).catch(() => 'whatever there was');
    await expect(batch.reduce(careless)).rejects.toMatchObject({ parts: [{ partId: '0' }, { partId: '2' }] });
    await expect(batch.work(() => 1, { reduce: careless })).rejects.toThrow(BatchDamagedError);
    expect(await batch.retry()).toBe(2);
    let reduced = 0;
    const reduce = (): void => void (reduced += 1);
    await Promise.all([0, 2].map((part) => batch.part(part, () => 'anew', { reduce })));
    expect([reduced, (await batch.status()).state]).toEqual([1, 'done']);
  });

  it('keep any reduce from running before they are found out anew, also one that reads none', async () => {
    const { batch } = await spoilt();
    await batch.retry();
    const reduce = (): never => expect.unreachable();
    await expect(batch.reduce(reduce)).rejects.toThrow(BatchNotReadyError);
    const never = (): never => {
      throw new PermanentError('no more');
    };
    expect(await batch.work(never, { reduce })).toMatchObject({ reduced: false, status: { state: 'failed' } });
    expect(await batch.status()).toMatchObject({ reduce: 'pending', parts: { succeeded: 2, ignored: 1 } });
  });

  it('leave a failed batch if they can not be found out anew, which a retry puts back to work', async () => {
    const { batch } = await spoilt();
    await batch.retry();
    await expect(batch.part(0, () => Promise.reject(new PermanentError('no more')))).rejects.toThrow('no more');
    expect(await batch.status()).toMatchObject({ state: 'failed', reason: 'part 0 was given up: no more', reduce: 'pending' });
    expect(await batch.work(() => 1, { reduce: resultsOf })).toMatchObject({ reduced: false, status: { state: 'failed' } });
    expect(await batch.retry()).toBe(1);
    expect(await batch.work(() => 0, { reduce: resultsOf })).toMatchObject({ reduced: true, status: { state: 'done' } });
  });
});

describe('the plan', () => {
  it('whose parts are gone is told of by the name of the file, and what to do', async () => {
    const { place, batch, at } = await handled(2);
    const directory = join(at('pending', 0), '..', '..', '..');
    const parts = readdirSync(directory).find((name) => name.startsWith('parts-')) ?? '';
    rmSync(join(directory, parts, '000000.json'));
    rmSync(at('pending', 1));
    await expect(batch.retry()).rejects.toThrow(
      `${join(directory, parts, '000000.json')} can't be read: it is gone. Put a copy of it back, or delete the batch.`,
    );
    writeFileSync(join(directory, 'plan.json'), 'torn');
    await expect(place.open()).rejects.toThrow(/plan\.json can't be read: .* Put a copy of it back, or delete the batch\.$/);
  });
});

describe('the record of a reduce', () => {
  it.each([
    ['can not be read', (path: string) => writeFileSync(path, 'torn')],
    ['is gone', (path: string) => rmSync(path)],
  ])('that %s is told of, and made anew by a retry', async (_, spoil) => {
    const { batch, at } = await handled(2);
    await batch.work((part) => part);
    spoil(at('pending', 'reduce'));
    await expect(batch.work(() => 1, { reduce: resultsOf })).rejects.toThrow("Batch load can't be finished. The reduce: ");
    expect(await batch.retry()).toBe(1);
    expect(await batch.work(() => 1, { reduce: resultsOf })).toMatchObject({ reduced: true });
    expect(await batch.reduced()).toEqual([0, 1]);
  });

  it('that has succeeded is not made anew, though it can not be read: that is told to who asks for it', async () => {
    const { batch, at } = await handled(2);
    await batch.work((part) => part, { reduce: resultsOf });
    writeFileSync(at('succeeded', 'reduce'), 'torn');
    expect(await batch.retry()).toBe(0);
    expect(await batch.work(() => 1, { reduce: () => expect.unreachable() })).toMatchObject({ reduced: false, status: { state: 'done' } });
    await expect(batch.reduced()).rejects.toThrow(/succeeded\/reduce\.json can't be read/);
  });
});

async function resultsOf({ results }: Reduction): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { result } of results()) found.push(result);
  return found;
}
