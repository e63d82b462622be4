import { describe, expect, it } from 'vitest';
import { QueueTimeoutError, UpstreamFailedError } from '../../src/errors.ts';
import { ProducerLostError } from '../../src/folders/folder-errors.ts';
import { formatBeatingFile } from '../../src/formats/beating-record.ts';
import { formatControlName } from '../../src/formats/control-file.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { StrangeFile } from '../../src/folders/strange-files.ts';
import { consume } from '../../src/queues/consume.ts';
import { manualClock, memoryDisk } from '../../src/testing/index.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { doAll, drop, ELSEWHERE, GONE, inFolder, messagesIn, openActor, openReader, said } from '../support/folder-ground.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { tornScan } from '../support/torn-scan.ts';

const HELO = said(1, 'helo');
const DONE = said(1, 'helo', 'done');
const WAITING = Symbol('it still waits');

/** What a promise came to after so many turns of the event loop. */
async function soon<T>(promise: Promise<T>): Promise<Awaited<T> | symbol> {
  const turns = (async () => {
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return WAITING;
  })();
  return Promise.race([promise, turns]);
}

async function say(fs: FileSystem, words: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(inFolder(words))) if (!fs.exists(path)) await drop(fs, path, text);
}

describe('F-20', () => {
  it('ends when all producers that said HELO have said DONE, and not before', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': '', ...HELO, ...said(2, 'helo') }));
    const clock = manualClock();
    const queue = await openReader(fs, { clock });
    await (await queue.get())?.done();
    const getting = queue.get();
    expect(await soon(getting)).toBe(WAITING);
    await say(fs, said(1, 'helo', 'done'));
    await clock.advance(1_000);
    expect(await soon(getting)).toBe(WAITING);
    await say(fs, said(2, 'helo', 'done'));
    await clock.advance(3_000);
    expect(await soon(getting)).toBeUndefined();
    await queue.dispose();
  });

  it('ends again for whoever asks again, and not for what was put since', async () => {
    const fs = memoryDisk(inFolder(DONE));
    const queue = await openReader(fs);
    expect(await queue.get()).toBeUndefined();
    expect(await queue.get()).toBeUndefined();
    await drop(fs, '/q/late.tsv');
    expect((await queue.get())?.name).toBe('late.tsv');
    await queue.dispose();
  });

  it('says that there is nothing now to who holds files, so that two of them never wait for each other', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': '', 'b.tsv': '', ...DONE }));
    const [one, other] = [await openReader(fs), await openReader(fs)];
    const [a, b] = [await one.get(), await other.get()];
    expect(await one.get()).toBeUndefined();
    expect(await other.get()).toBeUndefined();
    await a?.done();
    await b?.done();
    expect(await one.get()).toBeUndefined();
    await one.dispose();
    await other.dispose();
  });

  it('does not end while another one that lives has a file', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': '', ...DONE }));
    const clock = manualClock();
    const [one, other] = [await openReader(fs, { clock }), await openReader(fs, { clock })];
    const a = await one.get();
    const getting = other.get();
    await clock.advance(120_000);
    expect(await soon(getting)).toBe(WAITING);
    await a?.release();
    await clock.advance(1_000);
    expect(await soon(getting)).toMatchObject({ name: 'a.tsv', attempt: 1 });
    await one.dispose();
    await other.dispose();
  });
});

it('F-21 misses no last file and no DONE between any two calls of a look', async () => {
  // Run once to count the calls; then the producer does all of its rest just before each of them.
  const calls = await countCalls();
  expect(calls).toBeGreaterThan(20);
  for (let call = 1; call <= calls; call += 1) {
    const disk = new CrashingDisk(inFolder(HELO));
    const producer = disk.process();
    const act = (): void => {
      // All at once: nothing of it is awaited in between.
      void drop(producer, '/q/last.tsv', 'rows');
      void say(producer, DONE);
    };
    const fs = disk.process({ meanwhile: { call, act } });
    const queue = await openReader(fs);
    const got = await doAll(queue);
    expect(got, `the rest comes before call ${call}`).toEqual(['last.tsv#1']);
    await queue.dispose();
  }
});

/** The last file and the DONE are there from the start. */
async function countCalls(): Promise<number> {
  const fs = new CrashingDisk(inFolder({ ...HELO })).process();
  const queue = await openReader(fs);
  const getting = queue.get({ timeoutMs: 5_000 }).catch(() => undefined);
  await getting;
  return fs.calls.length;
}

it('F-21 misses no file that another one gives back or takes while it looks for the last time', async () => {
  for (let call = 1; ; call += 1) {
    const disk = new CrashingDisk(inFolder({ ...DONE, 'a.tsv.someone-1-1a1.wip': '' }));
    const other = disk.process();
    const { consumer } = await openActor(other, { identity: ELSEWHERE });
    await other.rename('/q/a.tsv.someone-1-1a1.wip', `/q/a.tsv.${consumer.name}-1a1.wip`);
    // Once it was taken back, there is nothing to give back.
    const act = (): void => void other.rename(`/q/a.tsv.${consumer.name}-1a1.wip`, '/q/a.tsv.abca0.again').catch(() => undefined);
    const fs = disk.process({ meanwhile: { call, act } });
    const queue = await openReader(fs);
    expect(await doAll(queue), `given back before call ${call}`).toEqual([expect.stringMatching(/^a\.tsv#[12]$/)]);
    await queue.dispose();
    if (fs.calls.length < call) break;
  }
});

it('F-21 misses no file that is renamed behind the cursor of a listing, which shows it under neither name', async () => {
  let listings = 1;
  for (let nth = 1; nth <= listings; nth += 1) {
    const disk = new CrashingDisk(inFolder(DONE));
    const other = disk.process();
    const { consumer } = await openActor(other, { identity: ELSEWHERE });
    const ready = '/q/00.tsv.abca0.again';
    await drop(other, ready);
    await drop(other, '/q/other.txt');
    // Claimed its name comes late in a listing, given back early. Three listings in a row are torn by it.
    const claimed = (scan: number): string => `/q/zz.tsv.${consumer.name}-${scan}a1.wip`;
    const isTorn = (scan: number): boolean => scan >= nth && scan < nth + 3;
    const rename = async (from: string, to: string): Promise<void> => other.rename(from, to).catch(() => undefined);
    const fs = tornScan(disk.process(), {
      before: async (scan) => isTorn(scan) && rename(ready, claimed(scan)),
      within: async (scan) => isTorn(scan) && rename(claimed(scan), ready),
    });
    const queue = await openReader(fs);
    expect(await doAll(queue), `given back in the middle of listing ${nth}`).toHaveLength(1);
    expect(await messagesIn(other)).toEqual(['other.txt']);
    listings = fs.scans;
    await queue.dispose();
  }
  expect(listings).toBeGreaterThan(2);
});

describe('F-23 FAILED', () => {
  const failed = said(1, 'helo', { type: 'failed', reason: 'the database went away' });

  it('ends it with who and why, each time it is asked', async () => {
    const queue = await openReader(memoryDisk(inFolder({ 'a.tsv': '', ...failed })));
    for (let time = 0; time < 2; time += 1) {
      await expect(queue.get()).rejects.toBeInstanceOf(UpstreamFailedError);
      await expect(queue.get()).rejects.toThrow(
        'The producer of /q failed: producer-1 (process 1 on etl-1.example.org): the database went away.',
      );
    }
    await queue.dispose();
  });

  it('reaches all who wait', async () => {
    const fs = memoryDisk(inFolder(HELO));
    const clock = manualClock();
    const queue = await openReader(fs, { clock });
    const waiting = Promise.allSettled([queue.get(), queue.get(), queue.get(), consume(queue, () => undefined, { clock })]);
    await clock.advance(100);
    await say(fs, failed);
    await clock.advance(2_000);
    for (const result of await waiting) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ERR_UPSTREAM_FAILED' } });
    await queue.dispose();
  });
});

describe('F-24 a producer that died', () => {
  const record = { bootId: '', pidNamespace: '', startTime: '', since: '', leaseMs: 1_000 };

  it('on this machine is lost at once, after all that was ready was handed out', async () => {
    const { host, bootId, pidNamespace, pid, startTime } = GONE;
    const beat = formatBeatingFile({ ...record, host, bootId, pidNamespace, pid, startTime });
    const helo = said(1, { type: 'helo', beat: 'its-beat' });
    const fs = memoryDisk(inFolder({ 'a.tsv': '', ...helo, '.dibs/producers/its-beat': beat }));
    const queue = await openReader(fs, { clock: manualClock() });
    await (await queue.get())?.done();
    await expect(queue.get()).rejects.toBeInstanceOf(ProducerLostError);
    await expect(queue.get()).rejects.toThrow('producer-1 (process 1 on etl-1.example.org) filled /q and is gone without a last word');
    await queue.dispose();
  });

  it('elsewhere is lost after its lease, and never if it never showed that it lives', async () => {
    const beat = formatBeatingFile({ ...record, host: 'elsewhere', bootId: 'another', pid: 7, startTime: '1' });
    const helo = said(1, { type: 'helo', beat: 'its-beat' });
    const fs = memoryDisk(inFolder({ ...helo, '.dibs/producers/its-beat': beat }));
    const clock = manualClock();
    const queue = await openReader(fs, { clock, leaseMs: 1_000 });
    const getting = queue.get();
    const lost = expect(getting).rejects.toBeInstanceOf(ProducerLostError);
    await clock.advance(900);
    expect(await soon(getting)).toBe(WAITING);
    await clock.advance(600);
    await lost;
    await queue.dispose();
    const foreign = await openReader(memoryDisk(inFolder(HELO)), { clock, leaseMs: 1_000 });
    const waiting = foreign.get();
    const ended = expect(waiting).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' });
    await clock.advance(100_000);
    expect(await soon(waiting)).toBe(WAITING);
    await foreign.dispose();
    await ended;
  });
});

it('F-25 without a producer it waits until its time is over', async () => {
  const clock = manualClock();
  const queue = await openReader(memoryDisk(inFolder({ 'a.tsv': '' })), { clock });
  await (await queue.get())?.done();
  const getting = queue.get({ timeoutMs: 5_500 });
  const refused = expect(getting).rejects.toMatchObject({ code: 'ERR_QUEUE_TIMEOUT', operation: 'get', timeoutMs: 5_500 });
  await clock.advance(5_400);
  expect(await soon(getting)).toBe(WAITING);
  await clock.advance(100);
  await refused;
  await expect(getting).rejects.toBeInstanceOf(QueueTimeoutError);
  await queue.dispose();
});

it('F-26 names a damaged control file, once, and ends nothing by it', async () => {
  const name = (type: 'done' | 'failed', pid: number): string => formatControlName({ type, stamp: '20261121_130405_000009', pid });
  const damaged = {
    [name('done', 1)]: '{"header":{"type":"done"',
    [name('failed', 1)]: '',
    [name('failed', 2)]: Object.values(said(3, 'failed'))[0] ?? '',
  };
  const fs = memoryDisk(inFolder({ ...HELO, ...damaged }));
  const clock = manualClock();
  const told: StrangeFile[] = [];
  const queue = await openReader(fs, { clock, onStrangeFile: (found) => told.push(found) });
  const getting = queue.get();
  await clock.advance(10_000);
  expect(await soon(getting)).toBe(WAITING);
  expect(told.map(({ file }) => file).toSorted()).toEqual(Object.keys(damaged).toSorted());
  await say(fs, DONE);
  await clock.advance(3_000);
  expect(await soon(getting)).toBeUndefined();
  await queue.dispose();
});

it('F-44 who found nothing gets what the last holder had when that dies', async () => {
  const fs = memoryDisk(inFolder({ 'a.tsv': 'rows', ...DONE }));
  const clock = manualClock();
  const { claim, die } = await openActor(fs, { clock, identity: ELSEWHERE, leaseMs: 1_000 });
  await claim('a.tsv');
  const queue = await openReader(fs, { clock, leaseMs: 1_000 });
  const getting = queue.get();
  await clock.advance(20_000);
  expect(await soon(getting)).toBe(WAITING);
  die();
  await clock.advance(2_000);
  const file = await soon(getting);
  expect(file).toMatchObject({ name: 'a.tsv', attempt: 2 });
  if (typeof file !== 'symbol') await file?.done();
  expect(await soon(queue.get())).toBe(WAITING);
  await clock.advance(5_000);
  expect(await messagesIn(fs)).toEqual([]);
  await queue.dispose();
});

it('W-07 consume works it off to the end, several at a time, with failures that come again', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `${String(index).padStart(2, '0')}.tsv`);
  const fs = memoryDisk(inFolder({ ...Object.fromEntries(names.map((name) => [name, ''])), ...DONE }));
  const queue = await openReader(fs);
  const failing = new Set(['03.tsv', '17.tsv']);
  const report = await consume(
    queue,
    async (file) => {
      if (file.name === '05.tsv' || (failing.has(file.name) && file.attempt === 1)) throw new Error('no');
      await new Promise((resolve) => setImmediate(resolve));
    },
    { concurrency: 4, onError: 'continue', backoff: false, clock: hastyClock() },
  );
  expect(report).toMatchObject({ done: 29, failed: 1, retried: 4, lost: 0 });
  expect((await fs.readdir('/q/failed')).toSorted()).toEqual(['05.tsv', '05.tsv.error.json']);
  expect(await fs.readdir('/q/done')).toHaveLength(29);
  await queue.dispose();
});
