import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import type { PersistentQueueOptions } from '../../src/queues/queue-options.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import type { Call } from '../support/fault-plan.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { doAll, listed, QueueLives, take, takeAll, valuesOf } from '../support/queue-lives.ts';
import { tempFolder } from '../support/temp-folder.ts';

const DEEP = process.env['DIBS_DEEP'] === '1';

function sizeOf(folder: string): { files: number; bytes: number } {
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Values so wide that a few of them fill a journal of 1 KB. */
function wide(count: number, name = ''): string[] {
  return Array.from({ length: count }, (_, index) => `${name}${index}${'.'.repeat(150)}`);
}

describe('Q-29 journals roll and vanish', () => {
  it.each<[number, PersistentQueueOptions<number>]>([
    [DEEP ? 1_000_000 : 30_000, { durability: 'process', segmentBytes: (DEEP ? 256 : 64) * 1024 }],
    [DEEP ? 100_000 : 4_000, { durability: 'power', segmentBytes: 16 * 1024 }],
  ])('%i puts and dones leave a small directory, at any time (%o)', async (count, options) => {
    const folder = tempFolder();
    const queue = await PersistentQueue.open<number>(folder, options);
    const largest = { files: 0, bytes: 0 };
    const together = 500;
    for (let next = 0; next < count; next += together) {
      await queue.putMany(Array.from({ length: together }, (_, index) => next + index));
      await Promise.all((await takeAll(queue)).map((item) => item.done()));
      const { files, bytes } = sizeOf(folder);
      Object.assign(largest, { files: Math.max(files, largest.files), bytes: Math.max(bytes, largest.bytes) });
    }
    expect(await queue.counts()).toEqual({ waiting: 0, taken: 0, done: count, failed: 0, damaged: 0 });
    await queue.dispose();
    expect(sizeOf(folder).files).toBeLessThanOrEqual(8);
    expect(largest.files).toBeLessThanOrEqual(16);
    expect(largest.bytes).toBeLessThan(8 * (options.segmentBytes ?? 0));
  });

  it('though one message is held all the time, or was given up, in many runs', async () => {
    const folder = tempFolder();
    for (let run = 0; run < 5; run += 1) {
      const queue = await PersistentQueue.open<string>(folder, { durability: 'process', segmentBytes: 4096, maxAttempts: 1 });
      await queue.put(`held in run ${run}`);
      await queue.put(`given up in run ${run}`);
      const [held, hopeless] = [await take(queue), await take(queue)];
      if (hopeless.value.startsWith('given up')) await hopeless.fail(new Error('no'));
      else await hopeless.release();
      for (let round = 0; round < 40; round += 1) {
        await queue.putMany(wide(20, 'busy '));
        for (const item of await takeAll(queue)) await (item.value.startsWith('busy') ? item.done() : item.fail(new Error('no')));
      }
      if (run === 4) await held.done();
      else await held.release();
      await queue.dispose();
    }
    expect(sizeOf(folder).files).toBeLessThan(24);
    expect(sizeOf(folder).bytes).toBeLessThan(100_000);
    const queue = await PersistentQueue.open<string>(folder);
    expect((await queue.counts()).done).toBeGreaterThanOrEqual(5 * 40 * 20);
    await queue.dispose();
  });

  it('what a finished load leaves is a manifest and an owner', async () => {
    const lives = new QueueLives<string>({ segmentBytes: 1024 });
    const queue = await lives.open();
    await queue.putMany(wide(50), { key: (value) => value });
    await doAll(queue);
    await queue.close();
    await queue.dispose();
    await (await lives.open()).dispose();
    expect((await lives.disk.readdir('/queue')).toSorted()).toEqual(['owner.2', 'queue.json']);
  });
});

describe('files that are filled ahead', () => {
  const texts = (disk: CrashingDisk): string[] =>
    Object.entries(disk.files()).flatMap(([path, text]) => (path.endsWith('.tsv') ? [text] : []));

  it('are exact once they are left, by a queue that rolls them and by one that is closed', async () => {
    const disk = new CrashingDisk({ '/queue/': '' });
    const queue = await new QueueLives<string>({ segmentBytes: 1024 }, disk.process()).open();
    for (const value of wide(20)) await queue.put(value);
    for (let left = 8; left > 0; left -= 1) await take(queue);
    expect(texts(disk).filter((text) => text.endsWith('\n\n'))).toHaveLength(2);
    await queue.dispose();
    expect(texts(disk).length).toBeGreaterThan(4);
    expect(texts(disk).filter((text) => text.endsWith('\n\n'))).toEqual([]);
  });

  it('are none of a queue that is put to once, and none at durability process', async () => {
    for (const [puts, durability] of [
      [1, 'power'],
      [50, 'process'],
    ] as const) {
      const disk = new CrashingDisk({ '/queue/': '' });
      const queue = await new QueueLives<string>({ durability }, disk.process()).open();
      for (let left = puts; left > 0; left -= 1) await queue.put('a');
      expect(texts(disk).filter((text) => text.endsWith('\n\n'))).toEqual([]);
      await queue.dispose();
    }
  });
});

describe('Q-37 while journals are removed', () => {
  it('nothing is delivered again, in whichever run they go', async () => {
    const lives = new QueueLives<string>({ segmentBytes: 1024, maxAttempts: 100 });
    const done = new Set<string>();
    for (let run = 0; run < 12; run += 1) {
      const queue = await lives.open();
      await queue.putMany(wide(15, `${run}/`));
      for (const item of await takeAll(queue)) {
        expect(done.has(item.value), item.value).toBe(false);
        if ((Number.parseInt(item.value.split('/')[1] ?? '') + run) % 4 === 0) continue;
        await item.done();
        done.add(item.value);
      }
      if (run % 3 === 0) await queue.dispose();
    }
    const left = await doAll(await lives.open());
    expect(left.filter((value) => done.has(value))).toEqual([]);
    expect(left.length + done.size).toBe(12 * 15);
  });

  const LOOKS: Record<string, (queue: PersistentQueue<string>) => Promise<unknown>> = {
    outstanding: (queue) => valuesOf(queue.outstanding()),
    failed: (queue) => valuesOf(queue.failed()),
    counts: async (queue) => {
      const { damaged: _, ...counts } = await queue.counts();
      return counts;
    },
  };

  it.each([
    ['outstanding', 'left'],
    ['failed', 'given up'],
    ['counts', ''],
  ] as const)('%s at that very moment tells what is left and nothing else', async (look, expected) => {
    for (const isFailing of [false, true]) {
      for (let turns = 0; turns < 24; turns += 1) {
        const lives = new QueueLives<string>({ segmentBytes: 1024, maxAttempts: 1, durability: turns % 4 < 2 ? 'power' : 'process' });
        await (await lives.open()).putMany(isFailing ? ['done', 'given up'] : ['done']);
        const queue = await lives.open();
        await queue.put('left');
        const first = await take(queue);
        if (isFailing) await (await take(queue)).fail(new Error('no'));
        await first.done();
        for (let turn = 0; turn < turns / 2; turn += 1) await (turns % 2 === 0 ? Promise.resolve() : nextTurn());
        const found = await LOOKS[look]?.(queue);
        const listedValues = look === 'failed' && !isFailing ? [] : [expected];
        expect(found, `after ${turns} turns`).toEqual(
          look === 'counts' ? { waiting: 1, taken: 0, done: 1, failed: isFailing ? 1 : 0 } : listedValues,
        );
      }
    }
  });
});

describe('Q-28 a backlog larger than the window', () => {
  /** Bytes read from put journals so far. */
  const readFrom = (calls: readonly Call[]): number =>
    calls.reduce((sum, { operation, path, length = 0 }) => sum + (operation === 'read' && path.endsWith('.put.tsv') ? length : 0), 0);

  it('is not read before its first message is delivered', async () => {
    const disk = memoryDisk();
    const value = 'x'.repeat(2_000);
    await (await new QueueLives<string>({ segmentBytes: 1024 * 1024 }, disk).open()).putMany(Array.from({ length: 10_000 }, () => value));
    const counting = new FaultyDisk(disk);
    const queue = await new QueueLives<string>({}, counting).open();
    expect((await take(queue)).value).toBe(value);
    expect(readFrom(counting.calls)).toBeLessThan(2 * 1024 * 1024);
    for (let more = 0; more < 1_000; more += 1) await (await take(queue)).done();
    expect(readFrom(counting.calls)).toBeLessThan(4 * 1024 * 1024);
  });

  it('comes in put order, whatever of it was read back from disk', async () => {
    const queue = await new QueueLives<string>({ segmentBytes: 64 * 1024, durability: 'process' }).open();
    const values = Array.from({ length: 12_000 }, (_, index) => `${index}`);
    await queue.putMany(values.slice(0, 5_000));
    const got = (await listed(someOf(queue, 3_000))).slice();
    await queue.putMany(values.slice(5_000));
    got.push(...(await doAll(queue)));
    expect(got).toEqual(values);
  });
});

async function* someOf(queue: PersistentQueue<string>, count: number): AsyncGenerator<string> {
  for (let left = count; left > 0; left -= 1) {
    const item = await take(queue);
    await item.done();
    yield item.value;
  }
}
