import { describe, expect, it } from 'vitest';
import { MessageExistsError, UnusableMessageError } from '../../src/folders/folder-errors.ts';
import { type Claimer, putBack, takeFile } from '../../src/folders/claim.ts';
import { writeIn } from '../../src/folders/copy-in.ts';
import { goneError, moveIn } from '../../src/folders/move-in.ts';
import { finish, giveUp } from '../../src/folders/settle.ts';
import { isErrno } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { explore, exploreAll, LONGEST_EXPLORATION_MS } from '../support/explore.ts';
import type { Actor } from '../support/explored-actor.ts';
import {
  exploredContext,
  fillFolder,
  type FolderRules,
  keptTexts,
  leftFiles,
  lookAt,
  textAt,
  workOff,
} from '../support/explored-folder.ts';
import type { Play, Scope, World } from '../support/explored-world.ts';
import { bySize, DEEP } from '../support/sample.ts';

type Act = (self: Actor, fs: FileSystem) => Promise<void>;
type End = 'finish' | 'give up' | 'put back';

/** A message, or two of one name, on their way into a folder of which others take what they find. */
class Puts {
  readonly #world: World;
  readonly #rules: FolderRules;
  /** Texts of which somebody was told that they were put, or that they were not, or that their end has come. */
  readonly #put = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #delivered = new Set<string>();
  /** What may have been put. */
  readonly #texts: readonly string[];

  constructor(world: World, rules: FolderRules, texts: readonly string[]) {
    this.#world = world;
    this.#rules = rules;
    this.#texts = texts;
  }

  async play(acts: Readonly<Record<string, Act>>, files: Readonly<Record<string, string>> = {}): Promise<Play> {
    await fillFolder(this.#world.disk, this.#world.outside('before'), files);
    const memory = (): string =>
      [this.#put, this.#refused, this.#ended, this.#delivered].map((texts) => [...texts].toSorted().join()).join(';');
    return { acts, memory, end: () => this.#end() };
  }

  /** Puts a text as `m.tsv`, by a stage. */
  writer(text: string, tamper: (fs: FileSystem) => FileSystem = (fs) => fs): Act {
    return async (self, fs) => {
      const context = await exploredContext(tamper(fs), self.name, this.#rules);
      await this.#tell(self, text, () => writeIn(context, 'm.tsv', new TextEncoder().encode(text)));
    };
  }

  /** Moves `/src/m.tsv` in, as soon as something holds. */
  mover(text: string, holds: () => boolean = () => true, tamper: (fs: FileSystem) => FileSystem = (fs) => fs): Act {
    return async (self, port) => {
      if (!holds()) await self.step('begins', holds);
      const fs = tamper(port);
      const context = await exploredContext(fs, self.name, this.#rules);
      await this.#tell(self, text, async () => {
        const stat = await fs.lstat('/src/m.tsv');
        if (stat === undefined) throw goneError('/src/m.tsv');
        await moveIn(context, { path: '/src/m.tsv', stat }, 'm.tsv');
      });
    };
  }

  /** Takes what it finds, so often. */
  taker(rounds: number, ...ends: readonly End[]): Act {
    return async (self, fs) => {
      let claim = 0;
      const claimer = (): Claimer => ({ consumer: self.name, claim: (claim += 1) });
      for (let round = 0; round < rounds; round += 1) {
        self.forget(`${round} ${claim}`);
        const context = await exploredContext(fs, `${self.name}${round}x`, this.#rules);
        const [first] = (await lookAt(context)).ready;
        const taken = first === undefined ? undefined : await takeFile(context, first.file, claimer());
        if (taken?.kind !== 'claimed') continue;
        const text = textAt(this.#world.disk, taken.claim.path) ?? 'nothing';
        this.#deliver(text);
        const [only = 'finish', another] = ends;
        const end = another === undefined ? only : await self.choose('ends', ...ends);
        if (
          end === 'finish' ? await finish(context, taken.claim) : end === 'give up' && (await giveUp(context, taken.claim, self.name, NO))
        )
          this.#ended.add(text);
        if (end === 'put back') await putBack(context, taken.claim, 1);
      }
    };
  }

  async #tell(self: Actor, text: string, put: () => Promise<void>): Promise<void> {
    try {
      await put();
      await self.step('acknowledges');
      this.#put.add(text);
    } catch (error) {
      // It is not there, or not there any more: then it was put before.
      // So is what a disk lets nobody stage: it says twice that a file is there that nobody else can have made.
      if (error instanceof MessageExistsError || isErrno(error, 'EEXIST')) this.#refused.add(text);
      else if (!(error instanceof UnusableMessageError)) throw error;
    }
  }

  #deliver(text: string): void {
    if (!this.#texts.includes(text)) throw new Error(`${text} was delivered`);
    if (this.#ended.has(text)) throw new Error(`${text} was delivered after its end was acknowledged`);
    this.#delivered.add(text);
  }

  /** What was acknowledged is there once, what was refused is not there, and of what is neither nobody knows. */
  async #end(): Promise<void> {
    const { disk } = this.#world;
    const context = await exploredContext(this.#world.outside('last'), 'last', this.#rules);
    await workOff(context, disk, (text) => this.#deliver(text ?? 'nothing'));
    expect(leftFiles(disk), 'left').toEqual([]);
    const kept = keptTexts(disk);
    const source = textAt(disk, '/src/m.tsv');
    for (const text of this.#texts) {
      const [count, isThere] = [kept.filter((one) => one === text).length, source === text];
      if (count > 1) throw new Error(`${text} was put ${count} times`);
      if (this.#put.has(text) && isThere) throw new Error(`the source of ${text} is there still`);
      if (this.#rules.doneDir === null) continue;
      if (this.#put.has(text) && count === 0) throw new Error(`${text} was acknowledged and is lost`);
      if (this.#refused.has(text) && !this.#put.has(text) && count > 0) throw new Error(`${text} was refused, and put all the same`);
    }
    if (source === undefined && this.#texts.includes('moved') && this.#rules.doneDir !== null) expect(kept, 'moved').toContain('moved');
  }
}

const NO = { name: 'Error', message: 'no' } as const;

interface Case {
  /** What is put under one name. @default 'one' and 'two' */
  readonly writers?: readonly string[];
  readonly title: string;
  readonly scope: Scope;
  readonly rules?: FolderRules;
}

const WRITES: readonly Case[] = [
  { title: 'a lost reply to the first', scope: { lies: 1 }, writers: ['one'] },
  { title: 'a kill', scope: { kills: 1 } },
];

const DEEP_WRITES: readonly Case[] = [
  { title: 'a lost reply', scope: { lies: 1 } },
  { title: 'all at once', scope: { kills: 1, lies: 1, torn: true } },
  { title: 'two lost replies', scope: { lies: 2 } },
  { title: 'a kill, nothing kept', scope: { kills: 1, torn: true }, rules: { doneDir: null } },
];

describe('who puts a text of a name that another has, or had, beside those who take,', () => {
  it.each(bySize({ quick: WRITES.slice(0, 1), slow: WRITES, deep: [...WRITES, ...DEEP_WRITES] }))(
    'puts it once and whole, never over another, or is told: $title',
    async ({ title, scope, rules, writers = ['one', 'two'] }) => {
      await exploreAll(`puts, ${title}`, scope, (world) => {
        const puts = new Puts(world, rules ?? {}, writers);
        const acts = Object.fromEntries(writers.map((text) => [text, puts.writer(text)]));
        return puts.play({ ...acts, taker: puts.taker(DEEP ? 2 : 1, 'finish') });
      });
    },
    LONGEST_EXPLORATION_MS,
  );

  it('is found out if it does not look whether the link was made', async () => {
    const tamper = (fs: FileSystem): FileSystem => ({
      ...fs,
      lstat: async (path) => (path.includes('stages') ? undefined : fs.lstat(path)),
    });
    const found = explore({ lies: 1 }, (world) => {
      const puts = new Puts(world, {}, ['one']);
      return puts.play({ first: puts.writer('one', tamper), taker: puts.taker(1, 'finish') });
    });
    await expect(found).rejects.toThrow(/refused, and put all the same|ENOENT/);
  });

  it('is found out if it renames the stage over what is there', async () => {
    const tamper = (fs: FileSystem): FileSystem => ({ ...fs, link: (from, to) => fs.rename(from, to) });
    const found = explore({}, (world) => {
      const puts = new Puts(world, {}, ['one', 'two']);
      return puts.play({ first: puts.writer('one', tamper), second: puts.writer('two', tamper), taker: puts.taker(1, 'finish') });
    });
    await expect(found).rejects.toThrow('lost');
  });
});

const MOVES: readonly Case[] = [{ title: 'a kill', scope: { kills: 1, mortal: ['first'], times: 'fine' } }];

const DEEP_MOVES: readonly Case[] = [{ title: 'a lost reply', scope: { lies: 1, times: 'fine' } }];

function moves(world: World, rules: FolderRules, rounds: number, tamper?: (fs: FileSystem) => FileSystem): Promise<Play> {
  const puts = new Puts(world, rules, ['moved']);
  const first = world.actor('first');
  const acts = {
    first: puts.mover('moved', undefined, tamper),
    repeat: puts.mover('moved', () => first.isOver, tamper),
    taker: puts.taker(rounds, 'finish', 'put back'),
  };
  return puts.play(acts, { '/src/m.tsv': 'moved' });
}

describe('who moves a file in, stopped anywhere, and moves it once more, beside one who takes it,', () => {
  it.each(bySize({ quick: MOVES.slice(0, 1), slow: MOVES, deep: [...MOVES, ...DEEP_MOVES] }))(
    'puts it once: $title',
    async ({ title, scope, rules }) => {
      await exploreAll(`moves, ${title}`, scope, (world) => moves(world, rules ?? {}, DEEP ? 3 : 1));
    },
    LONGEST_EXPLORATION_MS,
  );

  it('is found out if it does not look whether it was put before', async () => {
    const tamper = (fs: FileSystem): FileSystem => ({
      ...fs,
      async lstat(path) {
        const stat = await fs.lstat(path);
        return path === '/src/m.tsv' && stat ? { ...stat, links: 1 } : stat;
      },
    });
    const found = explore({ kills: 1, mortal: ['first'], times: 'fine' }, (world) => moves(world, {}, 2, tamper));
    await expect(found).rejects.toThrow(/put 2 times|after its end|left|put all the same/);
  });

  it('finds its message though that is claimed and given back whenever it is looked for', async () => {
    const kept: string[][] = [];
    await explore({ times: 'fine' }, async (world) => {
      const fs = world.outside('first');
      await fillFolder(world.disk, fs, { '/src/m.tsv': 'moved' });
      await fs.link('/src/m.tsv', '/q/m.tsv.other-1a1.wip');
      const names = Array.from({ length: 9 }, (_, turn) =>
        turn % 2 === 0 ? `/q/m.tsv.other-${turn + 1}a1.wip` : `/q/m.tsv.other${turn}a1.again`,
      );
      const restless: FileSystem = {
        ...fs,
        async scan(path, visit) {
          await fs.scan(path, visit);
          const [from, to] = names;
          if (from === undefined || to === undefined) return;
          names.shift();
          await fs.rename(from, to);
        },
      };
      const stat = await fs.lstat('/src/m.tsv');
      if (stat === undefined) throw new Error('it is gone');
      await moveIn(await exploredContext(restless, 'first'), { path: '/src/m.tsv', stat }, 'm.tsv');
      kept.push(Object.keys(world.disk.files()));
      return { acts: {} };
    });
    expect(kept).toEqual([['/q/m.tsv.other-9a1.wip']]);
  });
});
