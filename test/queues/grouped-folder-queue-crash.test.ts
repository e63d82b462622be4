import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { ClaimedGroup } from '../../src/queues/claimed-group.ts';
import type { GroupedFolderQueueOptions } from '../../src/queues/folder-options.ts';
import type { GroupedFolderQueue } from '../../src/queues/grouped-folder-queue.ts';
import { type Crash, eachCrash } from '../support/each-crash.ts';
import type { FaultyDisk } from '../support/faulty-disk.ts';
import { days, heldByTheDead, keptIn, openGroups, textOf, textsIn } from '../support/grouped-ground.ts';
import { inFolder, messagesIn, said } from '../support/folder-ground.ts';
import { mortal } from '../support/mortal.ts';
import { bySize, DEEP, oneIn } from '../support/sample.ts';

const FILES = { ...days('mon', 'tue'), ...inFolder(said(1, 'helo', 'done')) };

/** What one process was promised, by group. */
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
  readonly options?: Partial<GroupedFolderQueueOptions>;
  /** What the process does that is stopped. */
  readonly life: (queue: GroupedFolderQueue, promised: Promised, fs: FaultyDisk) => Promise<unknown>;
  readonly kinds?: readonly Crash['kind'][];
}

/** Stops a process at every call; another one works off what is left, and is judged. */
async function judgeEach({ files = FILES, options = {}, life, kinds = ['kill', 'power'] }: Plan): Promise<void> {
  const promised = new Promised();
  const { points } = await eachCrash(
    files,
    async (fs) => {
      promised.begin();
      const queue = await openGroups(mortal(fs), options);
      await life(queue, promised, fs);
      await queue.dispose();
    },
    async (_left, fs) => judge(fs, promised, options),
    {
      kinds,
      limit: DEEP ? 64 : 2,
      share: oneIn(48),
      ledger: () => promised.text(),
      // Names of consumers, and tokens, differ from run to run.
      likeness: (text) => text.replace(/-[0-9a-f]{8}\b/g, '').replace(/[0-9a-f]{12}[0-9a-z]+?(?=a\d+\.again)/g, '').replace(/[0-9a-f]{16}/g, ''), // prettier-ignore
    },
  );
  expect(points).toBeGreaterThan(40);
}

async function judge(fs: FileSystem, promised: Promised, options: Partial<GroupedFolderQueueOptions>): Promise<void> {
  const queue = await openGroups(fs, options);
  const delivered: string[] = [];
  for (let group = await queue.get(); group !== undefined; group = await queue.get()) {
    delivered.push(group.group);
    const texts = await Promise.all(group.files.map(({ path }) => textOf(fs, path)));
    expect(texts, 'all of one group').toEqual(textsOf(group.group));
    await group.done();
  }
  expect(queue.incomplete, 'nothing comes in parts').toEqual([]);
  await queue.dispose();
  expect(await messagesIn(fs), 'nothing is left').toEqual([]);
  expect(new Set(delivered).size, 'each once').toBe(delivered.length);
  for (const group of [...promised.done, ...promised.givenUp]) expect(delivered, 'it came to its end').not.toContain(group);
  await judgeEnds(fs, options, promised, delivered);
}

async function judgeEnds(
  fs: FileSystem,
  { doneDir = '/q/done' }: Partial<GroupedFolderQueueOptions>,
  promised: Promised,
  delivered: readonly string[],
): Promise<void> {
  const [done, failed] = [doneDir === null ? [] : await textsIn(fs, doneDir), await textsIn(fs, '/q/failed')];
  for (const group of ['mon', 'tue']) {
    const of = (texts: readonly string[]): readonly string[] => texts.filter((text) => text.startsWith(group));
    const isFailed = of(failed).length > 0;
    if (promised.done.has(group) || delivered.includes(group)) expect(isFailed, 'it was done').toBe(false);
    if (promised.givenUp.has(group)) expect(isFailed, 'it was given up').toBe(true);
    expect(of(failed), 'each in failedDir once').toEqual(isFailed ? textsOf(group) : []);
    if (doneDir !== null) expect(of(done), 'each in doneDir once').toEqual(isFailed ? [] : textsOf(group));
  }
  for (const name of await keptIn(fs, '/q/failed')) expect(fs.exists(`/q/failed/${name}.error.json`), 'a report beside it').toBe(true);
}

function textsOf(group: string): string[] {
  return Object.values(days(group));
}

type Settle = (group: ClaimedGroup, promised: Promised, fs: FaultyDisk) => Promise<void>;

const done: Settle = async (group, promised, fs) => {
  await group.done();
  if (!fs.stopped) promised.done.add(group.group);
};

const giveUp: Settle = async (group, promised, fs) => {
  await group.fail(new Error('no'));
  if (!fs.stopped) promised.givenUp.add(group.group);
};

const all =
  (settle: Settle): Plan['life'] =>
  async (queue, promised, fs) => {
    for (let group = await queue.get(); group !== undefined; group = await queue.get()) await settle(group, promised, fs);
  };

describe.each(['power', 'process'] as const)("stopped at any call, with '%s', another reader", (durability) => {
  const kinds: readonly Crash['kind'][] = durability === 'power' ? ['kill', 'power'] : ['kill'];

  it('F-43 completes a done, or gets all of the group again', async () => {
    await judgeEach({ kinds, options: { durability }, life: all(done) });
  });

  it('F-43 completes a done with doneDir null, or gets all of the group again', async () => {
    await judgeEach({ kinds, options: { durability, doneDir: null }, life: all(done) });
  });

  it('F-43 completes what is given up, a report beside each file, or gets all of the group again', async () => {
    await judgeEach({ kinds, options: { durability, maxAttempts: 1 }, life: all(giveUp) });
  });

  it('F-29 gets all that was being released or had failed, or was in hands', async () => {
    const life: Plan['life'] = async (queue) => {
      await (await queue.get())?.release();
      await (await queue.get())?.fail(new Error('once more'));
      await queue.get();
    };
    await judgeEach({ kinds, options: { durability, maxAttempts: 9 }, life });
  });

  it('takes back what the stopped one took back from a dead one', async () => {
    const files = await heldByTheDead(FILES);
    await judgeEach({ kinds, files, options: { durability }, life: all(done) });
  });

  it.each(['finished', 'failing'] as const)('F-43 completes what the stopped one completed of a dead one: %s', async (state) => {
    const files = await heldByTheDead(FILES, state);
    await judgeEach({ kinds, files, options: { durability }, life: all(done) });
  });

  it('F-32 gives up as a whole what the stopped one was giving up, its attempts spent', async () => {
    const files = await heldByTheDead(FILES);
    const life: Plan['life'] = async (queue, promised, fs) => {
      await all(done)(queue, promised, fs);
      if (!fs.stopped) promised.givenUp.add('mon');
    };
    await judgeEach({ kinds, files, options: { durability, maxAttempts: 1 }, life });
  });
});

it('acknowledges no failed attempt of a group before a power cut can undo it', async () => {
  let isCounted = false;
  await eachCrash(
    FILES,
    async (fs) => {
      isCounted = false;
      const queue = await openGroups(mortal(fs));
      await (await queue.get())?.fail(new Error('no'));
      if (!fs.stopped) isCounted = true;
    },
    async (_left, fs) => {
      if (!isCounted) return;
      const queue = await openGroups(fs);
      const groups = [await queue.get(), await queue.get()];
      expect(groups.map((group) => `${group?.group}#${group?.attempt}`).toSorted()).toEqual(['mon#2', 'tue#1']);
      await queue.dispose();
    },
    { kinds: ['power'], limit: DEEP ? 64 : 3, share: oneIn(12) },
  );
});

it('F-43 decides nothing of a group as long as a power cut could undo a claim of it', async () => {
  let cuts = 0;
  await eachCrash(
    FILES,
    async (fs) => {
      const queue = await openGroups(mortal(fs));
      await (await queue.get())?.done();
    },
    async (_left, fs, { call }) => {
      if (!call?.to?.endsWith('.finished')) return;
      cuts += 1;
      await judge(fs, new Promised(), {});
    },
    { kinds: ['power'], limit: bySize({ quick: 8, slow: 64, deep: 64 }), share: oneIn(1) },
  );
  // Nothing else is unsafe there: a few states, and all of them.
  expect(cuts).toBeGreaterThan(1);
});
