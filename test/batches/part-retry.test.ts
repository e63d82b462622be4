import { describe, expect, it } from 'vitest';
import { BatchFailedError } from '../../src/batches/batch-errors.ts';
import { createBatch, openBatch } from '../../src/batches/open-batch.ts';
import { PermanentError } from '../../src/errors.ts';
import { MemoryStore } from '../../src/stores/memory-store.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { BatchPlace, PLACES } from '../support/batch-places.ts';
import { gate } from '../support/gate.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';

const never = (): never => {
  throw new PermanentError('no such day');
};
const notYet = (): never => {
  throw new Error('not yet');
};

it('a batch is decided by who opens it, if a killed retry is all that it waited for', async () => {
  const disk = memoryDisk();
  const place = { store: 'file:/state', clock: hastyClock() } as const;
  const one = await createBatch([0, 1], { ...place, fileSystem: disk, id: 'load', maxAttempts: 1 });
  await expect(one.part(0, notYet)).rejects.toThrow('not yet');
  const reached = gate();
  const killed = mortal({
    ...disk,
    rename(from, to) {
      if (!to.endsWith('.settling')) return disk.rename(from, to);
      reached.open();
      return new Promise(() => undefined);
    },
  });
  void (await openBatch('load', { ...place, fileSystem: killed })).retry();
  await reached.opened;
  await one.part(1, () => 1);
  expect((await one.status()).state).toBe('running');
  await (await openBatch('load', { ...place, fileSystem: disk })).dispose();
  expect(await one.status()).toMatchObject({ state: 'failed', reason: 'part 0 was given up: not yet' });
  await one.dispose();
});

it('a batch is decided by its last part, whenever a retry is disposed of and somebody looks', async () => {
  const states = new Set<string>();
  for (let before = 0; before < 3; before += 1) {
    for (let between = 0; between < 40; between += 1) {
      const place = { store: new MemoryStore('memory:'), clock: hastyClock() };
      const one = await createBatch([0, 1], { ...place, id: 'load', maxAttempts: 1 });
      await expect(one.part(0, notYet)).rejects.toThrow('not yet');
      const disposed = await openBatch('load', place);
      const retrying = disposed.retry().catch(() => 0);
      for (let turn = 0; turn < before; turn += 1) await Promise.resolve();
      const disposing = disposed.dispose();
      for (let turn = 0; turn < between; turn += 1) await Promise.resolve();
      await one.isPartDone(0);
      await one.part(1, () => 1);
      await Promise.all([retrying, disposing]);
      if ((await one.pendingParts()).length > 0) await one.part(0, () => 0).catch(() => undefined);
      // A status would decide it.
      const isDecided = (await place.store.shelf('batches', 'load').names()).some((name) => name.startsWith('verdict-'));
      states.add(`${(await one.status()).state}, ${isDecided ? 'decided' : 'undecided'}`);
      await one.dispose();
    }
  }
  expect(states).toEqual(new Set(['reducing, decided', 'failed, decided']));
});

describe.each(PLACES)('a retry in a %s store', (kind) => {
  it('puts back to work what failed or was given up, due at once, with all its attempts before it', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([0, 1, 2], { maxAttempts: 2 });
    await expect(batch.part(0, never)).rejects.toThrow('no such day');
    await expect(batch.part(1, notYet)).rejects.toThrow('not yet');
    expect(await (await place.open()).retry()).toBe(2);
    expect((await batch.status()).parts).toEqual({ pending: 3, running: 0, succeeded: 0, failed: 0, ignored: 0 });
    const begun = place.clock.monotonic();
    const attempts: [unknown, number][] = [];
    let reduced = 0;
    await batch.work((part, { number }) => void attempts.push([part, number]), { reduce: () => void (reduced += 1) });
    expect(new Map(attempts)).toEqual(new Map([[0, 2], [1, 2], [2, 1]])); // prettier-ignore
    expect([reduced, place.clock.monotonic()]).toEqual([1, begun]);
    expect((await batch.status()).state).toBe('done');
  });

  it('has nothing to do where nothing failed', async () => {
    const batch = await new BatchPlace(kind).create([1]);
    expect(await batch.retry()).toBe(0);
    await batch.part(0, () => 1);
    expect(await batch.retry()).toBe(0);
    expect((await batch.status()).state).toBe('reducing');
  });

  it('is refused once the batch has failed by what was given up', async () => {
    const batch = await new BatchPlace(kind).create([0, 1]);
    await batch.part(0, () => 1);
    await expect(batch.part(1, never)).rejects.toThrow('no such day');
    await expect(batch.retry()).rejects.toThrow(BatchFailedError);
    expect((await batch.status()).parts).toMatchObject({ ignored: 1, pending: 0 });
  });

  it('decides nothing while the last part is on its way back, and all of it once that has succeeded', async () => {
    const place = new BatchPlace(kind);
    const batch = await place.create([0, 1]);
    await expect(batch.part(1, never)).rejects.toThrow('no such day');
    let reduced = 0;
    const reduce = (): void => void (reduced += 1);
    await batch.part(0, async () => {
      await batch.retry();
      await batch.part(1, () => 'after all', { reduce });
    }, { reduce }); // prettier-ignore
    expect([reduced, (await batch.status()).state]).toEqual([1, 'done']);
  });

  it('of a part that fails once more ends as the first did', async () => {
    const batch = await new BatchPlace(kind).create([0, 1], { maxAttempts: 1 });
    await expect(batch.part(0, notYet)).rejects.toThrow('not yet');
    await batch.retry();
    await batch.part(1, () => 1);
    expect((await batch.status()).state).toBe('running');
    await expect(batch.part(0, notYet)).rejects.toThrow('not yet');
    expect(await batch.status()).toMatchObject({ state: 'failed', reason: 'part 0 was given up: not yet' });
  });
});
