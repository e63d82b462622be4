import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { QueueTimeoutError, UpstreamFailedError } from '../../src/errors.ts';
import { ProducerLostError } from '../../src/folders/folder-errors.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { disk } from '../../src/fs/disk.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';
import { tempFolder } from '../support/temp-folder.ts';

const FAST = { durability: 'process' } as const;

async function producer(at: string, name: string | null = 'extract', more: object = {}): Promise<WritableFolderQueue> {
  const queue = await WritableFolderQueue.open(at, { ...FAST, producer: name, ...more });
  onTestFinished(() => queue.dispose());
  return queue;
}

async function reader(at: string, more: object = {}): Promise<ReadableFolderQueue> {
  const inbox = await ReadableFolderQueue.open(at, { ...FAST, watch: false, pollIntervalMs: 10, ...more });
  onTestFinished(() => inbox.dispose());
  return inbox;
}

async function readAll(inbox: ReadableFolderQueue): Promise<string[]> {
  const names: string[] = [];
  for await (const file of inbox) {
    names.push(file.name);
    await file.done();
  }
  return names;
}

const control = (at: string): string[] => readdirSync(at).filter((name) => /\.(?:helo|done|failed)$/.test(name));
const beats = (at: string): string[] => readdirSync(join(at, '.dibs/producers'));

describe('a reader', () => {
  it('F-20 ends when all producers are done, and not before', async () => {
    const at = tempFolder();
    const [one, other] = [await producer(at, 'one'), await producer(at, 'other')];
    await one.putText('a.tsv', '');
    await one.close();
    const inbox = await reader(at);
    const reading = readAll(inbox);
    await expect(inbox.get({ timeoutMs: 30 })).rejects.toBeInstanceOf(QueueTimeoutError);
    await other.putText('b.tsv', '');
    await other.close();
    expect(await reading).toEqual(['a.tsv', 'b.tsv']);
    expect(beats(at)).toEqual([]);
  });

  it('F-21 does not miss a file that comes with the DONE between two looks', async () => {
    const at = tempFolder();
    const queue = await producer(at);
    const inbox = await reader(at);
    expect(await inbox.tryGet()).toBeUndefined();
    void queue.putText('a.tsv', '');
    await queue.close();
    expect(await readAll(inbox)).toEqual(['a.tsv']);
  });

  it('F-22 waits for a producer that says HELO late, if told how many there are', async () => {
    const at = tempFolder();
    await (await producer(at, 'one')).close();
    const inbox = await reader(at, { expectedProducers: 1 });
    // What was over before it began is none of those that it waits for.
    await expect(inbox.get({ timeoutMs: 30 })).rejects.toBeInstanceOf(QueueTimeoutError);
    const late = await producer(at, 'late');
    await late.putText('a.tsv', '');
    await late.close();
    expect(await readAll(inbox)).toEqual(['a.tsv']);
  });

  it('F-23 is told who failed, and why', async () => {
    const at = tempFolder();
    const queue = await producer(at);
    await queue.fail(new Error('the source has no table'));
    const error = await (await reader(at)).get().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UpstreamFailedError);
    expect(String(error)).toContain(`extract (process ${process.pid}`);
    expect(String(error)).toContain('the source has no table');
  });

  it('F-24 is told of a producer that left without a last word, after it was given all that is ready', async () => {
    const at = tempFolder();
    const queue = await producer(at);
    await queue.putText('a.tsv', '');
    await queue.dispose();
    const inbox = await reader(at);
    await (await inbox.get())?.done();
    const error = await inbox.get().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProducerLostError);
    expect(String(error)).toContain('extract');
    expect(beats(at)).toHaveLength(1);
  });

  it('F-25 waits where no producer has a name', async () => {
    const at = tempFolder();
    const queue = await producer(at, null);
    await queue.putText('a.tsv', '');
    await queue.close();
    const inbox = await reader(at);
    await (await inbox.get())?.done();
    await expect(inbox.get({ timeoutMs: 30 })).rejects.toBeInstanceOf(QueueTimeoutError);
    expect(control(at)).toEqual([]);
  });

  it.each(['', '{"header":{"type":"helo"', 'null', '{"header":{"type":"done"}}'])(
    'F-26 is told of a damaged control file (%o), which ends nothing',
    async (text) => {
      const at = tempFolder();
      const queue = await producer(at);
      await queue.putText('a.tsv', '');
      const damaged = ['20200101_000000_000000__000001.failed', '20200101_000000_000000__000001.done'];
      for (const name of damaged) writeFileSync(join(at, name), text);
      const strange: string[] = [];
      const inbox = await reader(at, { onStrangeFile: ({ file }: { file: string }) => strange.push(file) });
      const reading = readAll(inbox);
      await queue.putText('b.tsv', '');
      await queue.close();
      expect(await reading).toEqual(['a.tsv', 'b.tsv']);
      expect(strange.toSorted()).toEqual(damaged.toSorted());
    },
  );
});

describe('a run of a producer', () => {
  it('F-45 makes the DONE of the last run end nobody', async () => {
    const at = tempFolder();
    const yesterday = await producer(at);
    await yesterday.close();
    const today = await producer(at);
    const inbox = await reader(at);
    await expect(inbox.get({ timeoutMs: 30 })).rejects.toBeInstanceOf(QueueTimeoutError);
    await today.putText('a.tsv', '');
    await today.close();
    expect(await readAll(inbox)).toEqual(['a.tsv']);
    expect(control(at)).toHaveLength(2);
  });

  it.each(['failed', 'lost'] as const)('F-45 makes nobody end by the last run, which was %s', async (how) => {
    const at = tempFolder();
    const yesterday = await producer(at);
    await (how === 'failed' ? yesterday.fail('x') : yesterday.dispose());
    const inbox = await reader(at);
    const today = await producer(at);
    await today.putText('a.tsv', '');
    await today.close();
    expect(await readAll(inbox)).toEqual(['a.tsv']);
    expect([control(at).length, beats(at)]).toEqual([2, []]);
  });

  it('F-45 makes the last run end nobody though what that said can not be removed', async () => {
    const [memory, at] = [memoryDisk(), '/queue'];
    const yesterday = await producer(at, 'extract', { fileSystem: memory });
    await yesterday.fail('yesterday');
    const fs = new FaultyDisk(memory, {
      faults: [{ at: ({ operation, path }) => operation === 'unlink' && /\.(?:helo|failed)$/.test(path), errno: 'EACCES' }],
    });
    const today = await producer(at, 'extract', { fileSystem: fs });
    const early = await reader(at, { fileSystem: memory });
    await expect(early.get({ timeoutMs: 30 })).rejects.toBeInstanceOf(QueueTimeoutError);
    await early.dispose();
    await today.putText('a.tsv', '');
    await today.close();
    expect((await memory.readdir(at)).filter((name) => /\.(?:helo|done|failed)$/.test(name))).toHaveLength(4);
    expect(await readAll(await reader(at, { fileSystem: memory }))).toEqual(['a.tsv']);
  });

  it.each(['done', 'failed'] as const)('beats from before its HELO until after its %s', async (word) => {
    const fs = new FaultyDisk(memoryDisk());
    const queue = await producer('/queue', 'extract', { fileSystem: fs });
    await (word === 'done' ? queue.close() : queue.fail('x'));
    const at = (operation: string, name: RegExp): number =>
      fs.calls.findIndex((call) => call.operation === operation && name.test(call.to ?? call.path));
    const order = [at('link', /producers/), at('link', /helo$/), at('link', new RegExp(`${word}$`)), at('unlink', /producers/)];
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
  });

  it('lets another name, and a run of its own name that lives, be', async () => {
    const at = tempFolder();
    const [one, other, twin] = [await producer(at), await producer(at, 'other'), await producer(at)];
    await other.close();
    await twin.close();
    const inbox = await reader(at);
    await expect(inbox.get({ timeoutMs: 30 })).rejects.toBeInstanceOf(QueueTimeoutError);
    await one.close();
    expect(await readAll(inbox)).toEqual([]);
    expect(control(at)).toHaveLength(6);
  });

  it.each(['died', 'failed'] as const)(
    'F-45 stands beside one of its name that lives, and does not cover that this one %s',
    async (how) => {
      const at = tempFolder();
      const [one, twin] = [await producer(at), await producer(at)];
      const inbox = await reader(at);
      await one.putText('one.tsv', '');
      await twin.putText('twin.tsv', '');
      await (how === 'died' ? one.dispose() : one.fail('no rows'));
      const end = readAll(inbox).catch((reason: unknown) => reason);
      await twin.close();
      expect(await end).toBeInstanceOf(how === 'died' ? ProducerLostError : UpstreamFailedError);
      const next = await producer(at);
      await next.close();
      await expect(readAll(await reader(at))).resolves.toHaveLength(how === 'died' ? 0 : 2);
      expect(control(at)).toHaveLength(2);
    },
  );

  it('takes the next microsecond where another has its name', async () => {
    const at = tempFolder();
    const clock = hastyClock();
    const names = [];
    for (let n = 0; n < 3; n += 1) names.push((await producer(at, `p${n}`, { clock })).producer);
    expect(names).toEqual(['p0', 'p1', 'p2']);
    const pid = String(process.pid).padStart(6, '0');
    expect(control(at).toSorted()).toEqual([0, 1, 2].map((n) => `20200101_000000_00000${n}__${pid}.helo`));
  });

  it('has the name of the script, if it is given none', async () => {
    const queue = await WritableFolderQueue.open(tempFolder(), FAST);
    onTestFinished(() => queue.dispose());
    expect(queue.producer).toMatch(/^[^./]+$/);
  });

  it('says who it is as PyMPX does', async () => {
    const at = tempFolder();
    await producer(at);
    const [file = ''] = control(at);
    const { header, dibs } = JSON.parse(readFileSync(join(at, file), 'utf8'));
    expect(file).toBe(`${header.createdUTCTimestamp}__${header.pid}.helo`);
    expect(Object.keys(header)).toEqual(['type', 'createdUTCTimestamp', 'uuid', 'createdBy', 'hostName', 'machineFQDN', 'pid']);
    expect(dibs).toEqual({ producer: 'extract', beat: beats(at)[0] });
  });
});

describe('a run that may live elsewhere', () => {
  const LEASE = 1_000;

  /** A producer of another machine, which beats no more: nobody can ask its process. */
  async function elsewhere(): Promise<{ fs: FileSystem; at: string; beat: string }> {
    const [fs, at] = [memoryDisk(), '/queue'];
    const clock = manualClock();
    const queue = await WritableFolderQueue.open(at, { fileSystem: fs, producer: 'extract', clock, leaseMs: LEASE });
    await queue.putText('a.tsv', '');
    const [beat = ''] = await fs.readdir('/queue/.dibs/producers');
    // Its file can't be read: so its process is not known, and nothing but a lease of silence tells.
    await fs.unlink(`/queue/.dibs/producers/${beat}`);
    return { fs, at, beat };
  }

  it('is replaced once it was silent for a lease, which the last word of the next run waits for', async () => {
    const { fs, at } = await elsewhere();
    const clock = manualClock();
    const options = { fileSystem: fs, clock, leaseMs: LEASE };
    const queue = await WritableFolderQueue.open(at, { ...options, producer: 'extract' });
    const inbox = await ReadableFolderQueue.open(at, { ...options, watch: false });
    await (await inbox.get())?.done();
    const end = inbox.get();
    let closed = false;
    const closing = queue.close().then(() => (closed = true));
    await clock.advance(LEASE - 200);
    expect(closed).toBe(false);
    await clock.advance(400);
    await closing;
    await clock.advance(3 * LEASE);
    expect(await end).toBeUndefined();
    expect((await fs.readdir(at)).filter((name) => /helo|done$/.test(name))).toHaveLength(3);
    await inbox.dispose();
  });

  it('is not waited for by a run that is disposed of, and readers are told of both', async () => {
    const { fs, at } = await elsewhere();
    const clock = manualClock();
    const options = { fileSystem: fs, clock, leaseMs: LEASE };
    const queue = await WritableFolderQueue.open(at, { ...options, producer: 'extract' });
    const closing = queue.close();
    await queue.dispose();
    await closing;
    const inbox = await ReadableFolderQueue.open(at, { ...options, watch: false });
    await (await inbox.get())?.done();
    const end = inbox.get().catch((reason: unknown) => reason);
    await clock.advance(3 * LEASE);
    expect(await end).toBeInstanceOf(ProducerLostError);
    await inbox.dispose();
  });

  it('is let be when it beats', async () => {
    const { fs, at, beat } = await elsewhere();
    const clock = manualClock();
    const queue = await WritableFolderQueue.open(at, { fileSystem: fs, clock, leaseMs: LEASE, producer: 'extract' });
    const file = await fs.open(`/queue/.dibs/producers/${beat}`, 'append');
    const closing = queue.close();
    for (let n = 0; n < 6; n += 1) {
      file.write(Buffer.from(`${n}`), 0, 1);
      await clock.advance(LEASE / 5);
    }
    await closing;
    const done = (await fs.readdir(at)).find((name) => name.endsWith('.done')) ?? '';
    const text = new Uint8Array(4096);
    const length = (await fs.open(`${at}/${done}`, 'read')).read(text, 0, 4096, 0);
    expect(Buffer.from(text.subarray(0, length)).toString()).not.toContain('replaces');
  });
});

describe('what a producer that was killed left', () => {
  it('is swept by the next run: stages, heartbeat and control files', async () => {
    const at = tempFolder();
    const dead = await WritableFolderQueue.open(at, { ...FAST, producer: 'extract', fileSystem: mortal(disk) });
    const nameless = await WritableFolderQueue.open(at, { ...FAST, producer: null });
    const [beat = ''] = beats(at);
    writeFileSync(join(at, `.dibs/stages/stage.${beat}.1`), 'part');
    writeFileSync(join(at, '.dibs/stages/stage.0011223344556677'), "somebody's");
    const living = await producer(at, 'other');
    expect(readdirSync(join(at, '.dibs/stages'))).toEqual(['stage.0011223344556677']);
    // Readers see by it that it is lost, until it is replaced.
    expect(beats(at)).toHaveLength(2);
    const next = await producer(at);
    expect([beats(at).includes(beat), beats(at).length, control(at).length]).toEqual([false, 2, 2]);
    await Promise.all([living.close(), next.close(), nameless.close()]);
    expect(beats(at)).toEqual([]);
    expect(dead.producer).toBe('extract');
  });

  it('does not keep a producer from opening if it can not be swept', async () => {
    const at = tempFolder();
    await (await producer(at)).close();
    rmSync(join(at, '.dibs/stages'), { recursive: true });
    const queue = await producer(at, 'other');
    await queue.close();
    expect(existsSync(join(at, '.dibs/stages'))).toBe(true);
  });
});
