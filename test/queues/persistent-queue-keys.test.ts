import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DiskError } from '../../src/errors.ts';
import type { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import type { PersistentQueueOptions } from '../../src/queues/queue-options.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { doAll, listed, QueueLives, take, takeAll, valuesOf } from '../support/queue-lives.ts';

const KEYS = ['plain', '', 'tab\t', 'line\n', '"', '\\', '😀', '\ud800', '__proto__', 'null', 'x'.repeat(10_000)];

describe('Q-08 a key', () => {
  it('is refused while it is outstanding, and when it is done', async () => {
    const queue = await new QueueLives<string>().open();
    expect(await queue.put('a', { key: 'k' })).toBe(true);
    expect(await queue.put('b', { key: 'k' })).toBe(false);
    const item = await take(queue);
    expect(await queue.put('b', { key: 'k' })).toBe(false);
    await item.done();
    expect(await queue.put('b', { key: 'k' })).toBe(false);
    expect(await queue.put('b', { key: 'K' })).toBe(true);
    expect(await queue.put('b')).toBe(true);
    expect(await valuesOf(queue.outstanding())).toEqual(['b', 'b']);
  });

  it('is refused after a crash as before it, whatever text it is', async () => {
    const lives = new QueueLives<string>();
    const first = await lives.open();
    for (const key of KEYS) expect(await first.put(`of ${key.length}`, { key })).toBe(true);
    for (const item of (await takeAll(first)).slice(0, 5)) await item.done();
    const second = await lives.open();
    for (const key of KEYS) expect(await second.put('again', { key }), key).toBe(false);
    expect((await listed(second.outstanding())).map(({ key }) => key)).toEqual(KEYS.slice(5));
  });

  it('is refused when its message was given up', async () => {
    const lives = new QueueLives<string>({ maxAttempts: 1 });
    const queue = await lives.open();
    await queue.put('a', { key: 'k' });
    await (await take(queue)).fail(new Error('no'));
    expect(await queue.put('a', { key: 'k' })).toBe(false);
    expect(await (await lives.open()).put('a', { key: 'k' })).toBe(false);
  });

  it('is given by a function to each of many', async () => {
    const queue = await new QueueLives<{ day: string }>().open();
    const days = ['mon', 'tue', 'mon', 'wed', 'tue'].map((day) => ({ day }));
    expect(await queue.putMany(days, { key: ({ day }) => day })).toBe(3);
    expect(await queue.putMany(days, { key: ({ day }) => (day === 'mon' ? undefined : day) })).toBe(2);
    expect((await doAll(queue)).map(({ day }) => day)).toEqual(['mon', 'tue', 'wed', 'mon', 'mon']);
  });

  it('is free again when its put was refused', async () => {
    const queue = await new QueueLives<unknown>().open();
    await expect(queue.put(1n, { key: 'k' })).rejects.toThrow();
    expect(await queue.put('a', { key: 'k' })).toBe(true);
  });

  it('is not refused for a put of the same moment that fails: its message would be nowhere', async () => {
    let full = false;
    const disk = new FaultyDisk(memoryDisk(), {
      faults: [{ at: ({ operation, path }) => full && operation === 'write' && path.endsWith('.put.tsv'), errno: 'ENOSPC' }],
    });
    const queue = await new QueueLives<string>({}, disk).open();
    await queue.put('before', { key: 'before' });
    full = true;
    const both = [queue.put('a', { key: 'k' }), queue.put('a', { key: 'k' })];
    for (const outcome of await Promise.allSettled(both))
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(DiskError) });
  });

  it('outlives the journal that it stood in', async () => {
    const lives = new QueueLives<string>({ segmentBytes: 1024 });
    const first = await lives.open();
    const values = Array.from({ length: 60 }, (_, index) => `${index}${'.'.repeat(100)}`);
    expect(await first.putMany(values, { key: (value) => value })).toBe(60);
    await doAll(first);
    expect(await first.putMany(values, { key: (value) => value })).toBe(0);
    for (let run = 0; run < 3; run += 1) {
      const queue = await lives.open();
      expect(await queue.putMany(values, { key: (value) => value })).toBe(0);
    }
  });

  it('outlives a journal that is removed before the first key is asked for', async () => {
    const lives = new QueueLives<string>();
    const first = await lives.open();
    await first.put('a', { key: 'k' });
    await doAll(first);
    await first.dispose();
    const second = await lives.open();
    await second.counts();
    const journals = async (): Promise<string[]> =>
      (await lives.disk.readdir('/queue')).filter((name) => name.startsWith('queue.00000001.') && name.endsWith('.put.tsv'));
    for (let turn = 0; turn < 50 && (await journals()).length > 0; turn += 1) await nextTurn();
    expect(await journals()).toEqual([]);
    expect(await second.put('a', { key: 'k' })).toBe(false);
  });
});

describe('Q-09 the whole script', () => {
  const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri'];

  async function script(queue: PersistentQueue<string>, crashAfter = Number.POSITIVE_INFINITY): Promise<string[]> {
    const done: string[] = [];
    for (const day of DAYS) await queue.put(day, { key: day });
    await queue.close();
    for await (const item of queue) {
      if (done.length === crashAfter) return done;
      await item.done();
      done.push(item.value);
    }
    await queue.dispose();
    return done;
  }

  it.each([{}, { segmentBytes: 1024 }])(
    'run again does what is missing, and after a finished load everything (%o)',
    async (options: PersistentQueueOptions<string>) => {
      const lives = new QueueLives<string>({ maxAttempts: 9, ...options });
      for (let day = 0; day < 2; day += 1) {
        expect(await script(await lives.open(), 2)).toEqual(['mon', 'tue']);
        expect(await script(await lives.open(), 1)).toEqual(['wed']);
        expect(await script(await lives.open())).toEqual(['thu', 'fri']);
      }
      expect(await (await lives.open()).counts()).toEqual({ waiting: 0, taken: 0, done: 0, failed: 0, damaged: 0 });
    },
  );

  it('that was killed after its last done, before the end, has nothing left to do, and then everything', async () => {
    const lives = new QueueLives<string>();
    const queue = await lives.open();
    for (const day of DAYS) await queue.put(day, { key: day });
    await doAll(queue);
    expect(await script(await lives.open())).toEqual([]);
    expect(await script(await lives.open())).toEqual(DAYS);
  });

  it('with keepKeys remembers for ever what was done', async () => {
    const lives = new QueueLives<string>({ keepKeys: true });
    expect(await script(await lives.open())).toEqual(DAYS);
    for (let day = 0; day < 3; day += 1) expect(await script(await lives.open())).toEqual([]);
    expect(await (await lives.open()).put('sat', { key: 'sat' })).toBe(true);
  });

  it('leaves what was given up for the next load, and its key free', async () => {
    const lives = new QueueLives<string>({ maxAttempts: 1 });
    const queue = await lives.open();
    await queue.put('mon', { key: 'mon' });
    await (await take(queue)).fail(new Error('not on mondays'));
    await queue.close();
    await queue.dispose();
    const next = await lives.open();
    expect(await listed(next.failed())).toMatchObject([{ value: 'mon', key: 'mon', attempts: 1, error: { message: 'not on mondays' } }]);
    expect(await next.put('mon', { key: 'mon' })).toBe(true);
    expect(await next.retry()).toBe(1);
    expect(await doAll(next)).toEqual(['mon', 'mon']);
  });
});
