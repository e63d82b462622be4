import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/batches/batch.ts';
import { BatchDamagedError } from '../../src/batches/batch-damaged-error.ts';
import { PermanentError } from '../../src/errors.ts';
import { DamagedRecordError } from '../../src/stores/store-errors.ts';
import { BatchPlace } from '../support/batch-places.ts';

/** A batch of so many parts, each its own number, and a hand that gets at its files. */
async function handled(total: number): Promise<{ place: BatchPlace; batch: Batch<number>; at: (status: string, part: number) => string }> {
  const place = new BatchPlace('file');
  const batch = await place.create(Array.from({ length: total }, (_, part) => part));
  const directory = place.store.url.slice('file:'.length);
  return { place, batch, at: (status, part) => join(directory, 'batches', 'load', status, `${part}.json`) };
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
      /^BatchDamagedError: Batch load can't be finished\. Part 1: \S+1\.json can't be read \(.*\); Part 3: its file is gone\. Make them anew .*dibs batch retry/,
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

  it('are left as they are where they hold a result: its reduce tells of it', async () => {
    const { batch, at } = await handled(2);
    await batch.part(0, () => 'dear');
    writeFileSync(at('succeeded', 0), '{"result":"edited"}');
    expect(await batch.retry()).toBe(0);
    await batch.part(1, () => 1);
    const reading = batch.reduce(async ({ results }) => {
      for await (const _ of results());
    });
    await expect(reading).rejects.toThrow(/succeeded\/0\.json can't be read/);
    expect(readdirSync(join(at('succeeded', 0), '..'))).toContain('0.json');
  });

  it('are made anew by no retry once it is decided, nor where a sound one lies beside', async () => {
    const { batch, at } = await handled(2);
    await batch.part(0, () => 'first');
    writeFileSync(at('failed', 0), 'torn');
    expect(await batch.retry()).toBe(0);
    await batch.part(1, () => 'second');
    writeFileSync(at('failed', 1), 'torn');
    expect(await batch.retry()).toBe(0);
    rmSync(at('failed', 1));
    const results = batch.reduce(async (all) => {
      const found: unknown[] = [];
      for await (const { result } of all.results()) found.push(result);
      return found;
    });
    expect(await results).toEqual(['first', 'second']);
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
