import { describe, expect, it } from 'vitest';
import { DamagedRecordError } from '../../src/stores/store-errors.ts';
import { TaskLockedError, TaskNotFoundError } from '../../src/tasks/task-errors.ts';
import type { TaskTracker } from '../../src/tasks/task-tracker.ts';
import { failTimes, hold, idsOf, STORES, TrackerWorld } from '../support/tracker-world.ts';

/** `f` and `g` failed, `i` was given up, `p` is pending, `s` succeeded. */
async function ofAllKinds(store: (typeof STORES)[number]): Promise<{ world: TrackerWorld; tracker: TaskTracker }> {
  const world = new TrackerWorld(store);
  const tracker = await world.open();
  await tracker.createMany(['f', 'g', 'i', 'p', 's'].map((id) => [id, id] as const));
  await failTimes(world, tracker, 'i', 3);
  for (const id of ['f', 'g']) await tracker.run(id, () => Promise.reject(new Error('no'))).catch(() => undefined);
  await tracker.run('s', () => undefined);
  return { world, tracker };
}

describe.each(STORES)('in %s', (store) => {
  it('what is reopened is pending and due, its failures forgotten and its errors kept', async () => {
    const { tracker } = await ofAllKinds(store);
    for (const id of ['f', 'i', 's', 'p']) await tracker.reopen(id);
    expect(await tracker.get('i')).toMatchObject({ status: 'pending', failures: 0, attempts: 3, errors: [{}, {}, {}] });
    for (const id of ['f', 'i', 's', 'p']) await tracker.run(id, () => undefined);
    expect(await tracker.get('s')).toMatchObject({ attempts: 2 });
  });

  it('a task that is not there, or that somebody has, is not reopened', async () => {
    const { world, tracker } = await ofAllKinds(store);
    await expect(tracker.reopen('x')).rejects.toBeInstanceOf(TaskNotFoundError);
    const { end } = await hold(tracker, 'p');
    const other = await world.open();
    await expect(other.reopen('p')).rejects.toBeInstanceOf(TaskLockedError);
    await end();
    await other.reopen('p');
  });

  it('what somebody died with can be reopened, and its death is told', async () => {
    const { world, tracker } = await ofAllKinds(store);
    await hold(tracker, 'p');
    const other = await world.open();
    await world.kill(tracker);
    await world.passLease(other);
    await other.reopen('p');
    expect(await other.get('p')).toMatchObject({
      status: 'pending',
      attempts: 1,
      failures: 0,
      errors: [{ name: 'KilledError', attempt: 1 }],
    });
  });

  it('all that failed or was given up is retried, and nothing else', async () => {
    const { tracker } = await ofAllKinds(store);
    expect(idsOf(await tracker.failed())).toEqual(['f', 'g', 'i']);
    expect(await tracker.retry()).toBe(3);
    expect(await tracker.failed()).toEqual([]);
    expect(await tracker.counts()).toEqual({ pending: 4, running: 0, succeeded: 1, failed: 0, ignored: 0 });
    expect(await tracker.retry()).toBe(0);
  });

  it('only what was given up is retried, or only some ids', async () => {
    const { tracker } = await ofAllKinds(store);
    expect(await tracker.retry({ status: 'ignored' })).toBe(1);
    expect(await tracker.retry(['f', 'i', 'p', 's', 'x'])).toBe(1);
    expect(idsOf(await tracker.failed())).toEqual(['g']);
    for (const nothing of ['fg', { stauts: 'failed' }, { status: 'pending' }, { status: 'failed', ids: [] }, {}, null, 5])
      await expect(Reflect.apply(tracker.retry, tracker, [nothing]), JSON.stringify(nothing)).rejects.toThrow(TypeError);
    expect(idsOf(await tracker.failed())).toEqual(['g']);
  });

  it('what can be no id keeps none of the others from being retried', async () => {
    const { tracker } = await ofAllKinds(store);
    expect(await tracker.retry(['f', 'x'.repeat(400), '', 'g'])).toBe(2);
  });

  it('what somebody has started meanwhile is not retried under them', async () => {
    const { world, tracker } = await ofAllKinds(store);
    await world.passBackoff();
    const { end } = await hold(tracker, 'f');
    expect(await (await world.open()).retry(['f', 'g'])).toBe(1);
    await end();
    expect(await tracker.get('f')).toMatchObject({ status: 'succeeded' });
  });

  it('what is deleted is gone, and its id is free', async () => {
    const { world, tracker } = await ofAllKinds(store);
    for (const id of ['f', 'i', 'p', 's']) expect(await tracker.delete(id)).toBe(true);
    expect(await tracker.delete('s')).toBe(false);
    expect(idsOf(await tracker.list())).toEqual(['g']);
    expect(await tracker.create('s', 'new')).toBe(true);
    expect(await (await world.open()).get('s')).toMatchObject({ status: 'pending', data: 'new', attempts: 0, errors: [] });
  });

  it('what somebody has is not deleted', async () => {
    const { tracker } = await ofAllKinds(store);
    const { end } = await hold(tracker, 'p');
    await expect(tracker.delete('p')).rejects.toBeInstanceOf(TaskLockedError);
    await end();
    expect(await tracker.delete('p')).toBe(true);
  });
});

describe.each(STORES)('after all was deleted, in %s', (store) => {
  it('many are created at once', async () => {
    const world = new TrackerWorld(store);
    const [tracker, other] = [await world.open(), await world.open()];
    await tracker.create('old', 1);
    await tracker.deleteAll();
    const many = Array.from({ length: 100 }, (_, n): [string, number] => [String(n), n]);
    expect((await Promise.all([tracker.createMany(many), other.createMany(many)])).reduce((one, more) => one + more)).toBe(100);
    expect(await tracker.counts()).toMatchObject({ pending: 100 });
  });
});

describe('on a disk', () => {
  it('a task whose record can not be read is told of by a retry, once all others were put back', async () => {
    const { world, tracker } = await ofAllKinds('file:');
    const file = await world.disk.open('/store/tasks/load/failed/f.json', 'update');
    file.truncate(5);
    file.close();
    await expect(tracker.retry(['f', 'g', 'i'])).rejects.toThrow(/failed\/f\.json can't be read/);
    expect(await tracker.counts()).toMatchObject({ failed: 1, ignored: 0, pending: 3 });
  });

  it('a task whose record can not be read is deleted by its id, and harms no other meanwhile', async () => {
    const { world, tracker } = await ofAllKinds('file:');
    const path = '/store/tasks/load/failed/f.json';
    await world.disk.unlink(path);
    await world.write(path, 'torn');
    await expect(tracker.get('f')).rejects.toBeInstanceOf(DamagedRecordError);
    expect(await tracker.delete('f')).toBe(true);
    expect(await tracker.get('f')).toBeUndefined();
    expect(idsOf(await tracker.list())).toEqual(['p', 's', 'g', 'i']);
    expect(await tracker.create('f', 'new')).toBe(true);
  });

  it('what is no file is not deleted, but told of', async () => {
    const { world, tracker } = await ofAllKinds('file:');
    await world.disk.unlink('/store/tasks/load/failed/f.json');
    await world.disk.mkdir('/store/tasks/load/failed/f.json');
    await expect(tracker.delete('f')).rejects.toThrow(/f\.json can't be read: it is no plain file/);
  });

  it('the id of a task whose file somebody removed is freed', async () => {
    const { world, tracker } = await ofAllKinds('file:');
    await world.disk.unlink('/store/tasks/load/succeeded/s.json');
    expect([await tracker.get('s'), await tracker.create('s', 'new')]).toEqual([undefined, false]);
    expect([await tracker.delete('s'), await tracker.delete('s')]).toEqual([true, false]);
    expect(await tracker.create('s', 'new')).toBe(true);
  });
});
