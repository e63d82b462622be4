import { describe, expect, it } from 'vitest';
import { ClaimLostError, DiskError, ReadOnlyQueueError, WorkQueueError } from '../../src/errors.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { ClaimedFile } from '../../src/queues/claimed-file.ts';
import type { ReadableFolderQueueOptions } from '../../src/queues/folder-options.ts';
import type { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { ALL_ERRNOS, eachError, type Failure, SHORT } from '../support/each-error.ts';
import type { Call, Fault } from '../support/fault-plan.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { doAll, GONE, inFolder, messagesIn, openActor, openReader, said } from '../support/folder-ground.ts';
import { mortal } from '../support/mortal.ts';
import { bySize, DEEP, oneIn } from '../support/sample.ts';

const DONE = said(1, 'helo', 'done');
const FILES = inFolder({ 'a.tsv': 'a', 'b.tsv': 'b', ...DONE });

/** What a careful program was told, and thrown. */
class Survivor {
  readonly errors: unknown[] = [];
  readonly delivered: string[] = [];
  readonly done = new Set<string>();
  readonly #fs: FaultyDisk;
  readonly #options: ReadableFolderQueueOptions;

  constructor(fs: FaultyDisk, options: ReadableFolderQueueOptions) {
    this.#fs = fs;
    this.#options = options;
  }

  /** Opens the queue; if that fails, once more on a disk that is well again. */
  async open(): Promise<ReadableFolderQueue> {
    try {
      return await openReader(mortal(this.#fs), this.#options);
    } catch (error) {
      this.errors.push(error);
      this.#fs.heal();
      return openReader(mortal(this.#fs), this.#options);
    }
  }

  async attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (error) {
      this.errors.push(error);
      return undefined;
    }
  }

  /** Takes a few and settles them; then the disk is well again, and what could not be settled is. */
  async work(settle: (file: ClaimedFile) => Promise<void>): Promise<void> {
    const queue = await this.open();
    const unsettled: ClaimedFile[] = [];
    for (let time = 0; time < 6; time += 1) {
      const file = await this.attempt(() => queue.get({ timeoutMs: 3_000 }));
      if (file === undefined) continue;
      this.#note(file);
      await this.attempt(async () => this.#settled(file, await settle(file).then(() => true)));
      if (file.hold.state === 'taken') unsettled.push(file);
    }
    this.#fs.heal();
    for (const file of unsettled) {
      await settle(file).then(
        () => this.#settled(file, true),
        (error: unknown) => expect(error).toBeInstanceOf(ClaimLostError),
      );
    }
    for (let file = await queue.get(); file !== undefined; file = await queue.get()) {
      this.#note(file);
      await file.done();
      this.#settled(file, true);
    }
    await queue.dispose();
  }

  #note({ name, hold }: ClaimedFile): void {
    expect(hold.state).toBe('taken');
    expect(this.done, 'done is done').not.toContain(name);
    this.delivered.push(name);
  }

  #settled({ name, hold }: ClaimedFile, isSettled: boolean): void {
    if (isSettled && hold.state === 'done') this.done.add(name);
  }
}

const LIES = ['EEXIST', 'ENOENT'];

/** Typed, with the errno in itself or in its cause, and with a path. */
function checkError(error: unknown, { errno, fault }: Failure): void {
  expect(error, `thrown when ${fault}`).toBeInstanceOf(WorkQueueError);
  const name = errno === SHORT ? 'ENOSPC' : errno;
  if (error instanceof DiskError) {
    // What is said of names that nobody else can have is a lie, and leads to another.
    expect([name, ...(LIES.includes(name) ? LIES : [])], `thrown when ${fault}`).toContain(error.errno);
    expect(error.path).toContain('/q');
    expect(error.operation).not.toBe('');
  } else if (error instanceof WorkQueueError) {
    expect(['ERR_READ_ONLY_QUEUE', 'ERR_QUEUE_TIMEOUT', 'ERR_CLAIM_LOST', 'ERR_NOT_A_QUEUE', 'ERR_QUEUE_NOT_FOUND'], fault).toContain(
      error.code,
    );
  }
}

async function judgeErrors(
  settle: (file: ClaimedFile) => Promise<void>,
  { files = FILES, options = {}, errnos }: { files?: Readonly<Record<string, string>>; options?: ReadableFolderQueueOptions; errnos?: readonly string[] } = {}, // prettier-ignore
): Promise<void> {
  let survivor: Survivor | undefined;
  const { runs } = await eachError(
    files,
    async (fs) => {
      survivor = new Survivor(fs, options);
      await survivor.work(settle);
    },
    async (_left, fs, failure) => {
      if (failure.error !== undefined) throw failure.error;
      for (const error of survivor?.errors ?? []) checkError(error, failure);
      // No system says after a link that it can't be made to another device.
      if (failure.errno === 'EXDEV' && failure.reply === 'after') return;
      // After a power cut what was not acknowledged may come again: this is about the process that goes on.
      if (failure.kind === 'power') return;
      expect(await messagesIn(fs), 'nothing is left').toEqual([]);
      if (options.doneDir === null) return;
      const kept = [...(await names(fs, '/q/done')), ...(await names(fs, '/q/failed'))];
      expect(kept.toSorted(), failure.fault).toEqual(['a.tsv', 'b.tsv']);
    },
    { errnos: errnos ?? (DEEP ? ALL_ERRNOS : ['EIO', 'ENOSPC']), powerCuts: 0, share: oneIn(2, 80) },
  );
  expect(runs).toBeGreaterThan(bySize({ quick: 3, slow: 150, deep: 300 }));
}

async function names(fs: FileSystem, directory: string): Promise<string[]> {
  if (!fs.exists(directory)) return [];
  return (await fs.readdir(directory))
    .filter((name) => !name.endsWith('.json') && !name.startsWith('.'))
    .map((name) => name.replace(/~.*/, ''));
}

describe('each call that fails leads to a typed error or is made good, and the queue works on:', () => {
  it('get and done', async () => {
    await judgeErrors((file) => file.done());
  });

  it('get and done with doneDir null', async () => {
    await judgeErrors((file) => file.done(), { options: { doneDir: null } });
  });

  it('get and release', async () => {
    await judgeErrors((file) => file.release());
  });

  it('get and fail, up to giving up', async () => {
    await judgeErrors((file) => file.fail(new Error('no')), { options: { maxAttempts: 2 } });
  });

  it('taking back', async () => {
    const start = new CrashingDisk(FILES);
    const { claim, die } = await openActor(start.process(), { identity: GONE });
    await claim('a.tsv');
    die();
    await judgeErrors((file) => file.done(), { files: start.files() });
  });
});

describe('a claim that the disk refused to look at, or to say that it was made, comes back, though its reader lives:', () => {
  const isClaim = ({ path, to }: Call): boolean => (to ?? path).endsWith('.wip');
  const lost = { reply: 'after', errno: 'EIO' } as const;
  const refused = { reply: 'before', errno: 'EIO' } as const;

  it.each<[string, readonly Fault[], string]>([
    ['at once, and uncounted', [{ at: (call) => call.operation === 'lstat' && isClaim(call), ...refused }], 'a.tsv#1'],
    ['at once, though it was made', [{ at: (call) => call.operation === 'rename' && isClaim(call), ...lost }], 'a.tsv#1'],
    [
      'at the next look, counted, if it can not be given back either',
      [
        { at: (call) => call.operation === 'rename' && isClaim(call), ...lost },
        { at: ({ to }) => to?.endsWith('.again') === true, ...refused },
      ],
      'a.tsv#2',
    ],
  ])('%s', async (_, faults, expected) => {
    let isBroken = false;
    const fs = new FaultyDisk(memoryDisk(FILES), {
      faults: faults.map((fault) => ({ ...fault, at: (call) => isBroken && fault.at(call) })),
    });
    const queue = await openReader(fs);
    isBroken = true;
    await expect(queue.get()).rejects.toMatchObject({ code: 'ERR_DISK', errno: 'EIO' });
    isBroken = false;
    expect((await doAll(queue)).toSorted()).toEqual([expected, 'b.tsv#1']);
    await queue.dispose();
  });
});

it('a file that can’t be taken back keeps no other from being served', async () => {
  const inner = memoryDisk(FILES);
  const { claim, die } = await openActor(inner, { identity: GONE });
  await claim('a.tsv');
  die();
  const faults: Fault[] = [{ at: ({ operation, path }) => operation === 'rename' && path.startsWith('/q/a.tsv.'), errno: 'EPERM' }];
  const fs = new FaultyDisk(inner, { faults });
  const queue = await openReader(fs);
  expect((await queue.get())?.name).toBe('b.tsv');
  await expect(queue.get()).rejects.toMatchObject({ code: 'ERR_DISK', errno: 'EPERM' });
  fs.heal();
  expect(await queue.get()).toMatchObject({ name: 'a.tsv', attempt: 2 });
  await queue.dispose();
});

it.each(['/q/done', null])('a done whose sync failed can be made again, and is one then (doneDir %s)', async (doneDir) => {
  for (const isLocal of [true, false]) {
    for (const [operation, reply] of [
      ['syncDirectory', 'before'],
      ['unlink', 'after'],
    ] as const) {
      // prettier-ignore
      let isBroken = false;
      const at: Fault['at'] = (call) => isBroken && call.operation === operation;
      const memory = memoryDisk(FILES);
      const fs = new FaultyDisk({ ...memory, isLocal: async () => isLocal }, { faults: [{ at, errno: 'EIO', reply }] });
      const queue = await openReader(fs, { doneDir });
      const file = await queue.get();
      isBroken = true;
      await expect(file?.done()).rejects.toMatchObject({ code: 'ERR_DISK', operation: 'done', errno: 'EIO' });
      isBroken = false;
      // A claim whose removal was not heard of is not seen any more: done with doneDir null can't tell that from one taken back.
      if (operation === 'unlink' && doneDir === null && isLocal) await expect(file?.done()).rejects.toBeInstanceOf(ClaimLostError);
      else await file?.done();
      expect(await doAll(queue)).toEqual(['b.tsv#1']);
      expect(await messagesIn(memory)).toEqual([]);
      await queue.dispose();
    }
  }
});

it('a disk that is read-only now says so', async () => {
  const faults: Fault[] = [{ at: ({ operation }) => operation === 'rename', errno: 'EROFS' }];
  const queue = await openReader(new FaultyDisk(memoryDisk(FILES), { faults }));
  await expect(queue.get()).rejects.toBeInstanceOf(ReadOnlyQueueError);
  await queue.dispose();
});

it('the folder that goes away is QueueNotFoundError, and is read again once it is back', async () => {
  const fs = memoryDisk(FILES);
  const queue = await openReader(fs);
  await (await queue.get())?.done();
  await (await queue.get())?.done();
  await fs.rename('/q', '/away');
  await expect(queue.get()).rejects.toMatchObject({ code: 'ERR_QUEUE_NOT_FOUND', directory: '/q' });
  await fs.rename('/away', '/q');
  expect(await queue.get()).toBeUndefined();
  await queue.dispose();
});

describe('F-40 on a network, where the reply to what succeeded may be lost,', () => {
  const LIES: Record<string, Fault> = {
    'a rename says ENOENT': { at: ({ operation }) => operation === 'rename', errno: 'ENOENT', reply: 'after' },
    'a link says EEXIST': { at: ({ operation }) => operation === 'link', errno: 'EEXIST', reply: 'after' },
    'a link says ENOENT': { at: ({ operation }) => operation === 'link', errno: 'ENOENT', reply: 'after' },
    'an unlink says ENOENT': { at: ({ operation }) => operation === 'unlink', errno: 'ENOENT', reply: 'after' },
    'a mkdir says EEXIST': { at: ({ operation, path }) => operation === 'mkdir' && path === '/none', errno: 'EEXIST', reply: 'after' },
  };
  const all: Fault[] = Object.values(LIES);

  /** Each call lies; or all do. */
  it.each([...Object.entries(LIES).map(([name, lie]) => [name, [lie]] as const), ['all of them', all] as const])(
    '%s: each is handed out once, done once, failed once',
    async (_, faults) => {
      for (const doneDir of ['/q/done', null]) {
        const memory = memoryDisk(inFolder({ 'a.tsv': 'a', 'b.tsv': 'b', 'c.tsv': 'c', ...DONE }));
        const fs = new FaultyDisk({ ...memory, isLocal: async () => false }, { faults: [...faults] });
        const queue = await openReader(fs, { doneDir, maxAttempts: 2 });
        const seen: string[] = [];
        // Who takes a claim of its own for somebody else's waits for ever.
        const next = (): Promise<ClaimedFile | undefined> => queue.get({ timeoutMs: 60_000 });
        for (let file = await next(); file !== undefined; file = await next()) {
          seen.push(`${file.name}#${file.attempt}`);
          if (file.name === 'b.tsv') await file.fail(new Error('no'));
          else if (file.name === 'c.tsv' && seen.length < 4) await file.release();
          else await file.done();
        }
        expect(seen.toSorted()).toEqual(['a.tsv#1', 'b.tsv#1', 'b.tsv#2', 'c.tsv#1', 'c.tsv#1']);
        expect((await memory.readdir('/q/failed')).toSorted()).toEqual(['b.tsv', 'b.tsv.error.json']);
        if (doneDir !== null) expect((await memory.readdir('/q/done')).toSorted()).toEqual(['a.tsv', 'c.tsv']);
        expect(await messagesIn(memory)).toEqual([]);
        await queue.dispose();
        expect(await memory.readdir('/q/.dibs/consumers')).toEqual([]);
      }
    },
  );
});
