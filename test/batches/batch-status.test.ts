import { describe, expect, it } from 'vitest';
import { BatchNotFoundError } from '../../src/batches/batch-errors.ts';
import { PermanentError } from '../../src/errors.ts';
import { BatchPlace, PLACES } from '../support/batch-places.ts';
import { bySize } from '../support/sample.ts';

describe.each(PLACES)('the status of a batch in a %s store', (kind) => {
  it('WB-04 WB-17 WB-20 says of a fresh one that all of it is left', async () => {
    const batch = await new BatchPlace(kind).create([1, 2, 3], { metadata: { from: 'etl', runs: [1] } });
    expect(await batch.status()).toEqual({
      id: 'load',
      state: 'running',
      total: 3,
      remaining: 3,
      progress: 0,
      parts: { pending: 3, running: 0, succeeded: 0, failed: 0, ignored: 0 },
      damaged: [],
      strays: [],
      running: [],
      reduce: null,
      metadata: { from: 'etl', runs: [1] },
      createdAt: '2020-01-01T00:00:00.000Z',
    });
  });

  it('WB-06 WB-07 WB-20 counts what is done, and tells of the reduce once there is one', async () => {
    const batch = await new BatchPlace(kind).create([1, 2, 3, 4]);
    await batch.part(2, () => 'done');
    expect(await batch.status()).toMatchObject({ state: 'running', remaining: 3, progress: 0.25, reduce: null });
    for (const part of ['0', '1', '3']) await batch.part(part, () => 'done');
    expect(await batch.status()).toMatchObject({ state: 'reducing', remaining: 0, progress: 1, reduce: 'pending' });
    await batch.reduce(async () => {
      expect(await batch.status()).toMatchObject({ state: 'reducing', remaining: 0, progress: 1, reduce: 'running' });
    });
    expect(await batch.status()).toMatchObject({ state: 'done', remaining: 0, progress: 1, reduce: 'succeeded' });
    expect((await batch.status()).parts).toEqual({ pending: 0, running: 0, succeeded: 4, failed: 0, ignored: 0 });
  });

  it('WB-19 is short of 1 as long as one of many is left', async () => {
    const many = bySize({ quick: 100, slow: 1_000, deep: 1_000 });
    const batch = await new BatchPlace(kind).create(Array.from({ length: many }));
    const stop = new AbortController();
    let begun = 0;
    const work = (): void => void ((begun += 1) === many - 1 && stop.abort());
    expect((await batch.work(work, { signal: stop.signal })).parts.done).toBe(many - 1);
    expect(await batch.status()).toMatchObject({ progress: 1 - 1 / many, remaining: 1, state: 'running' });
  });

  it('tells parts that run, failed and were given up from each other, and they add up', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([0, 1, 2, 3, 4]);
    const fail = (error: Error) => (): never => {
      throw error;
    };
    await expect(batch.part(1, fail(new Error('once')))).rejects.toThrow('once');
    await expect(batch.part(2, fail(new PermanentError('never')))).rejects.toThrow('never');
    await batch.part(3, async () => {
      await batch.part(4, () => 'done');
      expect((await (await place.open()).status()).parts).toEqual({ pending: 1, running: 1, succeeded: 1, failed: 1, ignored: 1 });
    });
    expect(await batch.status()).toMatchObject({ state: 'running', remaining: 3, progress: 0.4 });
  });

  it('says why it failed: what was said, or which part was given up, or why the reduce was', async () => {
    const place = new BatchPlace(kind);
    const [told, given, unreduced] = [await place.create([1], { id: 'told' }), await place.create([1, 2], { id: 'given' }), await place.create([1], { id: 'unreduced' })]; // prettier-ignore
    await told.fail('the source was withdrawn');
    const refuse = (): never => {
      throw new PermanentError('no such day');
    };
    await expect(given.part(0, refuse)).rejects.toThrow('no such day');
    await given.part(1, () => 1);
    await unreduced.part(0, () => 1);
    await expect(unreduced.reduce(refuse)).rejects.toThrow('no such day');
    const seen = [await told.status(), await given.status(), await unreduced.status()];
    expect(seen.map(({ state, reason, reduce }) => [state, reason, reduce])).toEqual([
      ['failed', 'the source was withdrawn', null],
      ['failed', 'part 0 was given up: no such day', null],
      ['failed', 'its reduce was given up: no such day', 'ignored'],
    ]);
  });

  it('WB-05 WB-22 is an error once it was deleted, as all that is asked of it', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([1, 2]);
    await batch.part(0, () => 1);
    await (await place.open()).delete();
    const gone = new BatchNotFoundError('load', place.store.url).message;
    const asked = [
      () => batch.status(),
      () => batch.pendingParts(),
      () => batch.isPartDone(0),
      () => batch.reduced(),
      () => batch.announce(),
      () => batch.part(1, () => 1),
      () => batch.work(() => 1),
      () => batch.reduce(() => 1),
      () => batch.fail('late'),
      () => batch.retry(),
    ];
    for (const ask of asked) await expect(ask(), String(ask)).rejects.toThrow(gone);
    expect((await place.create([1, 2])).id, 'and it says nothing of the next').toBe('load');
    expect(await (await place.open()).status()).toMatchObject({ state: 'running', remaining: 2 });
  });

  it('says of no parts that all are done', async () => {
    const batch = await new BatchPlace(kind).create([]);
    expect(await batch.status()).toMatchObject({ state: 'reducing', total: 0, remaining: 0, progress: 1, reduce: 'pending' });
  });

  it('says that a batch is being announced until all were told of, also to who finds it so', async () => {
    const place = new BatchPlace(kind);
    const publish = (): never => {
      throw new Error('the queue is full');
    };
    await expect(place.create([1, 2], { publish })).rejects.toThrow('the queue is full');
    const batch = await place.open();
    expect((await batch.status()).state).toBe('announcing');
    const told: string[] = [];
    expect(await batch.announce(({ partId }) => told.push(partId))).toBe(2);
    expect(told).toEqual(['0', '1']);
    expect((await batch.status()).state).toBe('running');
  });
});
