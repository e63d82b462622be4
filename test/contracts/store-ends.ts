import { describe, expect, it } from 'vitest';
import type { TaskStore } from '../../src/stores/store.ts';
import { claimed, seen } from './store-claims.ts';
import type { StoreWorld } from './store.ts';

/** The ends of claims: all or nothing, by who has it. */
export function endContract(world: () => StoreWorld): void {
  it('settles a claim with its fields and its place, once', async () => {
    const tasks = await world().tasks();
    await tasks.create('a', 'pending', { n: 1 });
    const claim = await claimed(tasks, 'a');
    expect(await tasks.settle(claim, 'succeeded', { n: 2 })).toBe(true);
    expect(claim.isOurs()).toBe(false);
    expect(await seen(await world().tasks(), 'a')).toMatchObject({ place: 'succeeded', fields: { n: 2 }, claims: 0, holder: undefined });
    expect(await tasks.settle(claim, 'failed', { n: 3 })).toBe(false);
    expect(await tasks.checkpoint(claim, { row: 1 })).toBe(false);
    expect(await tasks.release(claim)).toBe(false);
    expect(await tasks.discard(claim)).toBe(false);
    expect(await seen(tasks, 'a')).toMatchObject({ place: 'succeeded', fields: { n: 2 }, checkpoint: undefined });
  });

  it('settles to places of steps that follow each other', async () => {
    const tasks = await world().tasks();
    await tasks.create('a', '10-pending', {});
    const first = await tasks.claim(await seen(tasks, 'a'), '11-running');
    expect(first && (await tasks.settle(first, '12-succeeded', { n: 1 }))).toBe(true);
    const second = await tasks.claim(await seen(tasks, 'a'), '21-running');
    expect(second?.task.place).toBe('21-running');
    expect(second && (await tasks.release(second))).toBe(true);
    expect(await seen(tasks, 'a')).toMatchObject({ place: '12-succeeded', fields: { n: 1 } });
  });

  it('shows a task to who opened before there was the place where it lies', async () => {
    const [early, late] = [await world().tasks(), await world().tasks()];
    await early.create('a', 'pending', {});
    expect(await seen(early, 'a')).toMatchObject({ place: 'pending' });
    const claim = await late.claim(await seen(late, 'a'), '11-running');
    expect(await seen(early, 'a')).toMatchObject({ place: '11-running', holder: { standing: 'alive' } });
    expect(claim && (await late.settle(claim, '12-succeeded', { n: 1 }))).toBe(true);
    expect(await seen(early, 'a')).toMatchObject({ place: '12-succeeded', fields: { n: 1 }, holder: undefined });
  });

  describe.each<readonly [string, (tasks: TaskStore, id: string) => Promise<unknown>, object | undefined]>([
    ['has it', async () => undefined, { place: 'running', fields: { n: 1 }, claims: 2, holder: { standing: 'alive' } }],
    [
      'gave it back',
      async (tasks, id) => tasks.settle(await claimed(tasks, id), 'pending', { n: 5 }),
      { place: 'pending', fields: { n: 5 }, claims: 0 },
    ],
  ])('a late owner whose successor %s', (_, after, left) => {
    it('is refused, and changes nothing', async () => {
      const store = await world().open();
      const late = await store.tasks('tasks', 'jobs', { leaseMs: 30_000 });
      const next = await world().tasks();
      for (const id of ['settle', 'release', 'checkpoint', 'discard']) await late.create(id, 'pending', { n: 1 });
      const claims = new Map(
        await Promise.all(['settle', 'release', 'checkpoint', 'discard'].map(async (id) => [id, await claimed(late, id)] as const)),
      );
      await store.dispose();
      for (const id of claims.keys()) {
        const taken = await claimed(next, id);
        if (left !== undefined && 'claims' in left && left.claims === 0) await next.release(taken);
        await after(next, id);
      }
      const claimOf = (id: string) => claims.get(id) ?? expect.fail(id);
      expect(await late.settle(claimOf('settle'), 'succeeded', { n: 9 })).toBe(false);
      expect(await late.release(claimOf('release'))).toBe(false);
      expect(await late.checkpoint(claimOf('checkpoint'), { row: 9 })).toBe(false);
      expect(await late.discard(claimOf('discard'))).toBe(false);
      for (const [id, claim] of claims) {
        expect(claim.isOurs()).toBe(false);
        expect(await seen(next, id)).toMatchObject({ ...left, checkpoint: undefined });
      }
    });
  });

  it('discards a task with its id, which is free then', async () => {
    const [one, other] = [await world().tasks(), await world().tasks()];
    await one.create('a', 'pending', { n: 1 });
    const claim = await claimed(one, 'a');
    await one.checkpoint(claim, { row: 1 });
    expect(await one.discard(claim)).toBe(true);
    expect(await one.discard(claim)).toBe(false);
    expect(await other.read('a')).toBeUndefined();
    expect((await other.counts()).get('running') ?? 0).toBe(0);
    expect(await other.create('a', 'pending', { n: 2 })).toBe(true);
    expect(await seen(one, 'a')).toMatchObject({ place: 'pending', fields: { n: 2 }, checkpoint: undefined, claims: 0 });
  });

  it('tells whoever is to be told where a task ended, when it is there, and before that is final', async () => {
    const told: unknown[] = [];
    const tasks = await world().tasks({
      settled: async (id, place, fields) => {
        told.push([id, place, fields, (await tasks.list({ places: [place], order: 'id', limit: 1 })).map((one) => one.id)]);
      },
    });
    await tasks.create('a', 'pending', {});
    await tasks.settle(await claimed(tasks, 'a'), 'succeeded', { n: 2 });
    expect(told).toEqual([['a', 'succeeded', { n: 2 }, ['a']]]);
    await tasks.release(await claimed(tasks, 'a'));
    await tasks.discard(await claimed(tasks, 'a'));
    expect(told).toHaveLength(1);
  });

  it('tells of what was taken aside when it is given back, once it is there', async () => {
    const told: unknown[] = [];
    const tasks = await world().tasks({
      settled: async (id, place, fields) => void told.push([id, place, fields, await tasks.ids([place])]),
    });
    await tasks.create('a', 'ignored', { n: 1 });
    const aside = await tasks.claim(await seen(tasks, 'a'), 'running', { aside: true });
    expect(told).toEqual([]);
    expect(aside && (await tasks.release(aside))).toBe(true);
    expect(told).toEqual([['a', 'ignored', { n: 1 }, ['a']]]);
    expect(aside && (await tasks.release(aside))).toBe(false);
    expect(await seen(tasks, 'a')).toMatchObject({ place: 'ignored', claims: 0, holder: undefined });
  });

  it('has whoever finds it tell of what was given back when nobody could be told', async () => {
    const told: string[] = [];
    const one = await world().tasks({ settled: () => Promise.reject(new Error('not now')) });
    const other = await world().tasks({ settled: async (id, place) => void told.push(`${id} ${place}`) });
    await one.create('a', 'ignored', { n: 1 });
    const aside = await one.claim(await seen(one, 'a'), 'running', { aside: true });
    await expect(aside && one.release(aside)).rejects.toThrow('not now');
    expect([await seen(other, 'a'), told]).toEqual([expect.objectContaining({ place: 'ignored', holder: undefined }), ['a ignored']]);
    await other.read('a');
    expect(told).toHaveLength(1);
  });

  it('has whoever finds it tell again what nobody could be told of', async () => {
    const told: string[] = [];
    const one = await world().tasks({ settled: () => Promise.reject(new Error('not now')) });
    const other = await world().tasks({ settled: async (id, place) => void told.push(`${id} ${place}`) });
    await one.create('a', 'pending', { n: 1 });
    const claim = await claimed(one, 'a');
    await expect(one.settle(claim, 'succeeded', { n: 2 })).rejects.toThrow('not now');
    expect(await seen(other, 'a')).toMatchObject({ place: 'succeeded', fields: { n: 2 }, holder: undefined });
    expect(told).toEqual(['a succeeded']);
    await other.read('a');
    expect(told).toHaveLength(1);
    expect(await one.settle(claim, 'succeeded', { n: 2 })).toBe(true);
    expect(await one.settle(claim, 'failed', { n: 3 })).toBe(false);
    expect(await seen(one, 'a')).toMatchObject({ place: 'succeeded', fields: { n: 2 } });
  });

  it('goes on with what was decided when the one who decided it asks again', async () => {
    let isRefusing = true;
    const told: string[] = [];
    const tasks = await world().tasks({
      settled: async (id) => {
        if (isRefusing) throw new Error('not now');
        told.push(id);
      },
    });
    await tasks.create('a', 'pending', { n: 1 });
    const claim = await claimed(tasks, 'a');
    await expect(tasks.settle(claim, 'succeeded', { n: 2 })).rejects.toThrow('not now');
    isRefusing = false;
    expect(await tasks.settle(claim, 'succeeded', { n: 2 })).toBe(true);
    expect(told).toEqual(['a']);
    expect(await seen(tasks, 'a')).toMatchObject({ place: 'succeeded', fields: { n: 2 } });
  });
}
