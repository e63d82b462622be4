import { describe, expect, it } from 'vitest';
import type { Claimer } from '../../src/folders/claim.ts';
import { takeGroup } from '../../src/folders/group-claim.ts';
import { finishGroup, giveUpGroup, putBackGroup } from '../../src/folders/group-settle.ts';
import { takeBack } from '../../src/folders/take-back.ts';
import type { FolderContext } from '../../src/folders/folder-context.ts';
import type { FoundClaim } from '../../src/folders/folder-look.ts';
import { originalName } from '../../src/formats/claim-name.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { groupFiles } from '../../src/machines/file-groups.ts';
import { explore, exploreAll, LONGEST_EXPLORATION_MS } from '../support/explore.ts';
import type { Actor } from '../support/explored-actor.ts';
import { exploredContext, fillFolder, type FolderRules, keptTexts, leftFiles, lookAt, textAt } from '../support/explored-folder.ts';
import type { Play, Scope, World } from '../support/explored-world.ts';
import { bySize } from '../support/sample.ts';

const PLACES = ['a', 'b'];

type End = 'finish' | 'give up' | 'put back';

interface GroupRules extends FolderRules {
  readonly rounds: number;
  readonly ends: readonly End[];
  readonly finish?: typeof finishGroup;
}

/** One group of two files, and two who read it. */
class Groups {
  readonly #world: World;
  readonly #rules: GroupRules;
  #acknowledged: End | undefined;

  constructor(world: World, rules: GroupRules) {
    this.#world = world;
    this.#rules = rules;
  }

  async play(): Promise<Play> {
    const files = Object.fromEntries(PLACES.map((place) => [`/q/${place}.tsv`, place]));
    await fillFolder(this.#world.disk, this.#world.outside('before'), files);
    const act = (self: Actor, fs: FileSystem): Promise<void> => this.#read(self, fs);
    return { acts: { one: act, two: act }, memory: () => this.#acknowledged ?? '', end: () => this.#end() };
  }

  async #read(self: Actor, fs: FileSystem): Promise<void> {
    let claim = 0;
    const claimer = (): Claimer => ({ consumer: self.name, claim: (claim += 1) });
    for (let round = 0; round < this.#rules.rounds; round += 1) {
      self.forget(`${round} ${claim}`);
      const context = await exploredContext(fs, `${self.name}${round}x`, this.#rules);
      const { claims } = await lookAt(context);
      const theirs: FoundClaim[] = [];
      for (const other of new Set(claims.map(({ consumer }) => consumer)))
        if (other === self.name || (await self.findsDead(this.#world.actor(other))))
          theirs.push(...claims.filter(({ consumer }) => consumer === other));
      await takeBack(context, theirs, claimer);
      await this.#take(self, context, claimer());
    }
  }

  async #take(self: Actor, context: FolderContext, claimer: Claimer): Promise<void> {
    const { ready } = await lookAt(context);
    const files = ready.map(({ file }) => ({ file, name: originalName(file, '.tsv') ?? file }));
    const rules = { groupKey: () => 'g', memberKey: (name: string) => name.slice(0, -4), members: PLACES };
    const [group] = groupFiles(files, rules).complete;
    if (group === undefined) return;
    const taken = await takeGroup(
      context,
      'g',
      group.files.map(({ file }) => file),
      claimer,
    );
    if (taken.kind !== 'claimed') return;
    this.#deliver([taken.claim.first, ...taken.claim.others].map(({ path }) => path));
    const [only = 'finish', another] = this.#rules.ends;
    const end = another === undefined ? only : await self.choose('ends', ...this.#rules.ends);
    if (end === 'put back') return void (await putBackGroup(context, taken.claim, taken.claim.attempt));
    const isOurs =
      end === 'finish'
        ? await (this.#rules.finish ?? finishGroup)(context, taken.claim)
        : await giveUpGroup(context, taken.claim, { name: 'Error', message: 'no' });
    if (!isOurs) return;
    await self.step('acknowledges');
    if (this.#acknowledged !== undefined) throw new Error('its end was acknowledged twice');
    this.#acknowledged = end;
  }

  /** Whoever gets it gets all of it, and nobody after its end. */
  #deliver(paths: readonly string[]): void {
    const texts = paths.map((path) => textAt(this.#world.disk, path)).join();
    if (texts !== PLACES.join()) throw new Error(`of the group only ${texts} was delivered`);
    if (this.#acknowledged !== undefined) throw new Error('delivered after its end was acknowledged');
  }

  async #end(): Promise<void> {
    const { disk } = this.#world;
    const context = await exploredContext(this.#world.outside('last'), 'last', this.#rules);
    let claim = 0;
    const claimer = (): Claimer => ({ consumer: 'last', claim: (claim += 1) });
    for (let round = 0; round < 3; round += 1) {
      await takeBack(context, (await lookAt(context)).claims, claimer);
      const { ready } = await lookAt(context);
      if (ready.length === 0) break;
      if (ready.length !== PLACES.length) throw new Error('a group in parts');
      const files = ready.map(({ file }) => file).toSorted();
      const taken = await takeGroup(context, 'g', files, claimer());
      if (taken.kind !== 'claimed') throw new Error(`the group is ${taken.kind}`);
      this.#deliver([taken.claim.first, ...taken.claim.others].map(({ path }) => path));
      if (!(await finishGroup(context, taken.claim))) throw new Error('the group is lost');
    }
    expect(leftFiles(disk), 'left').toEqual([]);
    const isFailed = Object.keys(disk.files()).includes('/q/failed/a.tsv');
    if (isFailed || this.#rules.doneDir !== null) expect(keptTexts(disk), 'kept').toEqual(PLACES);
    if (this.#acknowledged !== undefined) expect(isFailed).toBe(this.#acknowledged === 'give up');
  }
}

interface Case extends GroupRules {
  readonly title: string;
  readonly scope: Scope;
}

const CASES: readonly Case[] = [
  { title: 'a kill', scope: { kills: 1 }, rounds: 1, ends: ['finish'] },
  { title: 'a stall, nothing kept', scope: { stalls: 1 }, rounds: 1, ends: ['finish'], doneDir: null },
];

const DEEP_CASES: readonly Case[] = [
  { title: 'a stall', scope: { stalls: 1 }, rounds: 1, ends: ['finish'] },
  { title: 'a kill, twice', scope: { kills: 1 }, rounds: 2, ends: ['finish'] },
  { title: 'a stall, torn listings', scope: { stalls: 1, torn: true }, rounds: 1, ends: ['finish'] },
  { title: 'a stall, a lost reply', scope: { stalls: 1, lies: 1 }, rounds: 1, ends: ['finish', 'give up'] },
  { title: 'a kill and a stall, nothing kept', scope: { kills: 1, stalls: 1, torn: true }, rounds: 1, ends: ['finish'], doneDir: null },
];

describe('two readers of one group, in whatever order they make their calls,', () => {
  it.each(bySize({ quick: CASES.slice(0, 1), slow: CASES, deep: [...CASES, ...DEEP_CASES] }))(
    'hand out all of it or nothing, and end it once: $title',
    async ({ title, scope, ...rules }) => {
      await exploreAll(`groups, ${title}`, scope, (world) => new Groups(world, rules).play());
    },
    LONGEST_EXPLORATION_MS,
  );

  it('are found out if nothing decides before its files are finished', async () => {
    const broken: typeof finishGroup = async ({ fs }, { first, others }) => {
      for (const { path, name } of [first, ...others]) await fs.rename(path, `/q/done/${name}`);
      return true;
    };
    const found = explore({ kills: 1 }, (world) => new Groups(world, { rounds: 1, ends: ['finish'], finish: broken }).play());
    await expect(found).rejects.toThrow('a group in parts');
  });
});
