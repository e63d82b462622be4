import { describe, expect, it } from 'vitest';
import { DiskError, QueueBrokenError } from '../../src/errors.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import type { Call } from '../support/fault-plan.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { doAll, listed, QueueLives, take, valuesOf } from '../support/queue-lives.ts';

/** A queue on a disk that refuses the calls that are picked, while `failing` is set. */
class Refusing {
  failing = false;
  readonly lives: QueueLives<string>;

  constructor(errno: string, at: (call: Call) => boolean, options: { durability?: 'power' | 'process'; segmentBytes?: number } = {}) {
    this.lives = new QueueLives<string>(
      options,
      new FaultyDisk(memoryDisk(), { faults: [{ at: (call) => this.failing && at(call), errno }] }),
    );
  }
}

const isSync = ({ operation }: Call): boolean => operation === 'sync' || operation === 'syncNow';

describe('Q-30 after a sync that failed', () => {
  it.each(['put', 'done'] as const)('of a %s the queue refuses until it is opened again', async (which) => {
    const refusing = new Refusing('EIO', (call) => isSync(call) && call.path.endsWith(`.${which}.tsv`));
    const queue = await refusing.lives.open();
    await queue.putMany(['a', 'b', 'c']);
    await (await take(queue)).done();
    const b = await take(queue);
    refusing.failing = true;
    const failed = which === 'put' ? queue.put('not acknowledged') : b.done();
    await expect(failed).rejects.toBeInstanceOf(QueueBrokenError);
    await expect(failed).rejects.toMatchObject({ code: 'ERR_QUEUE_BROKEN', cause: expect.any(DiskError) });
    // The kernel would say now that all is well: it has forgotten what it could not write.
    refusing.failing = false;
    const calls: Record<string, () => Promise<unknown>> = {
      put: () => queue.put('d'),
      'put with a key': () => queue.put('d', { key: 'k' }),
      putMany: () => queue.putMany(['d']),
      done: () => b.done(),
      release: () => b.release(),
      markAllDone: () => queue.markAllDone(),
      join: () => queue.join({ timeoutMs: 0 }),
      tryGet: () => queue.tryGet(),
      get: () => queue.get({ timeoutMs: 0 }),
      close: () => queue.close().catch(() => queue.close()),
    };
    for (const [name, call] of Object.entries(calls)) await expect(call(), name).rejects.toBeInstanceOf(QueueBrokenError);
    await queue.dispose();
    const next = await refusing.lives.open();
    const left = await valuesOf(next.outstanding());
    expect(left.filter((value) => value === 'c')).toEqual(['c']);
    expect(left).not.toContain('a');
    expect(await doAll(next)).toEqual(left);
  });

  it('each put that waited for it is rejected, none of them is delivered here', async () => {
    const refusing = new Refusing('EIO', isSync);
    const queue = await refusing.lives.open();
    await queue.put('a');
    refusing.failing = true;
    const puts = await Promise.allSettled(['b', 'c', 'd'].map((value) => queue.put(value)));
    expect(puts.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(queue.tryGet()).rejects.toBeInstanceOf(QueueBrokenError);
  });
});

describe('Q-31 a full disk', () => {
  it.each(['ENOSPC', 'EDQUOT'])('rejects the put with %s, and with room again the queue goes on', async (errno) => {
    const refusing = new Refusing(errno, ({ operation }) => operation === 'write');
    const queue = await refusing.lives.open();
    await queue.put('a');
    refusing.failing = true;
    for (const value of ['refused 1', 'refused 2']) {
      const put = queue.put(value, { key: value });
      await expect(put).rejects.toBeInstanceOf(DiskError);
      await expect(put).rejects.toMatchObject({ code: 'ERR_DISK', errno, operation: 'write', path: expect.stringContaining('.put.tsv') });
    }
    await expect(queue.putMany(['refused 3', 'refused 4'])).rejects.toBeInstanceOf(DiskError);
    expect(await valuesOf(queue.outstanding())).toEqual(['a']);
    refusing.failing = false;
    await queue.flush().catch(() => undefined);
    expect(await queue.put('refused 1', { key: 'refused 1' })).toBe(true);
    expect(await queue.putMany(['b', 'c'])).toBe(2);
    const expected = ['a', 'refused 1', 'b', 'c'];
    expect(await valuesOf((await refusing.lives.open()).outstanding())).toEqual(expected);
    expect(await doAll(await refusing.lives.open())).toEqual(expected);
  });

  it('rejects done, and the item is as it was: it can be done with room again', async () => {
    const refusing = new Refusing('ENOSPC', ({ operation, path }) => operation === 'write' && path.endsWith('.done.tsv'));
    const queue = await refusing.lives.open();
    await queue.putMany(['a', 'b']);
    const item = await take(queue);
    refusing.failing = true;
    for (const settle of [
      item.done(),
      item.done().catch(() => item.release()),
      item
        .done()
        .catch(() => item.fail(new Error('last')))
        .catch(() => item.done()),
    ]) {
      await expect(settle).rejects.toThrow();
    }
    await expect(queue.tryGet()).rejects.toBeInstanceOf(DiskError);
    expect(await queue.counts()).toMatchObject({ waiting: 1, taken: 1, done: 0 });
    refusing.failing = false;
    await item.done();
    expect(await doAll(queue)).toEqual(['b']);
    expect(await listed((await refusing.lives.open()).outstanding())).toEqual([]);
  });

  it('that has no room for another file rejects, and the next put begins one', async () => {
    const refusing = new Refusing('ENOSPC', ({ operation, to }) => operation === 'open' && to === 'create', { segmentBytes: 1024 });
    const queue = await refusing.lives.open();
    const wide = '.'.repeat(600);
    await queue.put(`a${wide}`);
    await queue.put(`b${wide}`);
    refusing.failing = true;
    await expect(queue.put(`refused${wide}`)).rejects.toMatchObject({ errno: 'ENOSPC', operation: 'create' });
    refusing.failing = false;
    await queue.put(`c${wide}`);
    expect((await valuesOf((await refusing.lives.open()).outstanding())).map((value) => value?.[0])).toEqual(['a', 'b', 'c']);
  });

  it('of which a write takes only a part keeps nothing of it', async () => {
    let short = false;
    let writes = 0;
    const isWrite = ({ operation, path }: Call): boolean => short && operation === 'write' && path.endsWith('.put.tsv');
    const disk = new FaultyDisk(memoryDisk(), {
      faults: [
        { at: (call) => isWrite(call) && (writes += 1) === 1, bytes: 30 },
        { at: isWrite, errno: 'ENOSPC' },
      ],
    });
    const lives = new QueueLives<string>({}, disk);
    const queue = await lives.open();
    await queue.put('a');
    short = true;
    await expect(queue.put('refused')).rejects.toMatchObject({ errno: 'ENOSPC' });
    short = false;
    await queue.put('b');
    const next = await lives.open();
    expect(await doAll(next)).toEqual(['a', 'b']);
    expect(await next.counts()).toMatchObject({ damaged: 0 });
  });
});

describe('a write that failed and can not be taken back', () => {
  it.each(['power', 'process'] as const)('is told as unknown, since the next owner may deliver it (%s)', async (durability) => {
    // What the disk says is that nothing was written: it was, and stays.
    let failing = false;
    const at = ({ operation, path }: Call): boolean => failing && operation === 'write' && path.endsWith('.put.tsv');
    const disk = new FaultyDisk(memoryDisk(), {
      faults: [
        { at, errno: 'EIO', reply: 'after' },
        { at: ({ operation }) => failing && operation === 'truncate', errno: 'EROFS' },
      ],
    });
    const lives = new QueueLives<string>({ durability }, disk);
    const queue = await lives.open();
    await queue.put('a');
    failing = true;
    const put = queue.put('perhaps');
    await expect(put).rejects.toBeInstanceOf(QueueBrokenError);
    await expect(put).rejects.toMatchObject({ cause: { code: 'ERR_DISK', operation: 'write', errno: 'EIO' } });
    failing = false;
    for (const refused of [queue.put('b'), queue.tryGet()]) await expect(refused).rejects.toBeInstanceOf(QueueBrokenError);
    await queue.dispose();
    expect(await doAll(await lives.open())).toEqual(['a', 'perhaps']);
  });

  it('harms no more than what waits for it, where it is no more than the head of a journal', async () => {
    const refusing = new Refusing(
      'ENOSPC',
      ({ operation, path }) => ['write', 'truncate'].includes(operation) && path.endsWith('.done.tsv'),
    );
    await (await refusing.lives.open()).putMany(['a', 'b']);
    const queue = await refusing.lives.open();
    refusing.failing = true;
    await expect(queue.tryGet()).rejects.toMatchObject({ code: 'ERR_DISK', errno: 'ENOSPC' });
    refusing.failing = false;
    expect(await doAll(queue)).toEqual(['a', 'b']);
  });
});

describe('a journal that can not be read', () => {
  it('rejects the get that needs it, loses nothing, and is read when it can be', async () => {
    const refusing = new Refusing('EIO', ({ operation, path }) => operation === 'read' && path.endsWith('.put.tsv'));
    await (await refusing.lives.open()).putMany(['a', 'b']);
    const queue = await refusing.lives.open();
    refusing.failing = true;
    await expect(queue.get()).rejects.toMatchObject({ code: 'ERR_DISK', operation: 'read', errno: 'EIO' });
    refusing.failing = false;
    expect(await doAll(queue)).toEqual(['a', 'b']);
  });
});

it('a disk that refuses to close any file keeps nobody from disposing of a queue, nor from opening it again', async () => {
  const refusing = new Refusing('EIO', ({ operation }) => operation === 'close');
  const { lives } = refusing;
  const queue = await lives.open();
  await queue.putMany(['a', 'b']);
  await (await take(queue)).done();
  refusing.failing = true;
  await queue.dispose();
  refusing.failing = false;
  expect((await lives.disk.readdir('/queue')).filter((name) => name.startsWith('stage.'))).toEqual([]);
  const next = await lives.open();
  expect(await valuesOf(next.outstanding())).toEqual(['b']);
});
