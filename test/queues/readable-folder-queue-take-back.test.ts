import { describe, expect, it } from 'vitest';
import { ClaimLostError } from '../../src/errors.ts';
import { parseReport } from '../../src/formats/failure-report.ts';
import { putBack } from '../../src/folders/claim.ts';
import { giveUp } from '../../src/folders/settle.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { readSmallFile } from '../../src/fs/small-file.ts';
import type { ClaimedFile } from '../../src/queues/claimed-file.ts';
import { manualClock, memoryDisk } from '../../src/testing/index.ts';
import { doAll, drop, ELSEWHERE, GONE, inFolder, messagesIn, openActor, openReader, said } from '../support/folder-ground.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';

const DONE = said(1, 'helo', 'done');

async function textOf(fs: FileSystem, path: string): Promise<string> {
  const file = await readSmallFile(fs, path, 10_000);
  return file.kind === 'text' ? file.text : file.kind;
}

describe('F-16 what a dead one had comes back by itself, its attempt counted:', () => {
  it('on the same machine at once', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': '', 'b.tsv': '', ...DONE }));
    const clock = hastyClock();
    const { claim, die } = await openActor(fs, { clock, identity: GONE });
    await claim('a.tsv');
    die();
    const queue = await openReader(fs, { clock });
    expect(await doAll(queue)).toEqual(['b.tsv#1', 'a.tsv#2']);
    expect(clock.monotonic()).toBeLessThan(1_000);
    await queue.dispose();
    expect(await fs.readdir('/q/.dibs/consumers')).toEqual([]);
  });

  it('elsewhere after the lease that it stated, and not sooner', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': '', ...DONE }));
    const clock = manualClock();
    const { claim, die } = await openActor(fs, { clock, identity: ELSEWHERE, leaseMs: 5_000 });
    await claim('a.tsv');
    const queue = await openReader(fs, { clock, leaseMs: 1_000 });
    const got: (ClaimedFile | undefined)[] = [];
    const getting = queue.get().then((file) => got.push(file));
    await clock.advance(60_000);
    die();
    await clock.advance(4_900);
    expect(got).toEqual([]);
    await clock.advance(700);
    await getting;
    expect(got[0]).toMatchObject({ name: 'a.tsv', attempt: 2 });
    await queue.dispose();
  });

  it('of one without any heartbeat after one lease', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv.someone-1-1a3.wip': '', ...DONE }));
    const clock = manualClock();
    const queue = await openReader(fs, { clock, leaseMs: 1_000, maxAttempts: 9 });
    const getting = queue.get();
    await clock.advance(800);
    expect(await messagesIn(fs)).toEqual(['a.tsv.someone-1-1a3.wip']);
    await clock.advance(500);
    expect(await getting).toMatchObject({ name: 'a.tsv', attempt: 4 });
    await queue.dispose();
  });
});

it('forgets a dead one only when a look that began after its death finds nothing that it had', async () => {
  const fs = memoryDisk(inFolder({ 'z.tsv': '' }));
  const clock = manualClock();
  const { consumer, claim } = await openActor(fs, { clock, identity: GONE });
  const seen: string[][] = [];
  // It claims when it was found dead, between the listing and the look at its heartbeat.
  let isFirst = true;
  const scan: FileSystem['scan'] = async (path, visit) => {
    await fs.scan(path, visit);
    if (!isFirst) return;
    isFirst = false;
    await claim('z.tsv');
    seen.push(await messagesIn(fs));
  };
  const queue = await openReader({ ...fs, scan }, { clock });
  const getting = queue.get();
  await clock.advance(3_000);
  expect(await getting).toMatchObject({ name: 'z.tsv', attempt: 2 });
  expect(seen[0]).toEqual([`z.tsv.${consumer.name}-1a1.wip`]);
  await queue.dispose();
});

describe('F-32 poison', () => {
  it('lies in failedDir, with its reason, after it killed maxAttempts of its consumers', async () => {
    const fs = memoryDisk(inFolder({ 'good.tsv': '', 'poison.tsv': 'rows', ...DONE }));
    for (let life = 1; life <= 3; life += 1) {
      const { claim, die } = await openActor(fs, { identity: GONE });
      const ready = (await messagesIn(fs)).find((name) => /^poison.*(tsv|again)$/.test(name));
      expect((await claim(ready ?? '')).attempt).toBe(life);
      die();
      const janitor = await openReader(fs);
      const file = await janitor.get({ timeoutMs: 2_000 });
      if (life < 3) expect(file?.name).toBe('good.tsv');
      await janitor.dispose();
    }
    const queue = await openReader(fs);
    expect(await doAll(queue)).toEqual(['good.tsv#1']);
    expect(await textOf(fs, '/q/failed/poison.tsv')).toBe('rows');
    const report = parseReport(await textOf(fs, '/q/failed/poison.tsv.error.json'));
    expect(report).toMatchObject({ name: 'poison.tsv', attempt: 3 });
    expect(report?.error.message).toMatch(/killed|died|ended/i);
    await queue.dispose();
  });
});

describe('F-41 a new message of the same name, while the old one is claimed, survives', () => {
  const ways: Record<string, (file: ClaimedFile) => Promise<void>> = {
    release: (file) => file.release(),
    'a failed attempt': (file) => file.fail(new Error('once more')),
    done: (file) => file.done(),
  };

  it.each(Object.entries(ways))('%s', async (how, settle) => {
    const fs = memoryDisk(inFolder({ 'a.tsv': 'old', ...DONE }));
    const queue = await openReader(fs);
    const file = await queue.get();
    if (file === undefined) throw new Error('there is none');
    await drop(fs, '/q/a.tsv', 'new');
    await settle(file);
    const texts: string[] = [];
    for (let next = await queue.get(); next !== undefined; next = await queue.get()) {
      texts.push(await textOf(fs, next.path));
      await next.done();
    }
    expect(texts.toSorted()).toEqual(how === 'done' ? ['new'] : ['new', 'old']);
    expect(await Promise.all((await fs.readdir('/q/done')).map((name) => textOf(fs, `/q/done/${name}`)))).toEqual(
      expect.arrayContaining(['new', 'old']),
    );
    await queue.dispose();
  });

  it('the old one being taken back', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': 'old', ...DONE }));
    const { claim, die } = await openActor(fs, { identity: GONE });
    await claim('a.tsv');
    die();
    await drop(fs, '/q/a.tsv', 'new');
    const queue = await openReader(fs);
    expect((await doAll(queue)).toSorted()).toEqual(['a.tsv#1', 'a.tsv#2']);
    expect(await fs.readdir('/q/done')).toHaveLength(2);
    await queue.dispose();
  });

  it('the old one being given up', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': 'old', ...DONE }));
    const queue = await openReader(fs, { maxAttempts: 1 });
    const file = await queue.get();
    await drop(fs, '/q/a.tsv', 'new');
    await file?.fail(new Error('no'));
    const next = await queue.get();
    await next?.fail(new Error('no'));
    expect(await queue.get()).toBeUndefined();
    const failed = (await fs.readdir('/q/failed')).filter((name) => !name.endsWith('.json'));
    expect((await Promise.all(failed.map((name) => textOf(fs, `/q/failed/${name}`)))).toSorted()).toEqual(['new', 'old']);
    expect((await fs.readdir('/q/failed')).filter((name) => name.endsWith('.json'))).toHaveLength(2);
    await queue.dispose();
  });
});

describe('the late owner, whose claim was taken back,', () => {
  /** One that slept: its claim was taken back, and perhaps somebody else has it now, or is through with it. */
  async function late(then: 'ready' | 'claimed' | 'done' | 'given up') {
    const fs = memoryDisk(inFolder({ 'a.tsv': 'rows', 'b.tsv': '', ...DONE }));
    const sleeper = await openReader(fs);
    // Given back once: then its owner knows the file's number, and must not take what somebody else did for its own.
    await (await sleeper.get())?.release();
    const files = [await sleeper.get(), await sleeper.get()];
    const file = files.find((one) => one?.name === 'a.tsv');
    if (file === undefined) throw new Error('there is none');
    const { context, claim } = await openActor(fs);
    await putBack(context, file.claim, 1);
    const ready = (await messagesIn(fs)).find((name) => name.startsWith('a.tsv') && name.endsWith('.again')) ?? '';
    const theirs = then === 'ready' ? undefined : await claim(ready);
    if (theirs && then === 'done') {
      await fs.mkdir('/q/done');
      await fs.rename(theirs.path, '/q/done/a.tsv');
    }
    if (theirs && then === 'given up') {
      await giveUp(context, theirs, 'somebody', { name: 'Error', message: 'no' });
    }
    return { fs, sleeper, file };
  }

  for (const then of ['ready', 'claimed', 'done', 'given up'] as const) {
    it.each(['done', 'release', 'fail', 'give up'] as const)(`F-17 changes nothing when it is ${then} since: %s`, async (how) => {
      const { fs, sleeper, file } = await late(then);
      const everything = async (): Promise<string[]> => {
        const dirs = ['/q', '/q/done', '/q/failed'].filter((dir) => fs.exists(dir));
        return (await Promise.all(dirs.map(async (dir) => (await fs.readdir(dir)).map((name) => `${dir}/${name}`)))).flat().toSorted();
      };
      await fs.mkdir('/q/failed');
      const before = await everything();
      const { signal } = file;
      if (how === 'give up') Object.assign(file, { attempt: 3 });
      const settled = how === 'done' || how === 'release' ? file[how]() : file.fail(new Error('late'));
      await expect(settled).rejects.toBeInstanceOf(ClaimLostError);
      await expect(settled).rejects.toMatchObject({ file: 'a.tsv', directory: '/q' });
      expect(signal.aborted).toBe(true);
      expect(await everything()).toEqual(before);
      await sleeper.dispose();
    });
  }

  it('is told by its signal, within two beats', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': '' }));
    const clock = manualClock();
    const queue = await openReader(fs, { clock, leaseMs: 1_000 });
    const file = await queue.get();
    const { context } = await openActor(fs, { clock });
    if (file) await putBack(context, file.claim, 1);
    expect(file?.signal.aborted).toBe(false);
    await clock.advance(400);
    expect(file?.signal.reason).toBeInstanceOf(ClaimLostError);
    await queue.dispose();
  });
});

it('F-10 who moved a file away has a whole beat to say so', async () => {
  const fs = memoryDisk(inFolder({ 'a.tsv': '' }));
  const clock = manualClock();
  const queue = await openReader(fs, { clock, leaseMs: 1_000 });
  const file = await queue.get();
  await clock.advance(150);
  await fs.rename(file?.path ?? '', '/elsewhere.tsv');
  await clock.advance(200);
  expect(file?.signal.aborted).toBe(false);
  await file?.done({ moved: true });
  await queue.dispose();
});

it('F-46 readers that were all suspended together wake without stealing from each other', async () => {
  const fs = memoryDisk(inFolder({ 'a.tsv': '', 'b.tsv': '', ...DONE }));
  const clock = manualClock();
  const { consumer, claim, die } = await openActor(fs, { clock, identity: ELSEWHERE, leaseMs: 1_000 });
  await claim('a.tsv');
  // While it waits, everything stands still for ten leases; then this one looks first.
  let isSuspended = false;
  const waiting = { ...clock, monotonic: () => clock.monotonic() + (isSuspended ? 10_000 : 0) };
  const queue = await openReader(fs, { clock: waiting, leaseMs: 1_000 });
  await (await queue.get())?.done();
  const got: unknown[] = [];
  const getting = queue.get().then((file) => got.push(file));
  await clock.advance(3_000);
  isSuspended = true;
  // The other is not through with waking up for half a lease more: it beats late.
  die();
  await clock.advance(500);
  expect(await messagesIn(fs)).toEqual([`a.tsv.${consumer.name}-1a1.wip`]);
  // It is dead after all: a whole lease of looks finds that.
  await clock.advance(1_000);
  await getting;
  expect(got).toMatchObject([{ name: 'a.tsv', attempt: 2 }]);
  await queue.dispose();
});

it('takes back what is held for longer than maxRuntimeMs, its attempt counted, and tells so', async () => {
  const fs = memoryDisk(inFolder({ 'a.tsv': '', ...DONE }));
  const clock = manualClock();
  const queue = await openReader(fs, { clock, leaseMs: 1_000, maxRuntimeMs: 2_000 });
  const file = await queue.get();
  await clock.advance(1_900);
  expect(file?.signal.aborted).toBe(false);
  await clock.advance(400);
  expect(file?.signal.reason).toBeInstanceOf(ClaimLostError);
  await expect(file?.done()).rejects.toBeInstanceOf(ClaimLostError);
  expect(await queue.get()).toMatchObject({ name: 'a.tsv', attempt: 2 });
  await queue.dispose();
});

it('goes on under another name when it was found dead, one for all who ask at once', async () => {
  const fs = memoryDisk(inFolder(Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.tsv`, '']))));
  const clock = manualClock();
  const queue = await openReader(fs, { clock, leaseMs: 1_000 });
  const first = await queue.get();
  const before = queue.consumer;
  await fs.unlink(`/q/.dibs/consumers/${before}`);
  await clock.advance(300);
  const files = await Promise.all([queue.get(), queue.get(), queue.get()]);
  expect(queue.consumer).not.toBe(before);
  expect(files.every((file) => file?.path.includes(queue.consumer))).toBe(true);
  expect(await fs.readdir('/q/.dibs/consumers')).toEqual([queue.consumer]);
  await first?.done();
  await queue.dispose();
  expect(await fs.readdir('/q/.dibs/consumers')).toEqual([]);
});

it('F-42 removes, and does not hand out, what was finished before its claim could be removed', async () => {
  const fs = memoryDisk(inFolder({ 'a.tsv': 'rows', ...DONE }));
  const { claim, context, die } = await openActor(mortal(fs));
  const { path } = await claim('a.tsv');
  await context.fs.mkdir('/q/done');
  await context.fs.link(path, '/q/done/a.tsv');
  die();
  const queue = await openReader(fs);
  expect(await doAll(queue)).toEqual([]);
  expect(await fs.readdir('/q/done')).toEqual(['a.tsv']);
  expect(await messagesIn(fs)).toEqual([]);
  await queue.dispose();
});
