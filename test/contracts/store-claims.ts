import { expect, it } from 'vitest';
import type { SeenTask, TaskClaim, TaskStore } from '../../src/stores/store.ts';
import type { StoreWorld } from './store.ts';

/** A task as it is. */
export async function seen(tasks: TaskStore, id: string): Promise<SeenTask> {
  const found = await tasks.read(id);
  if (found?.kind !== 'task') throw new Error(`${id} is ${found?.kind ?? 'not there'}.`);
  return found;
}

export async function claimed(tasks: TaskStore, id: string): Promise<TaskClaim> {
  const claim = await tasks.claim(await seen(tasks, id), 'running');
  if (claim === undefined) throw new Error(`${id} was not claimed.`);
  return claim;
}

/** Claims: one has a task, or nobody. */
export function claimContract(world: () => StoreWorld): void {
  it('gives a task to one of all who claim it at the same time', async () => {
    const openings = [await world().tasks(), await world().tasks()];
    await openings[0]?.create('a', 'pending', { n: 1 });
    const looks = await Promise.all(openings.map(async (tasks) => ({ tasks, look: await seen(tasks, 'a') })));
    const claims = await Promise.all([...looks, ...looks, ...looks].map(({ tasks, look }) => tasks.claim(look, 'running')));
    const won = claims.filter((claim) => claim !== undefined);
    expect(won).toHaveLength(1);
    expect(won[0]?.isOurs()).toBe(true);
    expect(won[0]?.task).toMatchObject({ id: 'a', fields: { n: 1 }, claims: 1 });
    for (const tasks of openings)
      expect(await seen(tasks, 'a')).toMatchObject({ place: 'running', fields: { n: 1 }, claims: 1, holder: { standing: 'alive' } });
  });

  it('gives nothing to who claims what somebody alive has', async () => {
    const [one, other] = [await world().tasks(), await world().tasks()];
    await one.create('a', 'pending', {});
    const claim = await claimed(one, 'a');
    expect(await other.claim(await seen(other, 'a'), 'running')).toBeUndefined();
    expect(await one.claim(await seen(one, 'a'), 'running')).toBeUndefined();
    expect(claim.isOurs()).toBe(true);
  });

  it('counts no attempt of who takes a task aside, and has it as it was once that one is gone', async () => {
    const [one, other] = [await world().tasks(), await world().tasks()];
    await one.create('a', 'succeeded', { n: 1 });
    const aside = await one.claim(await seen(one, 'a'), 'running', { aside: true });
    expect(await seen(other, 'a')).toMatchObject({ claims: 0, holder: { standing: 'alive' } });
    expect(aside && (await one.release(aside))).toBe(true);
    expect(await seen(other, 'a')).toMatchObject({ place: 'succeeded', claims: 0, holder: undefined });
    await one.claim(await seen(one, 'a'), 'running', { aside: true });
    await one.dispose();
    expect(await seen(other, 'a')).toMatchObject({ place: 'succeeded', fields: { n: 1 }, claims: 0, holder: undefined });
    expect(await other.ids(['succeeded'])).toEqual(['a']);
  });

  it('tells of what was taken aside by who is gone, once it is back: to who asks for it, and to who looks', async () => {
    const one = await world().tasks();
    for (const id of ['a', 'b']) {
      await one.create(id, 'succeeded', { id });
      await one.claim(await seen(one, id), 'running', { aside: true });
    }
    await one.dispose();
    const told: string[] = [];
    const other = await world().tasks({
      settled: async (id, place, fields, tasks) =>
        void told.push(`${id} ${place} ${String(fields['id'])} ${(await tasks.ids([place])).includes(id)}`),
    });
    await other.read('a');
    await other.list({ places: ['succeeded'], order: 'id', limit: 10 });
    expect(new Set(told)).toEqual(new Set(['a succeeded a true', 'b succeeded b true']));
  });

  it('gives nothing to who claims what has changed since it was seen, and changes nothing', async () => {
    const [one, other] = [await world().tasks(), await world().tasks()];
    await one.create('a', 'pending', { n: 1 });
    const old = await seen(other, 'a');
    await one.settle(await claimed(one, 'a'), 'pending', { n: 2 });
    expect(await other.claim(old, 'running')).toBeUndefined();
    expect(await seen(one, 'a')).toMatchObject({ place: 'pending', fields: { n: 2 }, claims: 0, holder: undefined });
    await one.discard(await claimed(one, 'a'));
    expect(await other.claim(old, 'running')).toBeUndefined();
    expect(await one.read('a')).toBeUndefined();
  });

  it('gives a claim back, once, as if nobody had had it', async () => {
    const [one, other] = [await world().tasks(), await world().tasks()];
    await one.create('a', 'pending', { n: 1 });
    const claim = await claimed(one, 'a');
    expect(await one.release(claim)).toBe(true);
    expect(claim.isOurs()).toBe(false);
    expect(await one.release(claim)).toBe(false);
    expect(await seen(other, 'a')).toMatchObject({ place: 'pending', fields: { n: 1 }, claims: 0, holder: undefined });
    expect((await claimed(other, 'a')).task.claims).toBe(1);
    expect(await one.release(claim)).toBe(false);
  });

  it('counts the claims of those who died with it, until it is settled', async () => {
    const tasks = await world().tasks();
    await tasks.create('a', 'pending', {});
    for (const claims of [1, 2, 3]) {
      const store = await world().open();
      const mortal = await store.tasks('tasks', 'jobs', { leaseMs: 30_000 });
      expect((await claimed(mortal, 'a')).task).toMatchObject({ claims, place: 'running' });
      await store.dispose();
      expect(await seen(tasks, 'a')).toMatchObject({ claims, holder: { standing: 'dead' } });
    }
    const claim = await claimed(tasks, 'a');
    await tasks.release(claim);
    expect((await seen(tasks, 'a')).claims).toBe(3);
    await tasks.settle(await claimed(tasks, 'a'), 'failed', {});
    expect(await seen(tasks, 'a')).toMatchObject({ claims: 0, holder: undefined });
  });

  it('shows what was written down last, to whoever comes after a death', async () => {
    const tasks = await world().tasks();
    await tasks.create('a', 'pending', { n: 1 });
    const store = await world().open();
    const mortal = await store.tasks('tasks', 'jobs', { leaseMs: 30_000 });
    const claim = await claimed(mortal, 'a');
    expect(await mortal.checkpoint(claim, { row: 1 })).toBe(true);
    expect(await mortal.checkpoint(claim, { row: 2 })).toBe(true);
    expect(claim.isOurs()).toBe(true);
    expect(await seen(tasks, 'a')).toMatchObject({ fields: { n: 1 }, checkpoint: { row: 2 }, holder: { standing: 'alive' } });
    await store.dispose();
    const next = await claimed(tasks, 'a');
    expect(next.task).toMatchObject({ checkpoint: { row: 2 }, claims: 2 });
    expect(await tasks.settle(next, 'failed', { n: 2 })).toBe(true);
    expect((await seen(tasks, 'a')).checkpoint).toBeUndefined();
    expect((await claimed(tasks, 'a')).task.checkpoint).toBeUndefined();
  });

  it('writes down one after another what is told it at once', async () => {
    const tasks = await world().tasks();
    await tasks.create('a', 'pending', {});
    const claim = await claimed(tasks, 'a');
    const rows = [1, 2, 3, 4, 5];
    expect(await Promise.all(rows.map((row) => tasks.checkpoint(claim, { row })))).toEqual(rows.map(() => true));
    expect((await seen(tasks, 'a')).checkpoint).toEqual({ row: 5 });
  });

  it('keeps what was written down by who gives it back, but not after it is settled', async () => {
    const [one, other] = [await world().tasks(), await world().tasks()];
    await one.create('a', 'pending', {});
    const claim = await claimed(one, 'a');
    await one.checkpoint(claim, { row: 1 });
    expect(await one.release(claim)).toBe(true);
    expect(await seen(other, 'a')).toMatchObject({ place: 'pending', claims: 0, checkpoint: { row: 1 } });
    const second = await claimed(other, 'a');
    expect(second.task.checkpoint).toEqual({ row: 1 });
    await other.checkpoint(second, { row: 2 });
    await other.release(second);
    const third = await claimed(one, 'a');
    expect(third.task.checkpoint).toEqual({ row: 2 });
    await one.settle(third, 'pending', {});
    expect((await seen(one, 'a')).checkpoint).toBeUndefined();
  });

  it('frees what is claimed when it is disposed, and is disposed twice', async () => {
    const store = await world().open();
    const tasks = await store.tasks('tasks', 'jobs', { leaseMs: 30_000 });
    await tasks.create('a', 'pending', {});
    await claimed(tasks, 'a');
    await store.dispose();
    await store.dispose();
    const other = await world().tasks();
    expect((await claimed(other, 'a')).task.claims).toBe(2);
  });

  it('takes no claim, and no sight, of another kind of store', async () => {
    const tasks = await world().tasks();
    await tasks.create('a', 'pending', {});
    const { task } = await claimed(tasks, 'a');
    const strange: TaskClaim = { task, isOurs: () => true };
    await expect((async () => tasks.settle(strange, 'succeeded', {}))()).rejects.toBeInstanceOf(TypeError);
    await expect((async () => tasks.release(strange))()).rejects.toBeInstanceOf(TypeError);
  });
}
