import { describe, expect, it } from 'vitest';
import { Program, promised, ran, withoutChance } from '../support/crash-script.ts';
import type { CrashScript, Script } from '../support/crash-script.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachSecondCrash, type Lives, type Promises } from '../support/each-second-crash.ts';
import { FolderLife } from '../support/folder-life.ts';
import { FOLDER_LIVES, filesOf, type FolderLives } from '../support/folder-lives.ts';
import { FolderPromises } from '../support/folder-promises.ts';
import { judgeFolderLife } from '../support/judge-folder-life.ts';
import { judgeQueue } from '../support/judge-queue.ts';
import type { QueueLedger } from '../support/queue-ledger.ts';
import { SCRIPTS } from '../support/queue-scripts.ts';
import { bySize } from '../support/sample.ts';
import type { Share } from '../support/sample.ts';
import { strangeStates } from '../support/strange-states.ts';

const SHARE = bySize<{ readonly first: Share; readonly second: Share }>({
  quick: { first: { ofAnyKind: 400 }, second: { ofAnyKind: 40 } },
  slow: { first: 16, second: { ofAnyKind: 16 } },
  deep: { first: 1, second: 4 },
});
const PAIRS = bySize({ quick: 20, slow: 4_000, deep: 50_000 });

let pairs = 0;

/** The first scenes of a queue; all of them if there is time. */
function some<T>(scenes: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(scenes).slice(0, bySize({ quick: 1, slow: Infinity, deep: Infinity }));
}

async function killTwice<P extends Promises<P>>(lives: Lives<P>): Promise<void> {
  const tried = await eachSecondCrash(lives, SHARE);
  expect(tried.pairs).toBeGreaterThan(tried.firsts);
  pairs += tried.pairs;
}

/** What is left of the work of others, each value settled in one of three ways. */
const takeUp: Script = async (program) => {
  const queue = await program.open();
  await queue.put('of the second');
  for (let item = await queue.takeIfAny(), turn = 0; item !== undefined; item = await queue.takeIfAny(), turn += 1) {
    if (turn % 3 === 1) await queue.fail(item, item.attempt >= (program.options.maxAttempts ?? 3));
    else await queue.done(item);
  }
  await queue.dispose();
};

const scripts = Object.fromEntries(Object.entries(SCRIPTS).filter(([, { directories, next }]) => !directories && !next));

describe('T2 killed at any call, and killed again while that is taken up, a PersistentQueue loses and doubles nothing:', () => {
  it.each(some(scripts))('%s', async (_, { before = [], script, options = {} }: CrashScript) => {
    const { disk, ledger } = await ran(before, options);
    const live = (what: Script) => (fs: Program['fs'], promises: QueueLedger) => {
      promises.hear(() => !fs.stopped);
      return what(new Program(fs, promises, options));
    };
    const place = { directory: '/q', options };
    await killTwice({
      disk,
      promises: ledger,
      first: live(script),
      second: live(takeUp),
      async judge(fs, promises, left) {
        expect(strangeStates('queue', left), 'states that no stop leaves').toEqual([]);
        await judgeQueue(fs, promises, { ...promised({ kind: 'kill' }, options), endings: 2, next: place, afterNext: place });
      },
      likeness: withoutChance,
    });
  });
});

/** Names of consumers, and tokens, differ from run to run. */
const likeness = (files: string): string =>
  files
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|stage\.[a-z0-9.-]+/g, '*')
    .replaceAll(/-[0-9a-f]{8}\b|[0-9a-f]{12}[0-9a-z]+?(?=a\d+\.again)|[0-9a-f]{16}/g, '');

describe.each([
  ['WritableFolderQueue', FOLDER_LIVES.written],
  ['ReadableFolderQueue', FOLDER_LIVES.read],
  ['GroupedFolderQueue', FOLDER_LIVES.grouped],
])('T2 killed at any call, and killed again while that is taken up, a %s loses and doubles nothing:', (_queue, scenes) => {
  it.each(some(scenes))('%s', async (_, lives: FolderLives) => {
    const promises = new FolderPromises();
    promises.note([...lives.ready, ...(lives.sources ?? [])], { put: 'acknowledged' });
    await killTwice({
      disk: new CrashingDisk(filesOf(lives)),
      promises,
      first: (fs, noted) => lives.first(new FolderLife(fs, noted, lives)),
      second: (fs, noted) => lives.second(new FolderLife(fs, noted, lives)),
      async judge(fs, noted, left) {
        expect(strangeStates('folder', left), 'states that no stop leaves').toEqual([]);
        expect(await judgeFolderLife(fs, noted, lives, lives.third)).toEqual([]);
      },
      likeness,
    });
  });
});

it(`T2 of all those queues it was tried more than ${PAIRS} times`, () => {
  if (PAIRS >= 2_000) console.log(`T2: ${pairs} pairs of kills, in-process`);
  expect(pairs).toBeGreaterThan(PAIRS);
});
