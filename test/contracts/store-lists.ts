import { describe, expect, it } from 'vitest';
import type { TaskQuery, TaskStore } from '../../src/stores/store.ts';
import { claimed, seen } from './store-claims.ts';
import type { StoreWorld } from './store.ts';

/** What is found, and in which order. */
export function listContract(world: () => StoreWorld): void {
  /** Changed in the order c, a, d, b; a and d are elsewhere than c and b. */
  async function filled(): Promise<TaskStore> {
    const tasks = await world().tasks();
    for (const [id, place] of [
      ['c', 'pending'],
      ['a', 'failed'],
      ['d', 'failed'],
      ['b', 'pending'],
    ] as const) {
      await tasks.create(id, place, { id });
      await world().later();
    }
    return tasks;
  }

  async function idsOf(tasks: TaskStore, query: TaskQuery): Promise<string> {
    return (await tasks.list(query)).map(({ id }) => id).join('');
  }

  describe.each<readonly [TaskQuery['order'], string, string]>([
    ['id', 'abcd', 'bc'],
    ['oldest', 'cadb', 'cb'],
    ['newest', 'bdac', 'bc'],
  ])('a list by %s', (order, all, pending) => {
    it('is in that order over all places together', async () => {
      const tasks = await filled();
      expect(await idsOf(tasks, { places: ['pending', 'failed', 'running'], order, limit: 100 })).toBe(all);
      expect(await idsOf(tasks, { places: ['pending'], order, limit: 100 })).toBe(pending);
    });

    it('ends where it is told to', async () => {
      const tasks = await filled();
      for (const limit of [1, 2, 3, 4]) {
        expect(await idsOf(tasks, { places: ['failed', 'pending'], order, limit })).toBe(all.slice(0, limit));
      }
    });
  });

  it('lists any so many, all of the places that were asked for', async () => {
    const tasks = await filled();
    const some = await tasks.list({ places: ['pending', 'failed'], order: 'any', limit: 3 });
    expect(new Set(some.map(({ id }) => id)).size).toBe(3);
    const failed = await tasks.list({ places: ['failed'], order: 'any', limit: 3 });
    expect(failed.map(({ id }) => id).toSorted()).toEqual(['a', 'd']);
  });

  it('orders by the last change', async () => {
    const tasks = await filled();
    await tasks.settle(await claimed(tasks, 'c'), 'pending', { id: 'c' });
    expect(await idsOf(tasks, { places: ['pending'], order: 'oldest', limit: 9 })).toBe('bc');
  });

  it('shows with each what a read shows, and what it shows can be claimed', async () => {
    const [tasks, other] = [await filled(), await world().tasks()];
    await claimed(tasks, 'c');
    const [running] = await other.list({ places: ['running'], order: 'id', limit: 9 });
    expect(running).toMatchObject({ id: 'c', place: 'running', fields: { id: 'c' }, claims: 1, holder: { standing: 'alive' } });
    const [first] = await other.list({ places: ['pending'], order: 'id', limit: 1 });
    expect(first?.kind === 'task' && (await other.claim(first, 'running'))?.task.id).toBe('b');
    expect((await seen(tasks, 'b')).holder?.standing).toBe('alive');
  });

  it('counts what is in each place, and tells the places', async () => {
    const tasks = await filled();
    await tasks.create('e', '16-pending', {});
    await claimed(tasks, 'b');
    const counts = await tasks.counts();
    expect([counts.get('pending'), counts.get('failed'), counts.get('running'), counts.get('16-pending')]).toEqual([1, 2, 1, 1]);
    expect(counts.get('ignored') ?? 0).toBe(0);
    expect(await tasks.places()).toEqual(expect.arrayContaining(['pending', 'failed', 'running', '16-pending']));
    expect(await tasks.list({ places: ['99-pending'], order: 'id', limit: 9 })).toEqual([]);
  });
}
