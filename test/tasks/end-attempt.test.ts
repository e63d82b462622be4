import { describe, expect, it } from 'vitest';
import { DiskError, UnserialisableValueError } from '../../src/errors.ts';
import { InvalidValueError } from '../../src/queues/handler-errors.ts';
import type { PayloadSchema } from '../../src/queues/schema.ts';
import { LONGEST_TASK_DATA } from '../../src/tasks/task-data.ts';
import type { Call } from '../support/fault-plan.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { failTimes, STORES, TrackerWorld } from '../support/tracker-world.ts';

const small: PayloadSchema<number> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => (typeof value === 'number' && value < 10 ? { value } : { issues: [{ message: 'too many' }] }),
  },
};

const circle: unknown[] = [];
circle.push(circle);

describe.each(STORES)('in %s what can’t be written', (store) => {
  it.each([
    ['is no JSON', () => circle, 'circular'],
    ['is no JSON either', () => ({ rows: 1n }), 'BigInt'],
    ['is nothing that could be written', () => () => 1, 'no word for it'],
    ['is too long', () => 'x'.repeat(LONGEST_TASK_DATA), 'is the most'],
    ['is too long in bytes', () => 'ü'.repeat(LONGEST_TASK_DATA / 2), 'is the most'],
  ])('ends the attempt in `failed` with its reason, when it %s', async (_why, make, reason) => {
    const world = new TrackerWorld(store);
    const tracker = await world.open<unknown>({ maxAttempts: 2 });
    await tracker.create('a', 'before');
    const run = (): Promise<void> => tracker.run('a', (attempt) => void (attempt.data = make()));
    await expect(run()).rejects.toBeInstanceOf(UnserialisableValueError);
    expect(await tracker.get('a')).toMatchObject({
      status: 'failed',
      data: 'before',
      failures: 1,
      lastError: { name: 'UnserialisableValueError' },
    });
    expect((await tracker.get('a'))?.lastError?.message).toContain(reason);
    await world.passBackoff();
    await expect(run()).rejects.toThrow();
    expect(await tracker.get('a')).toMatchObject({ status: 'ignored', data: 'before' });
  });

  it('ends the attempt in `failed`, when its schema refuses it', async () => {
    const tracker = await new TrackerWorld(store).open({ schema: small });
    await tracker.create('a', 1);
    const running = tracker.run('a', (attempt) => void (attempt.data = 11));
    await expect(running).rejects.toBeInstanceOf(InvalidValueError);
    expect(await tracker.get('a')).toMatchObject({ status: 'failed', data: 1, lastError: { name: 'InvalidValueError' } });
  });

  it('is not kept by a checkpoint that its schema refuses: what was kept before is', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open({ schema: small });
    await tracker.create('a', 1);
    const running = tracker.run('a', async (attempt) => {
      attempt.data = 5;
      await attempt.checkpoint();
      attempt.data = 11;
      await expect(attempt.checkpoint()).rejects.toBeInstanceOf(InvalidValueError);
      attempt.data = 12;
      await attempt.checkpoint();
    });
    await expect(running).rejects.toThrow('too many');
    expect(await tracker.get('a')).toMatchObject({ status: 'failed', data: 5 });
    await world.passBackoff();
    expect(await tracker.run('a', ({ data }) => data)).toBe(5);
  });

  it('is a failure of that task alone where many are worked on', async () => {
    const tracker = await new TrackerWorld(store).open<unknown>({ backoff: false, maxAttempts: 2 });
    await tracker.createMany([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    const report = await tracker.work((attempt) => {
      if (attempt.id === 'b') attempt.data = 1n;
    });
    expect(report).toMatchObject({ done: 2, retried: 1, failed: 1, lost: 0 });
    expect(report.errors).toMatchObject([{ id: 'b', error: { code: 'ERR_UNSERIALISABLE_VALUE' } }]);
    expect(await tracker.counts()).toMatchObject({ succeeded: 2, ignored: 1, running: 0 });
  });

  it('is a failure of an item that is done', async () => {
    const tracker = await new TrackerWorld(store).open<unknown>();
    await tracker.create('a', 1);
    const item = await tracker.next();
    if (item !== undefined) item.current.data = 1n;
    await expect(item?.done()).rejects.toBeInstanceOf(UnserialisableValueError);
    await expect(item?.done()).rejects.toMatchObject({ code: 'ERR_ITEM_SETTLED', before: 'failed' });
    expect(await tracker.get('a')).toMatchObject({ status: 'failed', data: 1 });
  });

  it('of an error does not keep it from being told', async () => {
    const tracker = await new TrackerWorld(store).open();
    await tracker.create('a', 1);
    const strange = new Error('x'.repeat(1_000_000), { cause: circle });
    strange.stack = 'y'.repeat(1_000_000);
    await expect(tracker.run('a', () => Promise.reject(strange))).rejects.toBe(strange);
    const { lastError } = (await tracker.get('a')) ?? {};
    expect(lastError?.message.length).toBeLessThan(5_000);
    expect(lastError?.stack?.length).toBeLessThan(5_000);
    expect(lastError?.cause?.name).toBe('Error');
  });

  it('does not grow: of many errors the last twenty are kept', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open({ maxAttempts: 100 });
    await tracker.create('a', 1);
    await failTimes(world, tracker, 'a', 25);
    const task = await tracker.get('a');
    expect(task).toMatchObject({ attempts: 25, failures: 25, lastError: { message: 'no 25' } });
    expect(task?.errors.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 20 }, (_, n) => n + 6));
  });
});

/** A disk that is full from some moment on, for records, and only for so many. */
class FullDisk {
  readonly disk: FaultyDisk;
  #refusals = 0;

  constructor(world: TrackerWorld) {
    this.disk = new FaultyDisk(world.disk, { faults: [{ errno: 'ENOSPC', at: (call) => this.#refuses(call) }] });
  }

  refuse(times: number): void {
    this.#refusals = times;
  }

  #refuses({ operation, path }: Call): boolean {
    if (this.#refusals === 0 || operation !== 'write' || !path.includes('/stages/')) return false;
    this.#refusals -= 1;
    return true;
  }
}

describe('a disk that is full', () => {
  it('makes a success a failure if it takes that, and the reason is kept', async () => {
    const world = new TrackerWorld('file:');
    const full = new FullDisk(world);
    const tracker = await world.open<string>({ fileSystem: full.disk });
    await tracker.create('a', 'before');
    const running = tracker.run('a', (attempt) => {
      attempt.data = 'after';
      full.refuse(1);
    });
    await expect(running).rejects.toMatchObject({ code: 'ERR_DISK', errno: 'ENOSPC' });
    expect(await tracker.get('a')).toMatchObject({ status: 'failed', data: 'before', lastError: { name: 'DiskError' } });
  });

  it('gives the task back if it takes neither, and goes on with room again', async () => {
    const world = new TrackerWorld('file:');
    const full = new FullDisk(world);
    const tracker = await world.open<string>({ fileSystem: full.disk });
    await tracker.create('a', 'before');
    const item = await tracker.next();
    if (item !== undefined) item.current.data = 'after';
    full.refuse(2);
    await expect(item?.done()).rejects.toBeInstanceOf(DiskError);
    const task = await (await world.open()).get('a');
    expect(task).toMatchObject({ status: 'pending', data: 'before', attempts: 0 });
    expect(task?.holder).toBeUndefined();
    await tracker.run('a', () => undefined);
    expect(await tracker.get('a')).toMatchObject({ status: 'succeeded' });
  });

  it('gives a task back that failed, and tells both errors', async () => {
    const world = new TrackerWorld('file:');
    const full = new FullDisk(world);
    const tracker = await world.open({ fileSystem: full.disk });
    await tracker.create('a', 1);
    const error = new Error('no');
    const running = tracker.run('a', () => {
      full.refuse(1);
      throw error;
    });
    const cause: unknown = expect.objectContaining({ code: 'ERR_DISK', errno: 'ENOSPC' });
    await expect(running).rejects.toMatchObject({ code: 'ERR_TASK_UNSETTLED', useCase: 'load', taskId: 'a', failure: error, cause });
    expect(await tracker.get('a')).toMatchObject({ status: 'pending', attempts: 0 });
  });
});

describe('a disk that refuses once to move an end that is decided', () => {
  it('costs nothing: it is moved then', async () => {
    const world = new TrackerWorld('file:');
    let refusals = 0;
    const isHome = ({ operation, to }: Call): boolean => operation === 'rename' && to === '/store/tasks/load/succeeded/a.json';
    const disk = new FaultyDisk(world.disk, { faults: [{ errno: 'EIO', at: (call) => isHome(call) && refusals++ === 0 }] });
    const tracker = await world.open<string>({ fileSystem: disk });
    await tracker.create('a', 'before');
    await tracker.run('a', (attempt) => void (attempt.data = 'after'));
    expect(refusals).toBe(2);
    expect(await tracker.list()).toMatchObject([{ id: 'a', status: 'succeeded', data: 'after', attempts: 1, errors: [] }]);
  });
});
