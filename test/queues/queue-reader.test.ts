import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NotAQueueError, QueueNotFoundError } from '../../src/errors.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { type QueueReader, readQueue } from '../../src/queues/queue-reader.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import type { Call } from '../support/fault-plan.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { doAll, listed, QueueLives, take, takeAll, valuesOf } from '../support/queue-lives.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { bySize } from '../support/sample.ts';

/** A disk on which nothing may be changed. */
function untouchable(disk: FileSystem): FileSystem {
  return new FaultyDisk(disk, {
    faults: [{ at: ({ changes, operation, to }) => changes || (operation === 'open' && to !== 'read'), errno: 'EROFS' }],
  });
}

function reading<T = string>(disk: FileSystem): Promise<QueueReader<T>> {
  return readQueue<T>('/queue', { fileSystem: untouchable(disk) });
}

describe('status', () => {
  it('says how a queue stands, while another owns it, and changes nothing', async () => {
    const lives = new QueueLives<string>({ maxAttempts: 1 });
    const first = await lives.open();
    await first.putMany(['done', 'failed', 'a', 'b']);
    await (await take(first)).done();
    await (await take(first)).fail(new Error('no'));
    const queue = await PersistentQueue.open<string>('/queue', { fileSystem: lives.disk, clock: lives.clock });
    await queue.put('c');
    const item = await take(queue);
    const reader = await reading(lives.disk);
    const status = await reader.status();
    expect(status).toMatchObject({
      kind: 'persistent-queue',
      directory: '/queue',
      name: 'queue',
      version: 1,
      holder: { pid: process.pid, host: expect.any(String), since: expect.any(String), alive: true },
      closed: false,
      finished: false,
      counts: { waiting: 2, taken: 1, done: 1, failed: 1, damaged: 0 },
    });
    expect(status.runs.map(({ run, puts, dones }) => ({ run, puts, dones }))).toEqual([
      { run: 1, puts: 4, dones: 1 },
      { run: 2, puts: 1, dones: 0 },
    ]);
    expect(status.bytes).toBe(status.runs.reduce((sum, { bytes }) => sum + bytes, 0));
    await item.done();
    expect((await reader.status()).counts).toEqual({ waiting: 2, taken: 0, done: 2, failed: 1, damaged: 0 });
    await doAll(queue);
    await queue.close();
    expect(await reader.status()).toMatchObject({ closed: true, finished: true, counts: { waiting: 0, taken: 0, done: 4, failed: 1 } });
    await queue.dispose();
    expect(await reader.status()).toMatchObject({ holder: null, finished: true });
    await (await lives.open()).dispose();
    expect(await reader.status()).toMatchObject({ closed: false, finished: false, counts: { waiting: 0, taken: 0, done: 0, failed: 1 } });
  });

  it('counts what a dead owner held as waiting', async () => {
    const lives = new QueueLives<string>();
    const queue = await lives.open();
    await queue.putMany(['a', 'b']);
    await take(queue);
    const status = await (await reading(lives.disk)).status();
    expect(status).toMatchObject({ holder: { alive: false }, counts: { waiting: 2, taken: 0 } });
    await queue.dispose();
  });

  it('is the same as counts() of the owner, at every step of a load', async () => {
    const lives = new QueueLives<string>({ segmentBytes: 1024, maxAttempts: 1 });
    const wide = '.'.repeat(120);
    const reader = async (): Promise<object> => (await (await reading(lives.disk)).status()).counts;
    for (let run = 0; run < 3; run += 1) {
      const queue = await PersistentQueue.open<string>('/queue', {
        fileSystem: lives.disk,
        clock: lives.clock,
        segmentBytes: 1024,
        maxAttempts: 1,
      });
      await queue.putMany(Array.from({ length: 30 }, (_, index) => `${index}${wide}`));
      for (let next = 0; next < 25; next += 1) {
        const item = await take(queue);
        if (next % 5 === 0) await item.fail(new Error('no'));
        else await item.done();
        if (next % 6 === 0) expect(await reader(), `run ${run}, ${next}`).toEqual(await queue.counts());
      }
      await queue.dispose();
    }
  });
});

describe('listing', () => {
  it('gives what is outstanding and what was given up, as the owner does', async () => {
    const lives = new QueueLives<string>({ maxAttempts: 1, segmentBytes: 1024 });
    const queue = await lives.open();
    const wide = '.'.repeat(100);
    for (let next = 0; next < 20; next += 1) await queue.put(`${next}${wide}`, next % 2 === 0 ? { key: `key ${next}` } : undefined);
    for (let next = 0; next < 15; next += 1)
      await (next % 4 === 0 ? (await take(queue)).fail(new Error(`no ${next}`)) : (await take(queue)).done());
    await queue.flush();
    const reader = await reading(lives.disk);
    expect(await listed(reader.failed())).toEqual(await listed(queue.failed()));
    expect(await listed(reader.outstanding())).toEqual(await listed(queue.outstanding()));
    await queue.dispose();
    const next = await lives.open();
    expect(await listed(reader.failed())).toEqual(await listed(next.failed()));
    expect(await listed(reader.outstanding())).toEqual(await listed(next.outstanding()));
  });

  it('counts the attempts that a message has had, the one under way too', async () => {
    const lives = new QueueLives<string>();
    await (await lives.open()).put('a');
    await take(await lives.open());
    await take(await lives.open());
    expect(await listed((await reading(lives.disk)).outstanding())).toMatchObject([{ value: 'a', attempts: 2 }]);
  });

  it('reads with the codec it is given', async () => {
    const codec = { encode: (value: Date) => value.toISOString(), decode: (text: string) => new Date(text) };
    const lives = new QueueLives<Date>({ codec });
    await (await lives.open()).put(new Date(5));
    const reader = await readQueue<Date>('/queue', { fileSystem: lives.disk, codec });
    expect(await valuesOf(reader.outstanding())).toEqual([new Date(5)]);
  });

  it('sees a message or the line that finished it, never neither, while journals go', async () => {
    const lives = new QueueLives<number>({ segmentBytes: 1024 });
    const queue = await lives.open();
    const reader = await reading<number>(lives.disk);
    let next = 0;
    let isOver = false;
    const working = (async () => {
      for (let round = 0; round < bySize({ quick: 40, slow: 150, deep: 150 }); round += 1) {
        await queue.putMany(Array.from({ length: 20 }, () => next++));
        for (const item of (await takeAll(queue)).slice(0, 19)) await item.done();
        await new Promise((resolve) => setImmediate(resolve));
      }
      isOver = true;
    })();
    const held = new Set<number>();
    while (!isOver) {
      const done = new Set(await valuesOf(queue.outstanding()));
      const seen = await valuesOf(reader.outstanding());
      expect(seen).toEqual([...seen].sort((a, b) => (a ?? 0) - (b ?? 0)));
      // What was outstanding before and still is afterwards was so meanwhile.
      const after = new Set(await valuesOf(queue.outstanding()));
      for (const value of done) if (after.has(value)) expect(seen, `${value} was outstanding all the time`).toContain(value);
      for (const value of seen) if (value !== undefined) held.add(value);
    }
    await working;
    expect(held.size).toBeGreaterThan(10);
  });
});

describe('verify', () => {
  it('finds nothing in a queue that is well, nor in one that was killed half way', async () => {
    const lives = new QueueLives<string>({ segmentBytes: 1024, maxAttempts: 1 });
    const queue = await lives.open();
    for (let next = 0; next < 30; next += 1) await queue.put(`${next}${'.'.repeat(90)}`, { key: `${next}` });
    for (const item of (await takeAll(queue)).slice(0, 20)) await (item.value.startsWith('1') ? item.fail(new Error('no')) : item.done());
    expect(await listed((await reading(lives.disk)).verify())).toEqual([]);
    await (await lives.open()).close();
    expect(await listed((await reading(lives.disk)).verify())).toEqual([]);
  });

  it('finds each damaged place with file, offset and length, in every kind of file', async () => {
    const lives = new QueueLives<string>({ segmentBytes: 1024, maxAttempts: 1 });
    const queue = await lives.open();
    for (let next = 0; next < 30; next += 1) await queue.put(`${next}${'.'.repeat(90)}`, { key: `${next}` });
    for (const item of (await takeAll(queue)).slice(0, 20)) await (item.value.startsWith('1') ? item.fail(new Error('no')) : item.done());
    await queue.dispose();
    const names = await lives.disk.readdir('/queue');
    const kinds = ['.put.tsv', '.done.tsv', '.keys.tsv', '.kept.tsv', 'queue.json'];
    for (const kind of kinds) {
      const name = names.find((file) => file.endsWith(kind)) ?? kind;
      const file = await lives.disk.open(`/queue/${name}`, 'update');
      file.write(Buffer.from('#'), 0, 1, 20);
      file.close();
      const found = (await listed((await reading(lives.disk)).verify())).filter((damage) => damage.file === name);
      expect(found, name).toHaveLength(1);
      expect(found[0]?.offset, name).toBeLessThanOrEqual(20);
      expect((found[0]?.offset ?? 0) + (found[0]?.length ?? 0), name).toBeGreaterThan(20);
    }
    expect((await (await reading(lives.disk)).status()).counts.damaged).toBe(kinds.length);
  });
});

describe('a directory that went away', () => {
  const calls: readonly [string, (reader: QueueReader<string>) => Promise<unknown>][] = [
    ['status', (reader) => reader.status()],
    ['outstanding', (reader) => listed(reader.outstanding())],
    ['failed', (reader) => listed(reader.failed())],
    ['verify', (reader) => listed(reader.verify())],
  ];

  async function filled(): Promise<string> {
    const directory = join(tempFolder(), 'q');
    const queue = await PersistentQueue.open<string>(directory);
    await queue.put('a');
    await queue.dispose();
    return directory;
  }

  it.each(calls)('is not found: %s', async (_, call) => {
    const directory = await filled();
    const reader = await readQueue<string>(directory);
    rmSync(directory, { recursive: true });
    await expect(call(reader)).rejects.toBeInstanceOf(QueueNotFoundError);
  });

  it.each(calls.filter(([name]) => name === 'status' || name === 'verify'))('is none when it comes again, empty: %s', async (_, call) => {
    const directory = await filled();
    const reader = await readQueue<string>(directory);
    rmSync(directory, { recursive: true });
    mkdirSync(directory);
    await expect(call(reader)).rejects.toBeInstanceOf(NotAQueueError);
  });

  it.each(calls)('or may not be read any more is an error of the disk, not of writing: %s', async (_, call) => {
    const lives = new QueueLives<string>();
    await (await lives.open()).put('a');
    let denied = false;
    const faults = [{ at: ({ operation }: Call) => denied && operation === 'readdir', errno: 'EACCES' }];
    const reader = await readQueue<string>('/queue', { fileSystem: new FaultyDisk(lives.disk, { faults }) });
    denied = true;
    await expect(call(reader)).rejects.toMatchObject({ code: 'ERR_DISK', operation: 'read', errno: 'EACCES' });
  });
});

it('an empty directory is no queue yet', async () => {
  const disk = memoryDisk();
  await disk.mkdir('/queue');
  await expect(reading(disk)).rejects.toBeInstanceOf(NotAQueueError);
});
