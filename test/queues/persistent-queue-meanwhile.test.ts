import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DiskError, PermanentError, QueueClosedError } from '../../src/errors.ts';
import { checksumOf } from '../../src/formats/checksum.ts';
import { readQueue } from '../../src/queues/queue-reader.ts';
import type { PayloadSchema } from '../../src/queues/schema.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import type { Call } from '../support/fault-plan.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { listed, QueueLives, take, takeAll } from '../support/queue-lives.ts';

/** A disk that refuses the calls that are picked, as often as `left` says. */
class Refusing {
  left: number;
  readonly disk: FaultyDisk;

  constructor(times: number, at: (call: Call) => boolean, errno = 'EIO') {
    this.left = times;
    this.disk = new FaultyDisk(memoryDisk(), { faults: [{ at: (call) => at(call) && this.left-- > 0, errno }] });
  }
}

const isReadOfPuts = ({ operation, path, to }: Call): boolean => operation === 'open' && to === 'read' && path.endsWith('.put.tsv');

/** Waits until what goes on by itself has come to rest. */
const rest = (): Promise<void> => sleep(5);

describe('while a delivery is written down', () => {
  it('a dispose gives it back uncounted', async () => {
    for (const durability of ['power', 'process'] as const) {
      const lives = new QueueLives<string>({ durability, maxAttempts: 1 });
      const queue = await lives.open();
      await queue.put('a');
      const getting = queue.get().catch(() => undefined);
      await queue.dispose();
      await getting;
      expect(await take(await lives.open()), durability).toMatchObject({ value: 'a', attempt: 1 });
    }
  });
});

describe('while many are put', () => {
  it('a dispose says that it was that, and no other owner', async () => {
    const queue = await new QueueLives<string>({ segmentBytes: 64 * 1024 }).open();
    const putting = queue.putMany(Array.from({ length: 50_000 }, (_, number) => `${number}${'x'.repeat(60)}`));
    const outcome = expect(putting).rejects.toBeInstanceOf(QueueClosedError);
    await queue.dispose();
    await outcome;
  });
});

describe('while a close is written down', () => {
  it('a dispose waits for it: what resolved is so', async () => {
    const lives = new QueueLives<string>();
    const queue = await lives.open();
    await queue.put('a');
    const closing = queue.close();
    await queue.dispose();
    await closing;
    expect(await (await readQueue('/queue', { fileSystem: lives.disk })).status()).toMatchObject({ closed: true });
  });

  it('nothing is closed that was disposed or has failed, and that is said', async () => {
    const disposed = await new QueueLives<string>().open();
    await disposed.dispose();
    await expect(disposed.close()).rejects.toBeInstanceOf(QueueClosedError);
    for (const call of [disposed.markAllDone(), disposed.retry()]) await expect(call).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' });
    const failed = await new QueueLives<string>().open();
    await failed.fail('no');
    await expect(failed.close()).rejects.toBeInstanceOf(QueueClosedError);
  });
});

describe('while a value is looked at', () => {
  it('nobody has come to the end: it may be done, or come back', async () => {
    const validate = { go: (): void => undefined };
    const held = new Promise<void>((resolve) => (validate.go = resolve));
    const schema: PayloadSchema<string> = {
      '~standard': { version: 1, vendor: 'test', validate: async (value) => held.then(() => ({ value: String(value) })) },
    };
    const lives = new QueueLives<string>();
    const first = await lives.open();
    await first.put('a');
    const queue = await lives.open({ schema });
    await queue.close();
    const trying = queue.tryGet();
    const ends: string[] = [];
    const joined = queue.join().then(() => ends.push('join'));
    await rest();
    expect(ends).toEqual([]);
    validate.go();
    await (await trying)?.done();
    await joined;
    expect(await queue.counts()).toMatchObject({ done: 1 });
  });
});

describe('while the disk refuses once', () => {
  it('one who waits is told, and the others get what is there', async () => {
    const plan = new Refusing(0, isReadOfPuts);
    const lives = new QueueLives<string>({}, plan.disk);
    await (await lives.open()).putMany(['a', 'b']);
    const queue = await lives.open();
    plan.left = 1;
    const [first, second] = await Promise.allSettled([queue.get(), queue.get()]);
    expect(first).toMatchObject({ status: 'rejected', reason: expect.any(DiskError) });
    expect(second).toMatchObject({ status: 'fulfilled', value: { value: 'a' } });
  });

  it('a put that can not measure the room is refused, and the next one is not', async () => {
    const plan = new Refusing(0, isReadOfPuts);
    const lives = new QueueLives<string>({ capacity: 10 }, plan.disk);
    await (await lives.open({ capacity: 10 })).put('a');
    const queue = await lives.open();
    plan.left = 1;
    await expect(queue.put('b')).rejects.toBeInstanceOf(DiskError);
    await expect(queue.put('b')).resolves.toBe(true);
  });

  it('a journal that could not be removed is removed with the next', async () => {
    const isKeys = ({ operation, path, to }: Call): boolean => operation === 'open' && to === 'append' && path.endsWith('.keys.tsv');
    const plan = new Refusing(1, isKeys, 'ENOSPC');
    const lives = new QueueLives<string>({ segmentBytes: 1024 }, plan.disk);
    const queue = await lives.open();
    const puts = async (): Promise<string[]> => (await lives.disk.readdir('/queue')).filter((name) => name.endsWith('.put.tsv'));
    const work = async (): Promise<void> => {
      for (let number = 0; number < 30; number += 1) {
        await queue.put('x'.repeat(100));
        await (await take(queue)).done();
      }
    };
    await queue.put('a', { key: 'k' });
    await work();
    while ((await puts()).length > 2) await rest();
    expect(await puts()).toContain('queue.00000001.0000000001.put.tsv');
    await work();
    while ((await puts()).length > 1) await rest();
    expect(await queue.put('a', { key: 'k' })).toBe(false);
  });

  it('what was half copied is not given up once more after it was done', async () => {
    let writes = 0;
    const isSecond = ({ operation, path }: Call): boolean => operation === 'write' && path.endsWith('.kept.tsv') && (writes += 1) === 2;
    const plan = new Refusing(1, isSecond, 'ENOSPC');
    const lives = new QueueLives<string>({ segmentBytes: 1024 * 1024 }, plan.disk);
    const first = await lives.open();
    await first.putMany(Array.from({ length: 10 }, (_, number) => `${number}${'x'.repeat(60_000)}`));
    for (const item of await takeAll(first)) await item.fail(new PermanentError('no'));
    await first.dispose();
    const queue = await lives.open({ segmentBytes: 1024 });
    await queue.counts();
    while (writes < 2) await rest();
    await rest();
    expect(await queue.retry()).toBe(10);
    for (const item of await takeAll(queue)) await item.done();
    for (let number = 0; number < 40; number += 1) {
      await queue.put('y'.repeat(100));
      await (await take(queue)).done();
    }
    await rest();
    await queue.dispose();
    const next = await lives.open();
    expect([await next.counts(), await listed(next.failed())]).toMatchObject([{ waiting: 0, failed: 0 }, []]);
  });
});

describe('while others work', () => {
  it('the room is measured once: what is done meanwhile is not free twice', async () => {
    const lives = new QueueLives<string>({ capacity: 30 });
    await (await lives.open({})).putMany(Array.from({ length: 30 }, (_, number) => `${number}`));
    const queue = await lives.open();
    const first = await take(queue);
    const putting = queue.put('new');
    await first.done();
    await putting;
    let put = 1;
    for (; put < 10; put += 1) if (!(await Promise.race([queue.put('more', { timeoutMs: 0 }), rest()]))) break;
    const { waiting, taken } = await queue.counts();
    expect(waiting + taken).toBeLessThanOrEqual(30);
  });

  it('bytes that can not be read stay where they are, though somebody was told of them before', async () => {
    const lives = new QueueLives<string>();
    const first = await lives.open();
    await first.putMany(['aaa', 'bbb', 'ccc']);
    await first.dispose();
    const puts = (await lives.disk.readdir('/queue')).find((name) => name.endsWith('.put.tsv')) ?? '';
    const file = await lives.disk.open(`/queue/${puts}`, 'update');
    const bytes = Buffer.alloc(file.size());
    file.read(bytes, 0, bytes.length, 0);
    file.write(Buffer.from('z'), 0, 1, bytes.indexOf('bbb'));
    file.close();
    const queue = await lives.open({ resume: false });
    await listed(queue.outstanding());
    expect(await queue.counts()).toMatchObject({ waiting: 2, damaged: 1 });
    expect(await queue.markAllDone()).toBe(2);
    await rest();
    expect(await lives.disk.readdir('/queue')).toContain(puts);
  });

  it('Q-35 what a former owner appends to its done journal after that is not believed', async () => {
    const lives = new QueueLives<string>();
    const first = await lives.open();
    await first.putMany(['a', 'b', 'c']);
    await (await take(first)).done();
    const second = await lives.open();
    await (await take(second)).release();
    const late = await lives.disk.open('/queue/queue.00000001.0000000001.done.tsv', 'update');
    const body = 'done\t00000001-0000000002\t2';
    const line = Buffer.from(`\n${checksumOf(body)}\t${body}\n`);
    late.write(line, 0, line.length, late.size());
    late.close();
    expect(await (await lives.open()).counts()).toMatchObject({ waiting: 2, done: 1 });
  });
});
