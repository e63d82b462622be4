import { expect, it } from 'vitest';
import type { StoreKind, StoreWorld } from './store.ts';

/** Ids that mean something to a shell, a path, a terminal or a person. */
export const HOSTILE_IDS = [
  '../x',
  'a/b',
  'a\\b',
  '.',
  '..',
  '.hidden',
  'a.',
  ' a ',
  'con',
  'NUL',
  'com1.txt',
  'a~b',
  'a%2Fb',
  '%',
  '*?<>|":',
  'line\nbreak\t\u0000\u001b[31m',
  'Ärger',
  'A\u0308rger',
  '日本語',
  '\u202Etxt.exe',
  '👩‍👩‍👧',
  'x'.repeat(140),
  'a.json',
  'a.json.etl-1-4711-9f3ac2d1-7a2.wip',
  '__proto__',
  'constructor',
] as const;

/** Records: they are created once, read, and kept apart. */
export function recordContract(world: () => StoreWorld, { isDecisive }: StoreKind): void {
  it('creates a task once, of all who try at the same time', async () => {
    const [one, other] = [await world().tasks(), await world().tasks()];
    const created = await Promise.all(
      [one, other, one, other, one, other].map((tasks, number) => tasks.create('a', 'pending', { number })),
    );
    expect(created.filter((isNew) => isNew)).toHaveLength(1);
    const seen = await one.read('a');
    expect(seen).toMatchObject({ kind: 'task', id: 'a', place: 'pending', fields: { number: created.indexOf(true) }, claims: 0 });
    expect(seen).toMatchObject({ holder: undefined, checkpoint: undefined });
    expect((await other.counts()).get('pending')).toBe(1);
  });

  it('changes nothing when the id is taken, wherever its task is', async () => {
    const tasks = await world().tasks();
    await tasks.create('a', 'succeeded', { n: 1 });
    expect(await tasks.create('a', 'pending', { n: 2 })).toBe(false);
    expect(await tasks.read('a')).toMatchObject({ place: 'succeeded', fields: { n: 1 } });
  });

  it('knows nothing of what nobody created', async () => {
    const tasks = await world().tasks();
    expect(await tasks.read('a')).toBeUndefined();
    expect(await tasks.list({ places: ['pending', 'running'], order: 'id', limit: 10 })).toEqual([]);
  });

  it('knows nothing of what can be no id', async () => {
    const tasks = await world().tasks();
    for (const id of ['', 'x'.repeat(400), '\ud800'])
      expect([await tasks.read(id), await tasks.freeLostId(id)]).toEqual([undefined, false]);
  });

  it('keeps what it was given, as JSON has it, and not what becomes of that', async () => {
    const tasks = await world().tasks();
    const fields = { list: [1, { deep: 'ä\u2028"' }], gone: undefined, nothing: null };
    await tasks.create('a', 'pending', fields);
    fields.list.push(2);
    const seen = await tasks.read('a');
    expect(seen).toMatchObject({ fields: { list: [1, { deep: 'ä\u2028"' }], nothing: null } });
    expect(seen?.kind === 'task' && 'gone' in seen.fields).toBe(false);
  });

  it('takes any text for an id, and no two for one', async () => {
    const tasks = await world().tasks();
    for (const id of HOSTILE_IDS) expect(await tasks.create(id, 'pending', { id })).toBe(true);
    const again = await world().tasks();
    for (const id of HOSTILE_IDS) {
      const seen = await again.read(id);
      expect(seen).toMatchObject({ kind: 'task', id, fields: { id } });
      const claim = seen?.kind === 'task' ? await again.claim(seen, 'running') : undefined;
      expect(claim && (await again.checkpoint(claim, { id }))).toBe(true);
      expect(claim && (await again.settle(claim, 'succeeded', { id }))).toBe(true);
    }
    const found = await tasks.list({ places: ['succeeded'], order: 'id', limit: 100 });
    expect(found.map(({ id }) => id).toSorted()).toEqual(HOSTILE_IDS.toSorted());
  });

  it('takes any text for a name, and keeps areas and names apart', async () => {
    const store = await world().open();
    for (const name of HOSTILE_IDS) await (await store.tasks('tasks', name, { leaseMs: 30_000 })).create('a', 'pending', { name });
    await (await store.tasks('batches', 'a/b', { leaseMs: 30_000 })).create('b', 'pending', {});
    const other = await world().open();
    expect(await other.names('tasks')).toEqual(HOSTILE_IDS.toSorted());
    expect(await other.names('batches')).toEqual(['a/b']);
    expect(await (await other.tasks('tasks', '../x', { leaseMs: 30_000 })).read('a')).toMatchObject({ fields: { name: '../x' } });
    expect(await (await other.tasks('batches', 'a/b', { leaseMs: 30_000 })).read('a')).toBeUndefined();
  });

  it('removes a name with all that is in it, and nothing else', async () => {
    const store = await world().open();
    await (await store.tasks('tasks', 'one', { leaseMs: 30_000 })).create('a', 'pending', {});
    await store.shelf('tasks', 'one').create('plan', {});
    await (await store.tasks('tasks', 'other', { leaseMs: 30_000 })).create('a', 'pending', {});
    expect(await store.remove('tasks', 'one')).toBe(true);
    expect(await store.remove('tasks', 'one')).toBe(false);
    expect(await store.names('tasks')).toEqual(['other']);
    const again = await store.tasks('tasks', 'one', { leaseMs: 30_000 });
    expect(await again.read('a')).toBeUndefined();
    expect(await store.shelf('tasks', 'one').read('plan')).toBeUndefined();
  });

  it('sees nothing of what was made of that name after all was removed, opened as another one, and creates nothing in it', async () => {
    const store = await world().open();
    const [late, other] = [
      await store.tasks('batches', 'one', { leaseMs: 30_000, madeAs: 'a1' }),
      await store.tasks('batches', 'one', { leaseMs: 30_000, madeAs: 'a1' }),
    ];
    expect([await late.create('a', 'pending', {}), await other.create('b', 'pending', {}), await other.create('a', 'pending', {})]).toEqual([true, true, false]); // prettier-ignore
    await store.remove('batches', 'one');
    const next = await store.tasks('batches', 'one', { leaseMs: 30_000, madeAs: 'b2' });
    await expect(late.create('a', 'pending', {})).rejects.toMatchObject({ code: 'ERR_DISK', errno: 'ENOENT' });
    expect(await next.ids(['pending'])).toEqual([]);
    expect(await next.create('a', 'pending', {})).toBe(true);
    const later = await store.tasks('batches', 'one', { leaseMs: 30_000, madeAs: 'a1' });
    for (const one of [late, later]) expect([await one.read('a'), await one.ids(['pending'])]).toEqual([undefined, []]);
  });

  it.skipIf(!isDecisive)('writes a record on a shelf once, of all who try at the same time', async () => {
    const [one, other] = [(await world().open()).shelf('batches', 'b'), (await world().open()).shelf('batches', 'b')];
    const created = await Promise.all([one, other, one, other, one, other].map((shelf, number) => shelf.create('verdict', { number })));
    expect(created.filter((isNew) => isNew)).toHaveLength(1);
    expect(await one.read('verdict')).toEqual({ number: created.indexOf(true) });
    expect(await other.read('other')).toBeUndefined();
    await other.remove('verdict');
    await other.remove('verdict');
    expect(await one.read('verdict')).toBeUndefined();
    expect(await one.create('verdict', { number: 9 })).toBe(true);
  });

  it('removes the record that is meant, and no other one of that name', async () => {
    const [one, other] = [(await world().open()).shelf('batches', 'b'), (await world().open()).shelf('batches', 'b')];
    const isFirst = ({ token }: { readonly token?: unknown }): boolean => token === 'first';
    await one.removeIf('plan', isFirst);
    await one.create('plan', { token: 'first' });
    await one.create('parts/0', { token: 'first' });
    await other.removeIf('plan', ({ token }) => token === 'second');
    expect(await one.read('plan')).toEqual({ token: 'first' });
    await other.removeIf('plan', isFirst);
    expect([await one.read('plan'), await one.read('parts/0')]).toEqual([undefined, { token: 'first' }]);
    expect(await one.create('plan', { token: 'second' })).toBe(true);
    await other.removeIf('plan', isFirst);
    expect(await one.read('plan')).toEqual({ token: 'second' });
  });

  it('removes no record that came to be there while another one of that name was looked at', async () => {
    const [one, other] = [(await world().open()).shelf('batches', 'b'), (await world().open()).shelf('batches', 'b')];
    await one.create('plan', { token: 'first' });
    const anew = async (): Promise<boolean> => {
      await other.remove('plan');
      return other.create('plan', { token: 'second' });
    };
    const [, isMade] = await Promise.all([one.removeIf('plan', ({ token }) => token === 'first'), anew()]);
    expect([isMade, await other.read('plan')]).toEqual([true, { token: 'second' }]);
  });

  it('counts down to the last, which is the last whoever finishes which at the same moment', async () => {
    const shelf = (await world().open()).shelf('batches', 'b');
    await shelf.create('plan', {});
    const [one, other] = [shelf.countdown('left'), (await world().open()).shelf('batches', 'b').countdown('left')];
    await one.begin(300);
    for (let index = 0; index < 298; index += 1) expect(await (index % 2 ? one : other)?.finish(index)).toBe(false);
    expect(await one.finish(5)).toBe(false);
    const last = await Promise.all([one.finish(298), other.finish(299)]);
    expect(last).toContain(true);
    expect([await one.finish(0), await other.finish(299)]).toEqual([true, true]);
    expect(await one.finish(7)).toBe(true);
  });

  it.each([2, 3, 17])('says that nothing is left to exactly one of %i who finish one each, or to more, and never before', async (count) => {
    const shelf = (await world().open()).shelf('batches', 'b');
    await shelf.create('plan', {});
    const countdown = shelf.countdown('left');
    await countdown.begin(count);
    const said = await Promise.all(Array.from({ length: count }, (_, index) => countdown.finish(index)));
    expect(said).toContain(true);
  });

  it('has nothing left of nothing', async () => {
    const shelf = (await world().open()).shelf('batches', 'b');
    await shelf.create('plan', {});
    const countdown = shelf.countdown('left');
    await countdown.begin(0);
    expect(await countdown.finish(0)).toBe(true);
  });
}
