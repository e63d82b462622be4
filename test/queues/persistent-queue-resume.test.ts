import { describe, expect, it } from 'vitest';
import { PermanentError, QueueNotFoundError } from '../../src/errors.ts';
import type { Damage } from '../../src/journals/damage.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';
import { doAll, listed, QueueLives, take, takeAll, valuesOf } from '../support/queue-lives.ts';

const SIZES = [{}, { segmentBytes: 1024 }] as const;

describe.each(SIZES)('what a killed run left (%o)', (options) => {
  it('Q-04 comes again as put minus done, in put order', async () => {
    const lives = new QueueLives<number>(options);
    const first = await lives.open();
    await first.putMany(Array.from({ length: 200 }, (_, index) => index));
    const items = await takeAll(first);
    for (const item of items) if (item.value % 3 === 1) await item.done();
    const second = await lives.open();
    await second.put(1_000);
    const left = items.map(({ value }) => value).filter((value) => value % 3 !== 1);
    expect(await valuesOf(second.outstanding())).toEqual([...left, 1_000]);
    expect(await second.counts()).toEqual({ waiting: left.length + 1, taken: 0, done: 67, failed: 0, damaged: 0 });
    const again = await takeAll(second);
    expect(again.map(({ value }) => value)).toEqual([...left, 1_000]);
    expect(again.map(({ attempt }) => attempt)).toEqual([...left.map(() => 2), 1]);
  });

  it('Q-04 comes in put order over many runs, from each as many as it left', async () => {
    const lives = new QueueLives<string>(options);
    const left: string[] = [];
    for (let run = 1; run <= 6; run += 1) {
      const queue = await lives.open({ maxAttempts: 100 });
      const values = Array.from({ length: 12 }, (_, index) => `${run}-${index}${'.'.repeat(80)}`);
      await queue.putMany(values);
      left.push(...values);
      for (const item of await takeAll(queue)) {
        if (left.indexOf(item.value) % 2 === 1) continue;
        await item.done();
      }
      left.splice(0, left.length, ...left.filter((_, index) => index % 2 === 1));
    }
    const last = await lives.open();
    expect(await valuesOf(last.outstanding())).toEqual(left);
    expect(await doAll(await lives.open({ maxAttempts: 100 }))).toEqual(left);
  });

  it('Q-05 of two equal values one is left when one is done', async () => {
    const lives = new QueueLives<string>(options);
    const first = await lives.open();
    await first.putMany(['same', 'same']);
    const [, second] = await takeAll(first);
    await second?.done();
    const left = await takeAll(await lives.open());
    expect(left.map(({ id, value }) => [id, value])).toEqual([['00000001-0000000001', 'same']]);
  });
});

describe('resume: false', () => {
  async function leaving(...values: string[]): Promise<QueueLives<string>> {
    const lives = new QueueLives<string>();
    await (await lives.open()).putMany(values);
    return lives;
  }

  it('Q-03 delivers only what is put now; outstanding lists the rest', async () => {
    const lives = await leaving('old 1', 'old 2');
    const queue = await lives.open({ resume: false });
    expect(await queue.tryGet()).toBeUndefined();
    await queue.put('new');
    expect(await valuesOf(queue.outstanding())).toEqual(['old 1', 'old 2', 'new']);
    expect(await doAll(queue)).toEqual(['new']);
    await queue.close();
    expect(await queue.get()).toBeUndefined();
    expect(await queue.counts()).toMatchObject({ waiting: 2, done: 1 });
    // The load is closed, but not finished: the rest is still there.
    expect(await doAll(await lives.open())).toEqual(['old 1', 'old 2']);
  });

  it('Q-06 requeueOutstanding delivers the rest, before what is put now, and copies nothing', async () => {
    const lives = await leaving('old 1', 'old 2');
    const queue = await lives.open({ resume: false });
    await queue.put('new');
    const files = await lives.disk.readdir('/queue');
    expect(await queue.requeueOutstanding()).toBe(2);
    expect(await queue.requeueOutstanding()).toBe(0);
    expect(await lives.disk.readdir('/queue')).toEqual(files);
    expect((await takeAll(queue)).map(({ value }) => value)).toEqual(['old 1', 'old 2', 'new']);
  });

  it('Q-06 requeueOutstanding after a crash of itself repeats nothing', async () => {
    const lives = await leaving('old 1', 'old 2', 'old 3');
    for (let crash = 0; crash < 3; crash += 1) {
      const queue = await lives.open({ resume: false });
      await queue.requeueOutstanding();
    }
    const queue = await lives.open({ resume: false });
    expect(await queue.requeueOutstanding()).toBe(3);
    expect(await doAll(queue)).toEqual(['old 1', 'old 2', 'old 3']);
    expect(await takeAll(await lives.open())).toEqual([]);
  });

  it('Q-06 requeueOutstanding wakes whoever waits already', async () => {
    const lives = await leaving('old');
    const queue = await lives.open({ resume: false });
    const waiting = queue.get();
    await queue.requeueOutstanding();
    expect((await waiting)?.value).toBe('old');
  });

  it('Q-06 what was retried and then requeued comes once', async () => {
    const lives = await leaving('a', 'b');
    await (await take(await lives.open())).fail(new Error('no'));
    const failing = await lives.open({ maxAttempts: 2 });
    await (await take(failing)).fail(new Error('no'));
    const queue = await lives.open({ resume: false });
    expect(await queue.retry()).toBe(1);
    await queue.requeueOutstanding();
    expect((await takeAll(queue)).map(({ value }) => value)).toEqual(['a', 'b']);
  });
});

it('Q-07 a chain of five crashed runs ends with each value done once', async () => {
  const lives = new QueueLives<number>({ maxAttempts: 10 });
  const values = Array.from({ length: 25 }, (_, index) => index);
  const done: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    const queue = await lives.open();
    await queue.putMany(values.slice(run * 5, run * 5 + 5));
    for (let left = 3; left > 0; left -= 1) {
      const item = await take(queue);
      await item.done();
      done.push(item.value);
    }
    await take(queue);
  }
  done.push(...(await doAll(await lives.open())));
  expect(done).toEqual(values);
});

it('attempts survive a crash, and a clean stop counts none', async () => {
  const lives = new QueueLives<string>();
  const first = await lives.open();
  await first.put('a');
  for (let stop = 0; stop < 5; stop += 1) {
    const queue = await lives.open();
    expect(await take(queue)).toMatchObject({ attempt: 1 });
    await queue.dispose();
  }
  expect(await take(await lives.open())).toMatchObject({ attempt: 1 });
  expect(await take(await lives.open())).toMatchObject({ attempt: 2 });
  const [left] = await listed((await lives.open()).outstanding());
  expect(left).toEqual({ id: '00000001-0000000001', key: undefined, value: 'a', attempts: 2 });
});

describe('Q-33 explicit journalDir and resumeFrom', () => {
  const clock = hastyClock();

  function opener(): (journalDir: string, resumeFrom?: string, onDamage?: (damage: Damage) => void) => Promise<PersistentQueue<string>> {
    const disk = memoryDisk();
    return (journalDir, resumeFrom, onDamage) =>
      PersistentQueue.open<string>({
        journalDir,
        fileSystem: mortal(disk),
        clock,
        ...(resumeFrom !== undefined && { resumeFrom }),
        ...(onDamage !== undefined && { onDamage }),
      });
  }

  it('carry ids, keys, attempts and what was given up from directory to directory', async () => {
    const open = opener();
    const first = await open('/runs/1');
    for (const value of ['a', 'b', 'c', 'd']) await first.put(value, { key: `key of ${value}` });
    await (await take(first)).done();
    const { id } = await take(first);
    const third = await take(first);
    for (let attempt = 0; attempt < 3; attempt += 1) await (attempt === 0 ? third : await take(first)).fail(new Error('not c'));
    const second = await open('/runs/2', '/runs/1');
    expect(second.run).toBe(2);
    expect(await listed(second.outstanding())).toEqual([
      { id, key: 'key of b', value: 'b', attempts: 1 },
      { id: '00000001-0000000004', key: 'key of d', value: 'd', attempts: 0 },
    ]);
    expect(await listed(second.failed())).toMatchObject([{ key: 'key of c', value: 'c', attempts: 3, error: { message: 'not c' } }]);
    for (const value of ['a', 'b', 'c', 'd']) expect(await second.put('again', { key: `key of ${value}` })).toBe(false);
    await second.put('e');
    expect((await takeAll(second)).map(({ value, attempt }) => [value, attempt])).toEqual([
      ['b', 2],
      ['d', 1],
      ['e', 1],
    ]);
  });

  it('report no damage in what was carried over, however it is read', async () => {
    const open = opener();
    await (await open('/runs/1')).putMany(['a', 'b', 'c']);
    const damage: Damage[] = [];
    const onDamage = (found: Damage): void => void damage.push(found);
    const second = await open('/runs/2', '/runs/1', onDamage);
    expect(await listed(second.outstanding())).toHaveLength(3);
    await (await take(second)).fail(new PermanentError('not a'));
    expect(await listed(second.failed())).toHaveLength(1);
    await (await take(second)).release();
    const third = await open('/runs/3', '/runs/2', onDamage);
    expect(await doAll(third)).toEqual(['b', 'c']);
    expect(damage).toEqual([]);
  });

  it('say what is not there', async () => {
    const open = opener();
    await expect(open('/runs/2', '/runs/1')).rejects.toBeInstanceOf(QueueNotFoundError);
  });

  it('take nothing over twice', async () => {
    const open = opener();
    await (await open('/runs/1')).putMany(['a', 'b']);
    await (await take(await open('/runs/2', '/runs/1'))).done();
    expect(await doAll(await open('/runs/2', '/runs/1'))).toEqual(['b']);
    expect(await doAll(await open('/runs/3', '/runs/2'))).toEqual([]);
  });

  it('begin afresh after a finished load', async () => {
    const open = opener();
    const first = await open('/runs/1');
    await first.put('a', { key: 'a' });
    await doAll(first);
    await first.close();
    await first.dispose();
    const second = await open('/runs/2', '/runs/1');
    expect(await second.put('a', { key: 'a' })).toBe(true);
    expect(await doAll(second)).toEqual(['a']);
  });
});
