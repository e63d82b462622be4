import { describe, expect, it } from 'vitest';
import { DiskError, QueueClosedError, QueueTimeoutError, UpstreamFailedError } from '../../src/errors.ts';
import type { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import type { PersistentQueueOptions } from '../../src/queues/queue-options.ts';
import type { PayloadSchema } from '../../src/queues/schema.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { doAll, QueueLives, take, valuesOf } from '../support/queue-lives.ts';

const anything: PayloadSchema<string> = {
  '~standard': { version: 1, vendor: 'test', validate: async (value) => Promise.resolve({ value: String(value) }) },
};

describe('close', () => {
  it('Q-15 refuses every later put, and what was there is worked off', async () => {
    const queue = await new QueueLives<string>().open();
    await queue.put('a');
    const closing = queue.close();
    await closing;
    await expect(queue.put('b')).rejects.toBeInstanceOf(QueueClosedError);
    await expect(queue.put('b', { key: 'k' })).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED', operation: 'put' });
    await expect(queue.putMany(['b'])).rejects.toBeInstanceOf(QueueClosedError);
    expect(await doAll(queue)).toEqual(['a']);
  });

  it('Q-15 belongs to a run: the next one puts again', async () => {
    const lives = new QueueLives<string>();
    const queue = await lives.open();
    await queue.put('a');
    await queue.close();
    const next = await lives.open();
    expect(await next.put('b')).toBe(true);
    expect(await doAll(next)).toEqual(['a', 'b']);
  });

  it.each<[string, PersistentQueueOptions<string>, { key?: string } | undefined]>([
    ['a plain value', {}, undefined],
    ['a key', {}, { key: 'k' }],
    ['a schema', { schema: anything }, undefined],
    ['a capacity', { capacity: 10 }, undefined],
    ["durability 'process'", { durability: 'process' }, undefined],
    ["durability 'process' and a key", { durability: 'process' }, { key: 'k' }],
  ])('waits for puts that were left unawaited, with %s', async (_, options, putOptions) => {
    const lives = new QueueLives<string>(options);
    const queue = await lives.open();
    void queue.put('a', putOptions);
    await queue.flush();
    expect(await valuesOf(queue.outstanding()), 'after flush').toEqual(['a']);
    const other = queue.put('b', putOptions && { key: 'other' });
    await queue.close();
    expect(await other).toBe(true);
    expect(await valuesOf((await lives.open()).outstanding()), 'after close').toEqual(['a', 'b']);
  });

  it('rejects with the failure of a put that nobody awaited, and closes nothing; the next time it closes', async () => {
    let full = false;
    const disk = new FaultyDisk(memoryDisk(), {
      faults: [{ at: ({ operation, path }) => full && operation === 'write' && path.endsWith('.put.tsv'), errno: 'ENOSPC' }],
    });
    const queue = await new QueueLives<string>({}, disk).open();
    await queue.put('a');
    full = true;
    void queue.put('lost');
    await expect(queue.close()).rejects.toBeInstanceOf(DiskError);
    full = false;
    expect(await queue.put('b')).toBe(true);
    await queue.close();
    expect(await doAll(queue)).toEqual(['a', 'b']);
  });

  it('is over for all who call it only when it is on disk', async () => {
    const disk = new FaultyDisk(memoryDisk());
    const queue = await new QueueLives<string>({}, disk).open();
    await queue.put('a');
    const both = [queue.close(), queue.close()];
    const closed = async (one: Promise<void> | undefined): Promise<boolean> => {
      await one;
      let found = false;
      for (const name of (await disk.readdir('/queue')).filter((file) => file.endsWith('.done.tsv'))) {
        const file = await disk.open(`/queue/${name}`, 'read');
        const bytes = Buffer.alloc(file.size());
        file.read(bytes, 0, bytes.length, 0);
        found ||= bytes.includes('\tclosed\n');
      }
      return found;
    };
    expect(await Promise.all(both.map(closed))).toEqual([true, true]);
  });
});

describe('Q-19 join', () => {
  it('waits until all is done or given up, also what is put meanwhile', async () => {
    const queue = await new QueueLives<string>({ maxAttempts: 1 }).open();
    await queue.join();
    await queue.putMany(['a', 'b']);
    let joined = false;
    const joining = queue.join().then(() => (joined = true));
    await (await take(queue)).done();
    await queue.put('c');
    await (await take(queue)).fail(new Error('no'));
    const last = await take(queue);
    await queue.flush();
    expect(joined).toBe(false);
    await last.done();
    await joining;
  });

  it('waits for what is given back, too', async () => {
    const queue = await new QueueLives<string>().open();
    await queue.put('a');
    let joined = false;
    const joining = queue.join().then(() => (joined = true));
    await (await take(queue)).release();
    await queue.flush();
    expect(joined, 'after a release').toBe(false);
    await (await take(queue)).fail(new Error('no'));
    await queue.flush();
    expect(joined, 'after a failed attempt').toBe(false);
    await doAll(queue);
    await joining;
  });

  it('waits for what earlier runs left, unless that is not to be done', async () => {
    const lives = new QueueLives<string>();
    await (await lives.open()).putMany(['a', 'b']);
    await (await lives.open({ resume: false })).join();
    const queue = await lives.open();
    const joining = queue.join();
    expect(await doAll(queue)).toEqual(['a', 'b']);
    await joining;
  });

  it('gives up after its time or by its signal', async () => {
    const lives = new QueueLives<string>();
    const queue = await lives.open();
    await queue.put('a');
    const joining = queue.join({ timeoutMs: 100 });
    joining.catch(() => undefined);
    await lives.clock.advance(100);
    await expect(joining).rejects.toBeInstanceOf(QueueTimeoutError);
    await expect(queue.join({ signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
  });

  it('is rejected when what is left can not be done any more', async () => {
    const disposed = await new QueueLives<string>().open();
    await disposed.put('a');
    const joining = disposed.join();
    joining.catch(() => undefined);
    await disposed.dispose();
    await expect(joining).rejects.toBeInstanceOf(QueueClosedError);

    const failed = await new QueueLives<string>().open();
    await failed.put('a');
    await failed.fail(new Error('the source is gone'));
    await expect(failed.join({ timeoutMs: 0 })).rejects.toBeInstanceOf(UpstreamFailedError);
  });
});

it.each<[string, (queue: PersistentQueue<string>) => Promise<unknown>]>([
  ['put', (queue) => queue.put('a')],
  ['putMany', (queue) => queue.putMany(['a'])],
  ['get', (queue) => queue.get()],
  ['close', (queue) => queue.close()],
  ['join', (queue) => queue.join()],
  ['retry', (queue) => queue.retry()],
  ['markAllDone', (queue) => queue.markAllDone()],
  ['requeueOutstanding', (queue) => queue.requeueOutstanding()],
])('%s after dispose is refused by its own name', async (operation, call) => {
  const queue = await new QueueLives<string>().open();
  await queue.dispose();
  await expect(call(queue)).rejects.toMatchObject({
    name: 'QueueClosedError',
    operation,
    message: expect.stringContaining('was disposed'),
  });
});
