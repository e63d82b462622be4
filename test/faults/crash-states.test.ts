import { describe, expect, it } from 'vitest';
import { eachScriptCrash } from '../support/crash-script.ts';
import { eachCrash } from '../support/each-crash.ts';
import {
  everySequenceOf,
  FOLDER_DEEDS,
  type FolderDeed,
  FolderProgram,
  judgeFolder,
  type FolderLedger,
  textOf,
} from '../support/folder-deeds.ts';
import { inFolder, said } from '../support/folder-ground.ts';
import { everySequence, scriptOf } from '../support/generated-scripts.ts';
import { half } from '../support/queue-scripts.ts';
import { GROUP_DEEDS, type GroupDeed, type GroupLedger, GroupProgram } from '../support/group-deeds.ts';
import { judgeGroups } from '../support/judge-groups.ts';
import { namesOf } from '../support/pairs.ts';
import { randomNumbers, shuffled } from '../support/random.ts';
import { DEEP } from '../support/sample.ts';

/** So many states of the disk are judged at least: those that power cuts and kills leave of programs of one deed to three. */
const STATES = DEEP ? 50_000 : 2_500;

/** What was written and not synced is dropped, reordered and torn at these borders. */
const CUTS = { limit: DEEP ? 24 : 6, sectors: [512] };
const LONG = 4 * 3_600_000;

/** In the deep run all; else as many as make enough states, each of them another kind of program. */
async function enough<T>(programs: readonly T[], judge: (program: T) => Promise<number>): Promise<{ programs: number; states: number }> {
  const sum = { programs: 0, states: 0 };
  for (const program of shuffled(programs, randomNumbers(20_261_127))) {
    if (!DEEP && sum.states >= STATES) break;
    sum.states += await judge(program);
    sum.programs += 1;
  }
  return sum;
}

const SOURCES = ['copy', 'move'].flatMap((deed) => [0, 1, 2].map((index) => `${deed}-${index}.tsv`));
const MESSAGES = ['a.tsv', 'b.tsv'];

const texts = (names: readonly string[], folder: string): Record<string, string> =>
  inFolder(Object.fromEntries(names.map((name) => [name, textOf(name)])), folder);

/** Stops a program at each of its calls, and judges what is left. Gives how many states that were. */
async function crashFolder(deeds: readonly FolderDeed[], durability: 'power' | 'process'): Promise<number> {
  const ledger: FolderLedger = new Map();
  const { states } = await eachCrash(
    { ...texts(MESSAGES, '/q'), ...texts(SOURCES, '/in'), ...inFolder(said(1, 'helo', 'done')) },
    async (fs) => {
      ledger.clear();
      for (const name of MESSAGES) ledger.set(name, { put: 'acknowledged', done: 'no', givenUp: 'no' });
      await new FolderProgram(fs, ledger, durability).run(deeds);
    },
    async (_, fs) => expect((await judgeFolder(fs, ledger)).join('; '), deeds.join(', ')).toBe(''),
    {
      ...CUTS,
      ledger: () => JSON.stringify([...ledger]),
      likeness: withoutNames,
    },
  );
  return states;
}

/** Names of consumers, and tokens, differ from run to run. */
const withoutNames = (text: string): string => text.replaceAll(/-[0-9a-f]{8}\b/g, '').replaceAll(/[0-9a-z]{12,}/g, '');

const GROUPS = ['a', 'b'];

/** The same with a folder in which two files are a group. */
async function crashGroups(deeds: readonly GroupDeed[], durability: 'power' | 'process'): Promise<number> {
  const ledger: GroupLedger = new Map();
  const names = GROUPS.flatMap(namesOf);
  const { states } = await eachCrash(
    { ...texts(names, '/q'), ...inFolder(said(1, 'helo', 'done')) },
    async (fs) => {
      ledger.clear();
      for (const name of names) ledger.set(name, { put: 'acknowledged', done: 'no', givenUp: 'no' });
      await new GroupProgram(fs, ledger, durability).run(deeds);
    },
    async (_, fs) => expect((await judgeGroups(fs, ledger)).join('; '), deeds.join(', ')).toBe(''),
    { ...CUTS, ledger: () => JSON.stringify([...ledger]), likeness: withoutNames },
  );
  return states;
}

describe('whatever a crash leaves of programs of one deed to three', () => {
  it(
    'Q-04 the next process of a queue finds all that was acknowledged, and nothing that was done',
    async () => {
      const options = { maxAttempts: 2 };
      const all = [1, 2, 3].flatMap((length) => [...everySequence(length)]);
      const sum = await enough(all, async (deeds) => {
        const script = scriptOf(deeds, options.maxAttempts);
        const { states } = await eachScriptCrash({ before: [half], script, options }, CUTS).catch((cause: unknown) => {
          throw new Error(`${deeds.join(', ')}: ${String(cause)}`, { cause });
        });
        return states;
      });
      console.log(`queues: ${sum.programs} of ${all.length} programs, ${sum.states} states`);
      expect(sum.states).toBeGreaterThanOrEqual(STATES);
    },
    LONG,
  );

  it(
    'F-42 the next process of a folder finds all that was acknowledged, whole, and nothing that was done',
    async () => {
      const all = everySequenceOf(FOLDER_DEEDS, 3);
      const sum = await enough(all, (deeds) => crashFolder(deeds, 'power'));
      console.log(`folders: ${sum.programs} of ${all.length} programs, ${sum.states} states`);
      expect(sum.states).toBeGreaterThanOrEqual(STATES);
    },
    LONG,
  );

  it(
    'F-43 the next process of a folder of groups finds all that was acknowledged, no group torn, and nothing that was done',
    async () => {
      const all = everySequenceOf(GROUP_DEEDS, 3);
      const sum = await enough(all, (deeds) => crashGroups(deeds, 'power'));
      console.log(`folders of groups: ${sum.programs} of ${all.length} programs, ${sum.states} states`);
      expect(sum.states).toBeGreaterThanOrEqual(STATES);
    },
    LONG,
  );

  it("F-42 the same judges find losses with durability 'process', which promises less", async () => {
    await expect(crashFolder(['put'], 'process')).rejects.toThrow(/is lost|is not whole/);
    await expect(crashFolder(['done'], 'process')).rejects.toThrow(/comes again|is lost/);
    await expect(crashGroups(['put'], 'process')).rejects.toThrow(/is lost|is not whole/);
    await expect(crashGroups(['done'], 'process')).rejects.toThrow(/comes again|is lost|is torn/);
  });
});
