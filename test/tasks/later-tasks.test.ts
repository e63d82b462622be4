import { describe, expect, it } from 'vitest';
import { idsOf, STORES, TrackerWorld } from '../support/tracker-world.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';

describe.each(STORES)('tasks that are not due, in %s,', (store) => {
  it('are done when they are, and keep nobody from those that are due now', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open<number>();
    const at = (ms: number): Date => new Date(world.clock.wall().getTime() + ms);
    for (let n = 0; n < 300; n += 1) await tracker.create(`later-${n}`, n, { notBefore: at(60_000) });
    await tracker.create('now', 1);
    expect((await tracker.next())?.id).toBe('now');
    expect(await tracker.next()).toBeUndefined();
    await world.clock.advance(60_000);
    expect((await tracker.next())?.id).toMatch(/^later-/);
  });

  it('are due at once where this tracker has them due, or makes them anew', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open<number>({ backoff: false });
    const notBefore = new Date(world.clock.wall().getTime() + 3_600_000);
    await tracker.createMany([['a', 1, { notBefore }], ['b', 1, { notBefore }]]); // prettier-ignore
    expect(await tracker.next()).toBeUndefined();
    await tracker.reopen('a');
    const item = await tracker.next();
    expect(item?.id).toBe('a');
    await item?.done();
    expect(await tracker.next()).toBeUndefined();
    await tracker.delete('b');
    await tracker.create('b', 2);
    expect((await tracker.next())?.id).toBe('b');
  });

  it('are told to whoever works and waits for them, the first of them, once', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open<number>();
    const at = (ms: number): Date => new Date(world.clock.wall().getTime() + ms);
    const first = at(30_000);
    for (const [id, notBefore] of [
      ['z/2', at(60_000)],
      ['a/1', first],
      ['b', at(90_000)],
    ] as const)
      // prettier-ignore
      await tracker.create(id, 1, { notBefore });
    const told: unknown[] = [];
    const working = tracker.work(() => undefined, { waitsFor: (next) => void told.push(next) });
    await world.clock.advance(20_000);
    expect(told).toEqual([{ id: 'a/1', notBefore: first.toISOString() }]);
    for (let second = 0; second < 80; second += 1) await world.clock.advance(1_000);
    expect(await working).toMatchObject({ done: 3 });
    expect(told).toMatchObject([{ id: 'a/1' }, { id: 'z/2' }, { id: 'b' }]);
  });

  it('end the work with what whoever is told of them throws, also later', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open<number>();
    await tracker.create('a', 1, { notBefore: new Date(world.clock.wall().getTime() + 30_000) });
    const working = tracker.work(() => undefined, { waitsFor: () => Promise.reject(new Error('nobody listens')) });
    await expect(working).rejects.toThrow('nobody listens');
  });

  it('are heard of within ten seconds if somebody has them due earlier', async () => {
    const world = new TrackerWorld(store);
    const [tracker, other] = [await world.open(), await world.open()];
    await tracker.create('a', 1, { notBefore: new Date(world.clock.wall().getTime() + 3_600_000) });
    expect(await tracker.next()).toBeUndefined();
    await other.reopen('a');
    await world.clock.advance(10_000);
    expect((await tracker.next())?.id).toBe('a');
  });
});

it('the records of tasks that are not due are read once, however often it is looked', async () => {
  const world = new TrackerWorld('file:');
  const disk = sleepyDisk(world.disk, { call: 0, meanwhile: async () => undefined });
  const tracker = await world.open<number>({ fileSystem: disk });
  const notBefore = new Date(world.clock.wall().getTime() + 3_600_000);
  await tracker.createMany(Array.from({ length: 50 }, (_, n) => [String(n), n, { notBefore }] as const));
  const reads = async (): Promise<number> => {
    const before = disk.calls.length;
    expect(await tracker.next()).toBeUndefined();
    return disk.calls.slice(before).filter((call) => call.startsWith('open') && call.includes('/pending/')).length;
  };
  expect([await reads(), await reads(), await reads()]).toEqual([50, 0, 0]);
  expect(idsOf(await tracker.listUnfinished())).toHaveLength(50);
});
