import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Batch } from '../../src/batches/batch.ts';
import { BatchExistsError, BatchNotFoundError } from '../../src/batches/batch-errors.ts';
import type { PartMessage } from '../../src/batches/batch-options.ts';
import { makePlan } from '../../src/batches/make-plan.ts';
import { createBatch, deleteBatch, openBatch } from '../../src/batches/open-batch.ts';
import type { PartResult } from '../../src/batches/part-results.ts';
import type { Reduction } from '../../src/batches/reduce-work.ts';
import { UnserialisableValueError } from '../../src/errors.ts';
import { StoreUrlError } from '../../src/stores/store-errors.ts';
import { TaskIdError } from '../../src/tasks/task-errors.ts';
import { BatchPlace, PLACES } from '../support/batch-places.ts';

const FACTS = { metadata: null, createdAt: '', maxAttempts: 3, deleteWhenDone: false, publishes: false };

describe.each(PLACES)('a batch that is made in a %s store', (kind) => {
  it('WB-01 has the id that it was given, or one that nobody has', async () => {
    const place = new BatchPlace(kind);
    expect((await place.create([1])).id).toBe('load');
    const made = [await place.createUnnamed([1]), await place.createUnnamed([1])].map(({ id }) => id);
    expect(new Set([...made, 'load', 'undefined', '']).size).toBe(5);
  });

  it('WB-02 is told of part by part, with ids and metadata', async () => {
    const place = new BatchPlace(kind);
    const told: PartMessage[] = [];
    await place.create([{ day: 'mon' }, 'tue', null], { metadata: { run: 7 }, publish: (message) => void told.push(message) });
    expect(told).toEqual([
      { batchId: 'load', partId: '0', part: { day: 'mon' }, metadata: { run: 7 } },
      { batchId: 'load', partId: '1', part: 'tue', metadata: { run: 7 } },
      { batchId: 'load', partId: '2', part: null, metadata: { run: 7 } },
    ]);
  });

  it('WB-02 can be worked on, part by part, as soon as that is told of', async () => {
    const place = new BatchPlace(kind);
    const done: unknown[] = [];
    await place.create([3, 4], {
      publish: async ({ batchId, partId, part }) => void done.push(await (await place.open(batchId)).part(partId, () => part)),
    });
    expect(new Set(done)).toEqual(new Set([3, 4]));
    expect((await (await place.open()).status()).state).toBe('reducing');
  });

  it('WB-34 tells of no more than 64 parts at once, in their order', async () => {
    const place = new BatchPlace(kind);
    const begun: string[] = [];
    let [running, most] = [0, 0];
    await place.create(Array.from({ length: 150 }), {
      async publish({ partId }) {
        begun.push(partId);
        most = Math.max(most, (running += 1));
        await new Promise<void>((resolve) => setImmediate(resolve));
        running -= 1;
      },
    });
    expect(most).toBe(64);
    expect(begun).toEqual(Array.from({ length: 150 }, (_, index) => String(index)));
  });

  it('takes parts as they come, and writes them as JSON does', async () => {
    const place = new BatchPlace(kind);
    async function* parts(): AsyncGenerator<unknown> {
      yield { at: new Date(0), gone: undefined };
      yield undefined;
    }
    const batch = await place.create(parts());
    expect(await batch.part(0, (part) => part)).toEqual({ at: '1970-01-01T00:00:00.000Z' });
    expect(await batch.part(1, (part) => part)).toBeNull();
  });

  it('is given again to who makes the same one, its metadata as they were', async () => {
    const place = new BatchPlace(kind);
    await (await place.create([1, 2], { metadata: 'first' })).part(0, () => 'done');
    const again = await place.create([1, 2], { metadata: 'second' });
    expect(again.metadata).toBe('first');
    expect(await again.pendingParts()).toEqual(['1']);
  });

  it('is one, of many who make the same one at once', async () => {
    const place = new BatchPlace(kind);
    const batches = await Promise.all(Array.from({ length: 6 }, () => place.create([1, 2, 3])));
    let reduced = 0;
    await Promise.all(batches.map((batch) => batch.work(() => 1, { reduce: () => void (reduced += 1) })));
    expect(reduced).toBe(1);
    const names = await place.store.shelf('batches', 'load').names();
    expect(
      names.filter((name) => name.startsWith('parts-')),
      'of the others nothing is left',
    ).toHaveLength(1);
  });

  it('is refused to who makes another one of that id, and not changed', async () => {
    const place = new BatchPlace(kind);
    await place.create([1, 2]);
    await expect(place.create([1, 3])).rejects.toThrow(BatchExistsError);
    await expect(place.create([1])).rejects.toThrow('There is a batch load already, of other parts.');
    expect(await (await place.open()).part(1, (part) => part)).toBe(2);
    expect((await place.store.shelf('batches', 'load').names()).filter((name) => name.startsWith('parts-'))).toHaveLength(1);
  });

  it('is not made of what JSON has no word for, nor of parts that fail to come', async () => {
    const place = new BatchPlace(kind);
    await expect(place.create([1, 2n])).rejects.toThrow(UnserialisableValueError);
    await expect(place.create([1], { metadata: 1n })).rejects.toThrow(UnserialisableValueError);
    async function* broken(): AsyncGenerator<number> {
      for (let part = 0; part < 1_500; part += 1) yield part;
      throw new Error('the source has gone');
    }
    await expect(place.create(broken())).rejects.toThrow('the source has gone');
    await expect(place.open()).rejects.toThrow(BatchNotFoundError);
    expect(await place.store.shelf('batches', 'load').names()).toEqual([]);
  });

  it('takes nothing over from one whose maker died before it was one', async () => {
    const place = new BatchPlace(kind);
    const shelf = place.store.shelf('batches', 'load');
    await expect(makePlan({ ...bound(shelf), create: (name, fields) => (name === 'plan' ? dies() : shelf.create(name, fields)) }, [7, 8, 9], FACTS)).rejects.toThrow('dies'); // prettier-ignore
    await expect(place.open()).rejects.toThrow(BatchNotFoundError);
    const batch = await place.create([1]);
    expect(await batch.part(0, (part) => part)).toBe(1);
    expect((await shelf.names()).filter((name) => name.startsWith('parts-'))).toHaveLength(1);
  });

  it('WB-25 is removed with all that is in it, and its id is free', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([1, 2], { metadata: 'old' });
    await batch.part(0, () => 'old');
    await batch.fail('spoilt');
    expect(await batch.delete()).toBe(true);
    expect(await batch.delete()).toBe(false);
    expect(await place.store.names('batches')).toEqual([]);
    const next = await place.create([3], { metadata: 'new' });
    expect(await next.status()).toMatchObject({ state: 'running', total: 1, remaining: 1, metadata: 'new' });
    expect(await batch.delete(), 'the old one removes nothing of the new one').toBe(false);
    expect(await next.part(0, (part) => part)).toBe(3);
  });

  it('WB-25 is removed by its id, what is no batch yet too', async () => {
    const place = new BatchPlace(kind);
    const { store } = place;
    await store.shelf('batches', 'load').create('parts-of-nobody', {});
    expect(await deleteBatch('load', { store })).toBe(true);
    expect(await deleteBatch('load', { store })).toBe(false);
    expect(await store.names('batches')).toEqual([]);
  });

  it('is not found before it is made', async () => {
    const place = new BatchPlace(kind);
    await expect(place.open('nothing')).rejects.toThrow(BatchNotFoundError);
    await expect(place.open('')).rejects.toThrow(BatchNotFoundError);
    expect(await place.store.names('batches'), 'and looking makes none').toEqual([]);
  });
});

describe.each(PLACES)('a reduce that a batch in a %s store is made with', (kind) => {
  const sum = async ({ results }: Reduction<unknown, number>): Promise<number> => {
    let all = 0;
    for await (const { result } of results()) all += result;
    return all;
  };

  it('is run by its work, its parts and its reduce, unless they are given another', async () => {
    const place = new BatchPlace(kind);
    const made = async (id: string) => createBatch([3, 4], { store: place.store, clock: place.clock, id, reduce: sum }); // prettier-ignore
    const [worked, parted, reduced, other] = [await made('w'), await made('p'), await made('r'), await made('o')];
    expect(await worked.work((side) => side * side)).toMatchObject({ reduced: true, status: { state: 'done' } });
    for (const part of [0, 1]) await parted.part(part, (side) => side * side);
    for (const part of [0, 1]) await (await place.open('r')).part(part, (side) => side);
    expect(await reduced.reduce()).toBe(7);
    await other.work(() => 1, { reduce: () => 'another' });
    expect([await worked.reduced(), await parted.reduced(), await other.reduced()]).toEqual([25, 25, 'another']);
    for (const batch of [worked, parted, reduced, other]) await batch.dispose();
  });

  it('is brought by who opens it too, and by nobody if none is given', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([1]);
    await batch.work(() => 5);
    await expect(batch.reduce()).rejects.toThrow('reduce takes a function, or createBatch and openBatch do, got undefined.');
    const opened = await openBatch<number, number>('load', { store: place.store, clock: place.clock, reduce: sum });
    expect(await opened.work(() => 1)).toMatchObject({ parts: { done: 0 }, reduced: true });
    expect(await batch.reduced()).toBe(5);
    await opened.dispose();
  });

  it('is run at once if there are no parts, once', async () => {
    const place = new BatchPlace(kind);
    let ran = 0;
    const reduce = (): string => `nothing, ${(ran += 1)}`;
    const batch = await place.create([], { reduce });
    expect(await batch.status()).toMatchObject({ state: 'done', reduce: 'succeeded' });
    expect(await batch.reduced()).toBe('nothing, 1');
    expect(await (await place.create([], { reduce })).reduced()).toBe('nothing, 1');
  });

  it('is an attempt like any other where it fails at once: the batch is there, and a repeat tries again', async () => {
    const place = new BatchPlace(kind);
    let ran = 0;
    const reduce = (): string => {
      if ((ran += 1) === 1) throw new Error('no room yet');
      return 'done';
    };
    await expect(place.create([], { reduce })).rejects.toThrow('no room yet');
    expect(await (await place.open()).status()).toMatchObject({ state: 'reducing', reduce: 'failed' });
    expect(await (await place.create([], { reduce })).status()).toMatchObject({ state: 'done' });
    await expect(place.create([], { id: 'never', maxAttempts: 1, reduce: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
    expect(await (await place.create([], { id: 'never', reduce })).status(), 'given up').toMatchObject({ state: 'failed' });
  });

  it('goes with a batch of no parts that is to go when it is done', async () => {
    const place = new BatchPlace(kind);
    let ran = 0;
    await place.create([], { deleteWhenDone: true, reduce: () => void (ran += 1) });
    expect([ran, await place.store.names('batches')]).toEqual([1, []]);
  });
});

it('knows the types of parts and results from end to end', async () => {
  const place = new BatchPlace('memory');
  const { store, clock } = place;
  const typed = await createBatch<string, number>(['a'], { store, clock, reduce: ({ results }) => expectTypeOf(results).returns.toExtend<AsyncGenerator<PartResult<string, number>>>() }); // prettier-ignore
  expectTypeOf(typed).toEqualTypeOf<Batch<string, number>>();
  const told = await createBatch(['a'], { store, clock, reduce: (all: Reduction<string, Date>) => all.total });
  expectTypeOf(told).toEqualTypeOf<Batch<string, Date>>();
  const plain = await createBatch(['a'], { store, clock, reduce: (all) => expectTypeOf(all).toEqualTypeOf<Reduction<string>>() });
  expectTypeOf(plain).toEqualTypeOf<Batch<string>>();
  for (const batch of [typed, told, plain]) await batch.dispose();
});

it.each([
  [{ store: 5 }, TypeError],
  [{ store: {} }, TypeError],
  [{}, TypeError],
  [{ store: 'ftp://etl/load' }, StoreUrlError],
  [{ store: './load' }, StoreUrlError],
  [{ store: 'memory:', id: '' }, TaskIdError],
  [{ store: 'memory:', maxAttempts: 0 }, TypeError],
  [{ store: 'memory:', leaseMs: '30s' }, TypeError],
  [{ store: 'memory:', publish: 'queue' }, TypeError],
  [{ store: 'memory:', reduce: 'sum' }, TypeError],
  [{ store: 'memory:', workers: 25 }, TypeError],
])('WB-03 %j is refused, and nothing is sent', async (options, error) => {
  let sent = 0;
  const given = { publish: () => void (sent += 1), ...options };
  await expect(Reflect.apply(createBatch, undefined, [[1], given])).rejects.toThrow(error);
  expect(sent).toBe(0);
});

it('WB-03 opens nothing for who names no store', async () => {
  for (const parts of [5, null, undefined, 'abc'])
    await expect(Reflect.apply(createBatch, undefined, [parts, { store: 'memory:' }])).rejects.toThrow(
      /^createBatch takes parts in an array/,
    );
  await expect(Reflect.apply(openBatch, undefined, ['load', { store: null }])).rejects.toThrow(TypeError);
  await expect(Reflect.apply(openBatch, undefined, ['load', {}])).rejects.toThrow('openBatch: store must be the address of a store');
});

function bound(shelf: ReturnType<BatchPlace['store']['shelf']>): typeof shelf {
  return {
    where: (name) => shelf.where(name),
    create: (name, fields) => shelf.create(name, fields),
    read: (name) => shelf.read(name),
    // Who is dead removes nothing.
    names: async () => [],
    remove: (name) => shelf.remove(name),
    removeIf: (name, isMeant) => shelf.removeIf(name, isMeant),
    countdown: (name) => shelf.countdown(name),
  };
}

function dies(): never {
  throw new Error('dies');
}
