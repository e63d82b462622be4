import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ClaimLostError, DiskError, ItemSettledError, NotAQueueError, PermanentError } from '../../src/errors.ts';
import { FolderOptionsError } from '../../src/folders/folder-errors.ts';
import { parseReport } from '../../src/formats/failure-report.ts';
import { originalName } from '../../src/formats/claim-name.ts';
import { readSmallFile } from '../../src/fs/small-file.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { ClaimedFile } from '../../src/queues/claimed-file.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import type { StrangeFile } from '../../src/folders/strange-files.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { doAll, drop, inFolder, messagesIn, openReader, said } from '../support/folder-ground.ts';

const DONE = said(1, 'helo', 'done');

async function first(queue: ReadableFolderQueue): Promise<ClaimedFile> {
  const file = await queue.get();
  if (file === undefined) throw new Error('there is none');
  return file;
}

async function textOf(fs: FileSystem, path: string): Promise<string> {
  const file = await readSmallFile(fs, path, 10_000);
  return file.kind === 'text' ? file.text : file.kind;
}

it('F-06 shows host and process in the name of what is claimed', async () => {
  const fs = memoryDisk(inFolder({ 'a.tsv': 'rows' }));
  const queue = await openReader(fs);
  const file = await first(queue);
  const host = hostname().toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 20).replace(/^-+|-+$/g, ''); // prettier-ignore
  expect(file.path).toMatch(new RegExp(`^/q/a\\.tsv\\.${host}-${process.pid}-[0-9a-f]{8}-1a1\\.wip$`));
  expect(queue.consumer).toContain(`-${process.pid}-`);
  expect(await textOf(fs, file.path)).toBe('rows');
  expect(originalName(file.path.slice(3), '.tsv')).toBe('a.tsv');
  expect(file).toMatchObject({ name: 'a.tsv', id: 'a.tsv', attempt: 1 });
  await queue.dispose();
});

describe('done', () => {
  it('F-08 moves the file to doneDir under its own name', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': 'rows', ...DONE }));
    const queue = await openReader(fs);
    expect(await doAll(queue)).toEqual(['a.tsv#1']);
    expect(await textOf(fs, '/q/done/a.tsv')).toBe('rows');
    expect(await messagesIn(fs)).toEqual([]);
    await queue.dispose();
  });

  it('F-08 never moves it over another file, which keeps the name', async () => {
    const fs = memoryDisk({ ...inFolder({ 'a.tsv': 'newer', ...DONE }), '/elsewhere/a.tsv': 'older' });
    const queue = await openReader(fs, { doneDir: '/elsewhere' });
    const file = await first(queue);
    const inode = (await fs.lstat(file.path))?.inode;
    await file.done();
    expect(await textOf(fs, '/elsewhere/a.tsv')).toBe('older');
    expect(await textOf(fs, `/elsewhere/a.tsv~${inode}`)).toBe('newer');
    await queue.dispose();
  });

  it('F-09 removes it with doneDir null', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': 'rows', ...DONE }));
    const queue = await openReader(fs, { doneDir: null });
    expect(await doAll(queue)).toEqual(['a.tsv#1']);
    expect(await messagesIn(fs)).toEqual([]);
    expect(await fs.lstat('/q/done')).toBeUndefined();
    await queue.dispose();
  });

  it('F-10 believes that the caller moved the file away, if it is gone', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': 'rows', ...DONE }));
    const queue = await openReader(fs);
    const file = await first(queue);
    await expect(file.done({ moved: true })).rejects.toBeInstanceOf(DiskError);
    await fs.rename(file.path, '/mine.tsv');
    await file.done({ moved: true });
    expect(await queue.get()).toBeUndefined();
    await queue.dispose();
    expect(await textOf(fs, '/mine.tsv')).toBe('rows');
  });

  it('is refused the second time, whatever ended it the first time', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': '', 'b.tsv': '' }));
    const queue = await openReader(fs);
    const [a, b] = await queue.getMany(5);
    await a?.done();
    const both = await Promise.allSettled([b?.release(), b?.done()]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(a?.fail(new Error('late'))).rejects.toBeInstanceOf(ItemSettledError);
    expect(a?.signal.aborted).toBe(false);
    await queue.dispose();
  });
});

describe('fail', () => {
  it('F-33 hands it out again, and after maxAttempts puts a report beside it', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': 'rows', ...DONE }));
    const queue = await openReader(fs, { maxAttempts: 2 });
    const attempts: number[] = [];
    for await (const file of queue) {
      attempts.push(file.attempt);
      await file.fail(new RangeError(`no column 'price' in attempt ${file.attempt}`));
    }
    expect(attempts).toEqual([1, 2]);
    expect(await textOf(fs, '/q/failed/a.tsv')).toBe('rows');
    const report = parseReport(await textOf(fs, '/q/failed/a.tsv.error.json'));
    expect(report).toMatchObject({ name: 'a.tsv', attempt: 2, consumer: queue.consumer });
    expect(report?.error).toMatchObject({ name: 'RangeError', message: "no column 'price' in attempt 2" });
    expect(await messagesIn(fs)).toEqual([]);
    await queue.dispose();
  });

  it('F-33 gives it up at once with a PermanentError', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': '', ...DONE }));
    const queue = await openReader(fs);
    await (await first(queue)).fail(new PermanentError('it is no table'));
    expect(await queue.get()).toBeUndefined();
    expect((await fs.readdir('/q/failed')).toSorted()).toEqual(['a.tsv', 'a.tsv.error.json']);
    await queue.dispose();
  });
});

it('release counts no attempt', async () => {
  const fs = memoryDisk(inFolder({ 'a.tsv': '', ...DONE }));
  const queue = await openReader(fs);
  for (let time = 0; time < 5; time += 1) await (await first(queue)).release();
  expect(await doAll(queue)).toEqual(['a.tsv#1']);
  await queue.dispose();
});

describe('the order', () => {
  it('F-12 is that of sortKey', async () => {
    const fs = memoryDisk(inFolder({ 'a-2.tsv': '', 'b-1.tsv': '', 'c-3.tsv': '', ...DONE }));
    const queue = await openReader(fs, { sortKey: (name) => name.slice(2) });
    expect(await doAll(queue)).toEqual(['b-1.tsv#1', 'a-2.tsv#1', 'c-3.tsv#1']);
    await queue.dispose();
  });

  it('F-12 puts last what sortKey throws for, or gives no text for, and names it', async () => {
    const fs = memoryDisk(inFolder({ 'a-bad.tsv': '', 'b.tsv': '', 'c-odd.tsv': '', 'd.tsv': '', ...DONE }));
    const told: StrangeFile[] = [];
    const sortKey = (name: string): string => {
      if (name.includes('bad')) throw new Error('no number in it');
      // @ts-expect-error -- what JavaScript may give
      return name.includes('odd') ? 7 : name;
    };
    const queue = await openReader(fs, { sortKey, onStrangeFile: (found) => told.push(found) });
    expect(await doAll(queue)).toEqual(['b.tsv#1', 'd.tsv#1', 'a-bad.tsv#1', 'c-odd.tsv#1']);
    expect(told.map(({ file, reason }) => `${file}: ${reason}`).toSorted()).toEqual([
      'a-bad.tsv: sortKey threw for it: no number in it. It comes last',
      'c-odd.tsv: sortKey gave number for it, not a string: it comes last',
    ]);
    await queue.dispose();
  });

  it('F-12 is by the own name for what was given back', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': '', 'b.tsv': '', ...DONE }));
    const queue = await openReader(fs, { order: 'strict' });
    await (await first(queue)).release();
    expect((await first(queue)).name).toBe('b.tsv');
    await queue.dispose();
    const again = await openReader(fs, { order: 'strict' });
    expect(await doAll(again)).toEqual(['a.tsv#1', 'b.tsv#1']);
    await again.dispose();
  });
});

it('F-13 takes what has the extension, and nothing else', async () => {
  const others = { 'a.csv': '', 'b.tsv.gz': '', 'c.TSV': '', tsv: '', 'd.tsv.part': '', 'e.tsv~': '' };
  const fs = memoryDisk(inFolder({ 'z.tsv': '', ...others, ...DONE }));
  const queue = await openReader(fs);
  expect(await doAll(queue)).toEqual(['z.tsv#1']);
  expect(await messagesIn(fs)).toEqual(Object.keys(others).toSorted());
  await queue.dispose();
  const gz = memoryDisk(inFolder({ 'a.tsv': '', 'b.tsv.gz': '', ...DONE }));
  const other = await openReader(gz, { extension: '.tsv.gz' });
  expect(other.extension).toBe('.tsv.gz');
  expect(await doAll(other)).toEqual(['b.tsv.gz#1']);
  await other.dispose();
});

it('F-14 takes no control file, no staged file and nobody else’s claim', async () => {
  const others = {
    '004711_0123456789_sales-01.wip': '',
    'a.tsv.copying1': '',
    'a.copying2': '',
    '20261121_130405_123456__004711.temphelo': '',
    '20261121_130405_123456__004711.tempdone': '',
    '20261121_130405_123456__004711.tempfail': '',
  };
  const fs = memoryDisk(inFolder({ 'z.tsv': '', ...others, ...DONE }));
  const queue = await openReader(fs);
  expect(await doAll(queue)).toEqual(['z.tsv#1']);
  await queue.dispose();
  expect(await messagesIn(fs)).toEqual(Object.keys(others).toSorted());
  expect(await fs.readdir('/q')).toEqual(expect.arrayContaining(Object.keys(DONE)));
});

describe('getMany', () => {
  it('takes what is there, at most so many', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': '', 'b.tsv': '', 'c.tsv': '', ...DONE }));
    const queue = await openReader(fs);
    const two = await queue.getMany(2);
    expect(two.map(({ name }) => name)).toEqual(['a.tsv', 'b.tsv']);
    const rest = await queue.getMany(9);
    expect(rest.map(({ name }) => name)).toEqual(['c.tsv']);
    for (const file of [...two, ...rest]) await file.done();
    expect(await queue.getMany(9)).toEqual([]);
    await expect(queue.getMany(0)).rejects.toBeInstanceOf(TypeError);
    await queue.dispose();
  });

  it('gives what it took before the disk refused', async () => {
    const memory = memoryDisk(inFolder({ 'a.tsv': '', 'b.tsv': '', ...DONE }));
    let isBroken = true;
    const rename: FileSystem['rename'] = async (from, to) => {
      if (isBroken && from === '/q/b.tsv') throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'rename' });
      return memory.rename(from, to);
    };
    const queue = await openReader({ ...memory, rename });
    expect((await queue.getMany(2)).map(({ name }) => name)).toEqual(['a.tsv']);
    await expect(queue.get()).rejects.toMatchObject({ code: 'ERR_DISK', errno: 'EIO' });
    isBroken = false;
    expect((await queue.get())?.name).toBe('b.tsv');
    await queue.dispose();
  });
});

describe('a folder', () => {
  it('that is used by other rules is refused', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': '' }));
    await (await openReader(fs, { maxAttempts: 5 })).dispose();
    await expect(openReader(fs, { extension: '.csv' })).rejects.toBeInstanceOf(FolderOptionsError);
    await expect(openReader(fs, { maxAttempts: 4 })).rejects.toBeInstanceOf(FolderOptionsError);
    const queue = await openReader(fs);
    expect(queue).toMatchObject({ maxAttempts: 5, extension: '.tsv', directory: '/q' });
    await queue.dispose();
  });

  it('that is a file, or a queue of values, is refused', async () => {
    await expect(openReader(memoryDisk({ '/q': 'text' }))).rejects.toBeInstanceOf(NotAQueueError);
  });

  it('that is not there is made', async () => {
    const fs = memoryDisk();
    const queue = await openReader(fs);
    expect(await queue.tryGet()).toBeUndefined();
    await drop(fs, '/q/a.tsv');
    expect((await queue.tryGet())?.name).toBe('a.tsv');
    await queue.dispose();
  });
});

it('dispose gives back all that is in hands, uncounted, and leaves no heartbeat', async () => {
  const fs = memoryDisk(inFolder({ 'a.tsv': '', 'b.tsv': '', ...DONE }));
  const queue = await openReader(fs);
  const [a, b] = await queue.getMany(2);
  await Promise.all([queue.dispose(), queue.dispose()]);
  await expect(a?.done()).rejects.toBeInstanceOf(ItemSettledError);
  await expect(queue.get()).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' });
  await expect(queue.tryGet()).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' });
  expect(b?.hold.state).toBe('released');
  expect(await fs.readdir('/q/.dibs/consumers')).toEqual([]);
  const next = await openReader(fs);
  expect(await doAll(next)).toEqual(['a.tsv#1', 'b.tsv#1']);
  await next.dispose();
});

it('a wrong option is a TypeError before anything is touched', async () => {
  const fs = memoryDisk();
  for (const options of [
    { leaseMs: 1 },
    { watch: 'yes' },
    { order: 'random' },
    { extention: '.tsv' },
    { extension: 'tsv' },
    { doneDir: 7 },
  ]) {
    // @ts-expect-error -- what JavaScript may give
    await expect(openReader(fs, options)).rejects.toBeInstanceOf(TypeError);
  }
  await expect(ReadableFolderQueue.open('', { fileSystem: fs })).rejects.toBeInstanceOf(TypeError);
  const queue = await openReader(fs);
  await expect(queue.get({ timeoutMs: -1 })).rejects.toBeInstanceOf(TypeError);
  await queue.dispose();
});

describe('a loop over it', () => {
  const three = (): FileSystem => memoryDisk(inFolder({ 'a.tsv': '', 'b.tsv': '', 'c.tsv': '', ...DONE }));

  it('gives the last one back at a break or a throw, and no earlier one', async () => {
    const fs = three();
    const queue = await openReader(fs);
    for await (const file of queue) if (file.name === 'b.tsv') break;
    expect((await messagesIn(fs)).map((name) => name.replace(/\..*\./, '.'))).toEqual(['a.wip', 'b.again', 'c.tsv']);
    const loop = async (): Promise<void> => {
      for await (const file of queue) throw new Error(`at ${file.name}`);
    };
    await expect(loop()).rejects.toThrow('at c.tsv');
    await queue.dispose();
  });

  it('ends quietly at a break though the file was taken back meanwhile', async () => {
    const fs = three();
    const queue = await openReader(fs);
    for await (const file of queue) {
      await fs.rename(file.path, '/q/a.tsv.someonea1.again');
      break;
    }
    await queue.dispose();
  });

  it('waits for what is unsettled, since that may come again', async () => {
    const fs = three();
    const queue = await openReader(fs);
    const seen: string[] = [];
    let kept: ClaimedFile | undefined;
    for await (const file of queue) {
      seen.push(`${file.name}#${file.attempt}`);
      if (file.name === 'a.tsv' && file.attempt === 1) kept = file;
      else await file.done();
      if (file.name === 'c.tsv') setImmediate(() => void kept?.fail(new Error('once more')));
    }
    expect(seen).toEqual(['a.tsv#1', 'b.tsv#1', 'c.tsv#1', 'a.tsv#2']);
    await queue.dispose();
  });

  it('may be run twice at the same time: both end when all is settled', async () => {
    const fs = three();
    const queue = await openReader(fs);
    const held: ClaimedFile[] = [];
    const loop = async (): Promise<number> => {
      let count = 0;
      for await (const file of queue) {
        held.push(file);
        count += 1;
      }
      return count;
    };
    const loops = [loop(), loop()];
    while (held.length < 3) await new Promise((resolve) => setImmediate(resolve));
    for (const file of held) await file.done();
    const counts = await Promise.all(loops);
    expect(counts.reduce((one, other) => one + other)).toBe(3);
    await queue.dispose();
  });

  it('is ended by dispose with the error of a closed queue', async () => {
    const fs = three();
    const queue = await openReader(fs);
    const loop = async (): Promise<void> => {
      for await (const file of queue) expect(file.attempt).toBe(1);
    };
    const looping = loop();
    const ended = expect(looping).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' });
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await queue.dispose();
    await ended;
    expect((await messagesIn(fs)).every((name) => name.endsWith('a0.again'))).toBe(true);
  });
});

it('is told that a claim is lost, once, however it is settled', async () => {
  for (const how of ['done', 'release', 'fail'] as const) {
    const fs = memoryDisk(inFolder({ 'a.tsv': 'rows', ...DONE }));
    const queue = await openReader(fs);
    const file = await first(queue);
    const { signal } = file;
    await fs.rename(file.path, '/q/a.tsv.someonea1.again');
    const before = (await fs.readdir('/q')).toSorted();
    await expect(how === 'fail' ? file.fail(new Error('x')) : file[how]()).rejects.toBeInstanceOf(ClaimLostError);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toBeInstanceOf(ClaimLostError);
    await expect(file.done()).rejects.toBeInstanceOf(ClaimLostError);
    expect((await fs.readdir('/q')).toSorted()).toEqual(before);
    await queue.dispose();
  }
});
