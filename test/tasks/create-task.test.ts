import { describe, expect, it } from 'vitest';
import { UnserialisableValueError } from '../../src/errors.ts';
import { InvalidValueError } from '../../src/queues/handler-errors.ts';
import type { PayloadSchema } from '../../src/queues/schema.ts';
import { LONGEST_TASK_DATA } from '../../src/tasks/task-data.ts';
import { TaskIdError } from '../../src/tasks/task-errors.ts';
import { failTimes, idsOf, STORES, TrackerWorld } from '../support/tracker-world.ts';

const rows: PayloadSchema<{ rows: number }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof value === 'object' && value !== null && 'rows' in value && typeof value.rows === 'number'
        ? { value: { rows: Math.round(value.rows) } }
        : { issues: [{ message: 'a number is missing', path: ['rows'] }] },
  },
};

describe.each(STORES)('a task that is created in %s', (store) => {
  it('TRK-03 is pending and free, with no attempt, no failure and no error', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open();
    expect(await tracker.create('a', { rows: 1 })).toBe(true);
    const at = world.clock.wall().toISOString();
    expect(await tracker.get('a')).toEqual({
      id: 'a',
      useCase: 'load',
      status: 'pending',
      data: { rows: 1 },
      attempts: 0,
      failures: 0,
      createdAt: at,
      updatedAt: at,
      errors: [],
    });
  });

  it('TRK-04 is not found before', async () => {
    const tracker = await new TrackerWorld(store).open();
    expect(await tracker.get('a')).toBeUndefined();
    expect(await tracker.list()).toEqual([]);
  });

  it.each(['a', 'load____a', '../a', '.a', ' a ', 'a/b\\c:d%2F', 'a.json', 'ä', 'a\u0308', '名前 №1', 'a~b', 'A', 'a\nb'])(
    'TRK-05 has the id and use case it was given, whatever is in them: %j',
    async (name) => {
      const world = new TrackerWorld(store);
      const tracker = await world.open({ useCase: name });
      await tracker.create(name, 1);
      const other = await world.open({ useCase: name });
      expect(await other.list()).toMatchObject([{ id: name, useCase: name }]);
      expect(await other.get(name)).toMatchObject({ id: name, useCase: name });
      await other.run(name, () => undefined);
      expect(await tracker.get(name)).toMatchObject({ id: name, status: 'succeeded' });
    },
  );

  it.each(['', 'x'.repeat(300), 'ü'.repeat(200), '\ud800'])('is refused under the id %j, and so is a use case', async (name) => {
    const world = new TrackerWorld(store);
    const tracker = await world.open();
    await expect(tracker.create(name, 1)).rejects.toBeInstanceOf(TaskIdError);
    await expect(world.open({ useCase: name })).rejects.toBeInstanceOf(TaskIdError);
    expect(await tracker.list()).toEqual([]);
  });

  it('TRK-06 can have another status, and each use case has its own', async () => {
    const world = new TrackerWorld(store);
    const [load, other] = [await world.open(), await world.open({ useCase: 'other' })];
    await load.create('a', 1, { status: 'succeeded' });
    await other.create('a', 2, { status: 'failed' });
    expect(await load.get('a')).toMatchObject({ status: 'succeeded', data: 1 });
    expect(await other.get('a')).toMatchObject({ status: 'failed', data: 2, useCase: 'other' });
    const none = { status: 'running' } as const;
    await expect(Reflect.apply(load.create, load, ['b', 1, none])).rejects.toThrow('status must be pending');
    await expect(Reflect.apply(load.create, load, ['b', 1, { notbefore: 1 }])).rejects.toThrow('no option notbefore');
  });

  it('is never overwritten: what became of it stays, and its history', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open();
    await tracker.create('a', 1);
    await failTimes(world, tracker, 'a', 2);
    const before = await tracker.get('a');
    expect(await tracker.create('a', 2)).toBe(false);
    expect(await tracker.get('a')).toEqual(before);
    await tracker.run('a', () => undefined);
    expect(await tracker.create('a', 2)).toBe(false);
    expect(await tracker.get('a')).toMatchObject({ status: 'succeeded', data: 1 });
  });

  it('is created by one of many who try at once', async () => {
    const world = new TrackerWorld(store);
    const trackers = await Promise.all(Array.from({ length: 5 }, () => world.open()));
    const created = await Promise.all(trackers.map((tracker, by) => tracker.create('a', { by })));
    expect(created.filter(Boolean)).toHaveLength(1);
    expect(await trackers[0]?.get('a')).toMatchObject({ data: { by: created.indexOf(true) } });
  });

  it('is one of many, of which those that are there stay as they are', async () => {
    const tracker = await new TrackerWorld(store).open();
    await tracker.create('7', 'mine');
    async function* numbers(): AsyncGenerator<[string, string]> {
      for (let n = 0; n < 200; n += 1) yield [String(n), 'new'];
    }
    expect(await tracker.createMany(numbers())).toBe(199);
    expect(await tracker.createMany([['7', 'new']])).toBe(0);
    expect(await tracker.counts()).toMatchObject({ pending: 200 });
    expect(await tracker.get('7')).toMatchObject({ data: 'mine' });
  });

  it('is missing of many if one of them can’t be created, and that is thrown', async () => {
    const tracker = await new TrackerWorld(store).open();
    await expect(
      tracker.createMany([
        ['a', 1],
        ['', 2],
        ['b', 3],
      ]),
    ).rejects.toBeInstanceOf(TaskIdError);
    await tracker.createMany([
      ['a', 1],
      ['b', 3],
    ]);
    expect(idsOf(await tracker.list())).toEqual(['a', 'b']);
  });

  it.each<[unknown, string]>([
    ['ab', 'createMany takes tasks, each an array of an id, its data and perhaps options, in an array or another iterable, got "ab".'],
    [null, 'got null.'],
    [[['a', 1], 5], 'and the one at 1 is 5.'],
    [['2026-11-26'], 'and the one at 0 is "2026-11-26".'],
    [[['a', 1], []], 'and the one at 1 is [].'],
    [
      [
        ['a', 1],
        ['b', 1, {}, 2],
      ],
      'and the one at 1 is ["b",1,{},2].',
    ],
  ])('is refused among what is no list of tasks: %j, and none is created', async (tasks, message) => {
    const tracker = await new TrackerWorld(store).open();
    const refused = await Reflect.apply(tracker.createMany, tracker, [tasks]).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TypeError);
    expect(String(refused)).toContain(message);
    expect(idsOf(await tracker.list())).toEqual([]);
  });

  it('is refused if it is to wait for no date, which is said', async () => {
    const tracker = await new TrackerWorld(store).open();
    await expect(tracker.create('a', 1, { notBefore: new Date(Number.NaN) })).rejects.toThrow('must be a Date, got an invalid Date.');
  });

  it('is refused if its data can’t be written, and is not there', async () => {
    const tracker = await new TrackerWorld(store).open();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    for (const data of [circle, 1n, () => 1, 'x'.repeat(LONGEST_TASK_DATA)])
      await expect(tracker.create('a', data)).rejects.toBeInstanceOf(UnserialisableValueError);
    expect(await tracker.get('a')).toBeUndefined();
    expect(await tracker.create('a', 'x'.repeat(LONGEST_TASK_DATA - 2))).toBe(true);
    expect(await tracker.list()).toHaveLength(1);
  });

  it('fits its schema, or is refused', async () => {
    const tracker = await new TrackerWorld(store).open({ schema: rows });
    const wrong = Reflect.apply(tracker.create, tracker, ['a', { rows: 'many' }]);
    await expect(wrong).rejects.toBeInstanceOf(InvalidValueError);
    await expect(wrong).rejects.toThrow('rows: a number is missing');
    await tracker.create('a', { rows: 1.6 });
    expect(await tracker.get('a')).toMatchObject({ data: { rows: 2 } });
  });

  it('shares nothing with what it was made of', async () => {
    const tracker = await new TrackerWorld(store).open<{ rows: number[] }>();
    const data = { rows: [1] };
    await tracker.create('a', data);
    data.rows.push(2);
    (await tracker.get('a'))?.data.rows.push(3);
    expect(await tracker.get('a')).toMatchObject({ data: { rows: [1] } });
  });

  it('can be for later', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open();
    const notBefore = new Date(world.clock.wall().getTime() + 60_000);
    await tracker.create('a', 1, { notBefore });
    await expect(tracker.run('a', () => undefined)).rejects.toMatchObject({ code: 'ERR_TASK_NOT_DUE', notBefore: notBefore.toISOString() });
    expect(await tracker.next()).toBeUndefined();
    await world.clock.advance(60_000);
    expect((await tracker.next())?.id).toBe('a');
  });
});
