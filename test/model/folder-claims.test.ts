import { describe, expect, it } from 'vitest';
import type { Claimer } from '../../src/folders/claim.ts';
import { putBack, takeFile } from '../../src/folders/claim.ts';
import type { FolderContext } from '../../src/folders/folder-context.ts';
import { finish, giveUp } from '../../src/folders/settle.ts';
import type { Ended } from '../../src/folders/standing.ts';
import { takeBack } from '../../src/folders/take-back.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { explore, exploreAll, LONGEST_EXPLORATION_MS } from '../support/explore.ts';
import type { Actor } from '../support/explored-actor.ts';
import { exploredContext, fillFolder, type FolderRules, keptTexts, leftFiles, lookAt, workOff } from '../support/explored-folder.ts';
import type { Play, Scope, World } from '../support/explored-world.ts';
import { bySize } from '../support/sample.ts';

type End = 'finish' | 'give up' | 'put back';

interface Reader {
  readonly rounds: number;
  /** How what it has may end. */
  readonly ends: readonly End[];
}

interface ClaimsPlay extends FolderRules {
  readonly messages: readonly string[];
  readonly readers: Readonly<Record<string, Reader>>;
  /** One step that is wrong. */
  readonly finish?: typeof finish;
  readonly tamper?: (fs: FileSystem) => FileSystem;
}

/** Who has a message in hands, or had it and does not know that it lost it. */
interface Holding {
  readonly text: string;
  readonly who: Actor;
}

class Claims {
  readonly #world: World;
  readonly #rules: ClaimsPlay;
  #holdings: Holding[] = [];
  /** Who was taken for dead though it lived. */
  readonly #slept = new Set<Actor>();
  readonly #acknowledged = new Set<string>();

  constructor(world: World, rules: ClaimsPlay) {
    this.#world = world;
    this.#rules = rules;
  }

  async play(): Promise<Play> {
    const files = Object.fromEntries(this.#rules.messages.map((name) => [`/q/${name}.tsv`, name]));
    await fillFolder(this.#world.disk, this.#world.outside('before'), files);
    const acts = Object.entries(this.#rules.readers).map(([name, reader]) => [
      name,
      (self: Actor, fs: FileSystem) => this.#read(self, fs, reader),
    ]);
    return { acts: Object.fromEntries(acts), memory: () => this.#memory(), end: () => this.#end() };
  }

  async #read(self: Actor, port: FileSystem, { rounds, ends }: Reader): Promise<void> {
    const fs = this.#rules.tamper?.(port) ?? port;
    let claim = 0;
    const claimer = (): Claimer => ({ consumer: self.name, claim: (claim += 1) });
    for (let round = 0; round < rounds; round += 1) {
      const context = await exploredContext(fs, `${self.name}${round}x`, this.#rules);
      self.forget(`${round} ${claim}`);
      const look = await lookAt(context);
      const theirs = [];
      for (const other of new Set(look.claims.map(({ consumer }) => consumer)))
        if (other === self.name || (await this.#isDead(self, other)))
          theirs.push(...look.claims.filter(({ consumer }) => consumer === other));
      await takeBack(context, theirs, claimer);
      const [first] = look.ready;
      if (first !== undefined && ends.length > 0) await this.#take(self, context, first.file, claimer(), ends);
    }
  }

  async #isDead(self: Actor, name: string): Promise<boolean> {
    const other = this.#world.actor(name);
    const isDead = await self.findsDead(other);
    if (isDead && !other.isDead) this.#slept.add(other);
    return isDead;
  }

  async #take(self: Actor, context: FolderContext, file: string, claimer: Claimer, ends: readonly End[]): Promise<void> {
    const taken = await takeFile(context, file, claimer);
    if (taken.kind === 'lost' || taken.kind === 'over') return;
    const { claim } = taken;
    const text = claim.name.slice(0, -4);
    this.#deliver(self, text);
    const end = ends.length === 1 && ends[0] !== undefined ? ends[0] : await self.choose('ends', ...ends);
    // Who gives it back has it no more, whatever is answered.
    if (end === 'put back') this.#holdings = this.#holdings.filter(({ who }) => who !== self);
    const ended = await this.#settle(context, end, claim, self);
    if (end !== 'put back' && ended === true) {
      await self.step('acknowledges');
      if (this.#acknowledged.has(text)) throw new Error(`the end of ${text} was acknowledged twice`);
      this.#acknowledged.add(text);
    }
    this.#holdings = this.#holdings.filter(({ who }) => who !== self);
  }

  #settle(context: FolderContext, end: End, claim: Parameters<typeof finish>[1], self: Actor): Promise<Ended> {
    if (end === 'finish') return (this.#rules.finish ?? finish)(context, claim);
    if (end === 'give up') return giveUp(context, claim, self.name, { name: 'Error', message: 'no' });
    return putBack(context, claim, claim.attempt);
  }

  /** Whoever gets it has it alone, as long as it is not taken for dead, and nobody was told that it was finished. */
  #deliver(self: Actor, text: string): void {
    this.#acknowledgedNot(text);
    const other = this.#holdings.find((one) => one.text === text && !one.who.isDead && !this.#slept.has(one.who));
    if (other !== undefined) throw new Error(`${self.name} got ${text}, which ${other.who.name} has`);
    this.#holdings.push({ text, who: self });
  }

  #memory(): string {
    const holdings = this.#holdings.filter(({ who }) => !who.isDead).map(({ text, who }) => `${who.name} ${text}`);
    return [holdings.toSorted(), [...this.#slept].map(({ name }) => name).toSorted(), [...this.#acknowledged].toSorted()].join(';');
  }

  /** All is kept once, and nothing is left. What is removed when it is finished is gone once somebody finished it. */
  async #end(): Promise<void> {
    const { disk } = this.#world;
    const context = await exploredContext(this.#world.outside('last'), 'last', this.#rules);
    await workOff(context, disk, (text) => this.#acknowledgedNot(text ?? ''));
    expect(leftFiles(disk), 'left').toEqual([]);
    const kept = keptTexts(disk);
    if (this.#rules.doneDir === null) expect(new Set(kept).size).toBe(kept.length);
    else expect(kept, 'kept').toEqual(this.#rules.messages.toSorted());
  }

  #acknowledgedNot(text: string): void {
    if (this.#acknowledged.has(text)) throw new Error(`${text} was delivered after its end was acknowledged`);
  }
}

const TWICE: Reader = { rounds: 2, ends: ['finish'] };
const ANYHOW: Reader = { rounds: 2, ends: ['finish', 'give up', 'put back'] };
/** Takes back what others had, and nothing else. */
const TAKER: Reader = { rounds: 2, ends: [] };

interface Case {
  readonly title: string;
  readonly scope: Scope;
  readonly readers: Readonly<Record<string, Reader>>;
  readonly messages?: readonly string[];
  readonly doneDir?: null;
}

const CASES: readonly Case[] = [
  { title: 'a kill and a stall', scope: { kills: 1, stalls: 1 }, readers: { a: TWICE, b: TWICE } },
  { title: 'any end, and a kill', scope: { kills: 1 }, readers: { a: ANYHOW, b: TWICE } },
  { title: 'a kill and a stall, nothing kept', scope: { kills: 1, stalls: 1 }, readers: { a: TWICE, b: TWICE }, doneDir: null },
  { title: 'a stall and a lost reply, nothing kept', scope: { stalls: 1, lies: 1 }, readers: { a: TWICE, b: TWICE }, doneDir: null },
];

const ALL = { kills: 1, stalls: 1, lies: 1, torn: true } as const;

const DEEP_CASES: readonly Case[] = [
  { title: 'a stall and a lost reply', scope: { stalls: 1, lies: 1 }, readers: { a: TWICE, b: TWICE } },
  { title: 'all at once', scope: ALL, readers: { a: TWICE, b: TWICE } },
  { title: 'all at once, nothing kept', scope: ALL, readers: { a: TWICE, b: TWICE }, doneDir: null },
  { title: 'any end of either', scope: { stalls: 1 }, readers: { a: ANYHOW, b: ANYHOW } },
  { title: 'two kills, two stalls', scope: { kills: 2, stalls: 2, torn: true }, readers: { a: TWICE, b: TWICE } },
  { title: 'two messages', scope: { kills: 1, stalls: 1, torn: true }, readers: { a: TWICE, b: TWICE }, messages: ['m', 'n'] },
  { title: 'and a taker', scope: { kills: 1, stalls: 1 }, readers: { a: TWICE, b: TWICE, taker: TAKER } },
  { title: 'and a taker, nothing kept', scope: { kills: 1, stalls: 1 }, readers: { a: TWICE, b: TWICE, taker: TAKER }, doneDir: null },
];

describe('readers of a folder, in whatever order they make their calls,', () => {
  it.each(bySize({ quick: CASES.slice(0, 1), slow: CASES, deep: [...CASES, ...DEEP_CASES] }))(
    'have a message one at a time, and end it once: $title',
    async ({ title, scope, ...rules }) => {
      await exploreAll(`claims, ${title}`, scope, (world) => new Claims(world, { messages: ['m'], ...rules }).play());
    },
    LONGEST_EXPLORATION_MS,
  );

  it('are found out if they do not look whether a message was finished before', async () => {
    const tamper = (fs: FileSystem): FileSystem => ({
      ...fs,
      async lstat(path) {
        const stat = await fs.lstat(path);
        return stat && { ...stat, links: 1 };
      },
    });
    const rules = { messages: ['m'], readers: { a: TWICE, b: TWICE }, tamper };
    await expect(explore({ kills: 1 }, (world) => new Claims(world, rules).play())).rejects.toThrow('kept');
  });

  it('are found out if they say that a claim that is gone was finished', async () => {
    const broken: typeof finish = async (context, claim) => (await finish(context, claim)) || true;
    const rules = { messages: ['m'], readers: { a: TWICE, b: TWICE }, finish: broken };
    await expect(explore({ stalls: 1 }, (world) => new Claims(world, rules).play())).rejects.toThrow('acknowledged');
  });

  it('are found out if the claim goes before the message is kept', async () => {
    const broken: typeof finish = async ({ fs }, { path, name }) => {
      await fs.rename(path, `/q/.dibs/${name}`);
      await fs.rename(`/q/.dibs/${name}`, `/q/done/${name}`);
      return true;
    };
    const rules = { messages: ['m'], readers: { a: TWICE, b: TWICE }, finish: broken };
    await expect(explore({ kills: 1 }, (world) => new Claims(world, rules).play())).rejects.toThrow('kept');
  });
});
