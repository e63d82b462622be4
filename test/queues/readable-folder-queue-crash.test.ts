import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { FolderDurability } from '../../src/folders/folder-context.ts';
import type { ReadableFolderQueueOptions } from '../../src/queues/folder-options.ts';
import type { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { type Crash, eachCrash } from '../support/each-crash.ts';
import type { FaultyDisk } from '../support/faulty-disk.ts';
import { GONE, inFolder, messagesIn, openActor, openReader, said } from '../support/folder-ground.ts';
import { mortal } from '../support/mortal.ts';
import { DEEP, oneIn } from '../support/sample.ts';

const DONE = said(1, 'helo', 'done');
const FILES = inFolder({ 'a.tsv': 'text of a', 'b.tsv': 'text of b', ...DONE });
/** What the messages say: two of one name can be told apart by it. */
const TEXTS = ['text of a', 'text of b'];

/** What one process was promised, by the text of each message. */
class Promised {
  readonly done = new Set<string>();
  readonly givenUp = new Set<string>();

  begin(): void {
    this.done.clear();
    this.givenUp.clear();
  }

  text(): string {
    return JSON.stringify([[...this.done], [...this.givenUp]]);
  }
}

interface Plan {
  readonly files?: Readonly<Record<string, string>>;
  readonly texts?: readonly string[];
  readonly options?: ReadableFolderQueueOptions;
  readonly durability?: FolderDurability;
  /** What the process does that is stopped. */
  readonly life: (queue: ReadableFolderQueue, fs: FaultyDisk, promised: Promised) => Promise<unknown>;
}

async function textOf(fs: FileSystem, path: string): Promise<string> {
  const file = await fs.open(path, 'read');
  const bytes = new Uint8Array(file.size());
  file.read(bytes, 0, bytes.length, 0);
  file.close();
  return new TextDecoder().decode(bytes);
}

/** Stops a process at every call; the next one works off what is left, and is judged. */
async function judgeEach({ files = FILES, texts = TEXTS, options = {}, durability = 'power', life }: Plan): Promise<void> {
  const promised = new Promised();
  const { points } = await eachCrash(
    files,
    async (fs) => {
      promised.begin();
      const queue = await openReader(mortal(fs), { durability, ...options });
      await life(queue, fs, promised);
      await queue.dispose();
    },
    async (_left, fs, crash) => judge(fs, crash, { promised, texts, options }),
    {
      kinds: durability === 'power' ? ['kill', 'power'] : ['kill'],
      limit: DEEP ? 64 : 4,
      share: oneIn(20),
      ledger: () => promised.text(),
      // Names of consumers, and tokens, differ from run to run.
      likeness: (text) => text.replace(/-[0-9a-f]{8}\b/g, '').replace(/[0-9a-z]{12,}/g, '').replace(/actor\d+x/g, ''), // prettier-ignore
    },
  );
  expect(points).toBeGreaterThan(20);
}

async function judge(
  fs: FileSystem,
  crash: Crash,
  { promised, texts, options }: { promised: Promised; texts: readonly string[]; options: ReadableFolderQueueOptions },
): Promise<void> {
  const queue = await openReader(fs, options);
  const delivered: string[] = [];
  for (let file = await queue.get(); file !== undefined; file = await queue.get()) {
    const text = await textOf(fs, file.path);
    delivered.push(text);
    expect(file.attempt).toBeGreaterThan(0);
    if (text.startsWith('poison')) await file.fail(new Error('poison'));
    else await file.done();
  }
  await queue.dispose();
  expect(await messagesIn(fs), 'nothing is left').toEqual([]);
  const kept = await textsIn(fs, '/q/done');
  const failed = await textsIn(fs, '/q/failed');
  for (const text of promised.done) expect(delivered, 'done is done').not.toContain(text);
  for (const text of promised.givenUp) expect(delivered, 'given up is given up').not.toContain(text);
  for (const text of texts) {
    if (options.doneDir === null) {
      expect([1, 0], `${text} is delivered at most once`).toContain(delivered.filter((one) => one === text).length);
      continue;
    }
    const places = [...kept, ...failed].filter((one) => one === text);
    expect(places, `${text} is kept once, after ${crash.kind}`).toHaveLength(1);
  }
}

async function textsIn(fs: FileSystem, directory: string): Promise<string[]> {
  if (!fs.exists(directory)) return [];
  const names = (await fs.readdir(directory)).filter((name) => !name.endsWith('.json') && !name.startsWith('.'));
  return Promise.all(names.map((name) => textOf(fs, `${directory}/${name}`)));
}

async function doEach(queue: ReadableFolderQueue, fs: FaultyDisk, promised: Promised): Promise<void> {
  for (let file = await queue.get(); file !== undefined; file = await queue.get()) {
    const text = await textOf(fs, file.path);
    await file.done();
    if (!fs.stopped) promised.done.add(text);
  }
}

describe.each(['power', 'process'] as const)("stopped at any call, with '%s':", (durability) => {
  it('F-42 get and done lose nothing, and done is done', async () => {
    await judgeEach({ durability, life: doEach });
  });

  it('F-42 two messages of one name are kept once each', async () => {
    const files = inFolder({ 'a.tsv': 'text of b', 'a.tsv.abca1.again': 'text of a', ...DONE });
    await judgeEach({ files, durability, life: doEach });
  });

  it('F-09 with doneDir null they lose nothing either', async () => {
    await judgeEach({ durability, options: { doneDir: null }, life: doEach });
  });

  it('get and release lose nothing', async () => {
    await judgeEach({
      durability,
      life: async (queue) => {
        for (let time = 0; time < 3; time += 1) await (await queue.get())?.release();
      },
    });
  });

  it('F-33 get and fail, up to giving up, lose nothing, and what is given up is', async () => {
    const files = inFolder({ 'poison.tsv': 'poison', 'a.tsv': 'text of a', ...DONE });
    await judgeEach({
      files,
      durability,
      texts: ['poison', 'text of a'],
      options: { maxAttempts: 2 },
      life: async (queue, fs, promised) => {
        for (let file = await queue.get(); file !== undefined; file = await queue.get()) {
          const text = await textOf(fs, file.path);
          if (text === 'poison') await file.fail(new Error('poison'));
          else await file.done();
          if (!fs.stopped && text === 'poison' && file.attempt === 2) promised.givenUp.add(text);
          if (!fs.stopped && text !== 'poison') promised.done.add(text);
        }
      },
    });
  });

  it('taking back from a dead one loses nothing', async () => {
    const start = new CrashingDisk(FILES);
    const { claim, die } = await openActor(start.process(), { identity: GONE });
    await claim('a.tsv');
    await claim('b.tsv');
    die();
    await judgeEach({ files: start.files(), durability, life: doEach });
  });
});

it('acknowledges no failed attempt before a power cut can undo it', async () => {
  let isCounted = false;
  await eachCrash(
    inFolder({ 'a.tsv': '', ...DONE }),
    async (fs) => {
      isCounted = false;
      const queue = await openReader(mortal(fs));
      await (await queue.get())?.fail(new Error('no'));
      if (!fs.stopped) isCounted = true;
    },
    async (_left, fs) => {
      if (!isCounted) return;
      const queue = await openReader(fs);
      expect((await queue.get())?.attempt).toBe(2);
      await queue.dispose();
    },
    { kinds: ['power'], limit: DEEP ? 64 : 8, share: oneIn(4) },
  );
});
