import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { announce, type RunIdentity } from '../../src/folders/announce.ts';
import { takeFile } from '../../src/folders/claim.ts';
import { Consumer } from '../../src/folders/consumer.ts';
import { writeIn } from '../../src/folders/copy-in.ts';
import type { FolderContext } from '../../src/folders/folder-context.ts';
import type { FolderLook } from '../../src/folders/folder-look.ts';
import { FolderSight } from '../../src/folders/folder-sight.ts';
import { Neighbours } from '../../src/folders/neighbours.ts';
import { finish } from '../../src/folders/settle.ts';
import { StrangeFiles } from '../../src/folders/strange-files.ts';
import { Upstream } from '../../src/folders/upstream.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { FolderHoldings } from '../../src/queues/folder-holdings.ts';
import { FolderOutlook } from '../../src/queues/folder-outlook.ts';
import { explore, exploreAll, LONGEST_EXPLORATION_MS } from '../support/explore.ts';
import type { Actor } from '../support/explored-actor.ts';
import { TICK_MS } from '../support/explored-disk.ts';
import { exploredContext, fillFolder, keptTexts, leftFiles } from '../support/explored-folder.ts';
import type { Play, Scope, World } from '../support/explored-world.ts';
import { DEEP } from '../support/sample.ts';

/** What a producer says and does, in this order. */
type Deed = 'helo' | 'put' | 'done';

const RUN: RunIdentity = { uuid: 'run', createdBy: 'etl', hostName: 'etl-1', machineFQDN: 'etl-1', pid: 1, producer: 'extract', beat: '' };
const IDENTITY = { host: 'etl-2', bootId: 'boot', pidNamespace: 'pid:[1]', pid: 2, startTime: '1' };
const STOPPED: Clock = { monotonic: () => 0, wall: () => new Date(0), after: () => () => undefined };

interface EndRules {
  /** What was said and done before anybody read. @default nothing */
  readonly before?: readonly Deed[];
  readonly deeds: readonly Deed[];
  readonly readers: readonly string[];
  /** How often each looks. */
  readonly looks: number;
}

/** One who fills the folder, and some who read it until nothing more can come. */
class Ends {
  readonly #world: World;
  readonly #rules: EndRules;

  constructor(world: World, rules: EndRules) {
    this.#world = world;
    this.#rules = rules;
  }

  async play(): Promise<Play> {
    const { before = [], deeds, readers, looks } = this.#rules;
    await fillFolder(this.#world.disk, this.#world.outside('before'), {});
    await this.#produce(this.#world.outside('before'), 'p-0.', before);
    const consumers = await Promise.all(readers.map(async (name) => [name, await this.#consumer(name)] as const));
    const acts = consumers.map(([name, consumer]) => [name, (self: Actor, fs: FileSystem) => this.#read(self, fs, consumer, looks)]);
    const producer = (_: Actor, fs: FileSystem): Promise<void> => this.#produce(fs, 'p-1.', deeds);
    return { acts: { producer, ...Object.fromEntries(acts) }, end: () => this.#end(), alike: readers };
  }

  async #produce(fs: FileSystem, name: string, deeds: readonly Deed[]): Promise<void> {
    const context = await exploredContext(fs, name, {});
    for (const deed of deeds)
      if (deed === 'put') await writeIn(context, 'm.tsv', new TextEncoder().encode('m'));
      else await announce(context, { type: deed, ...RUN, replaces: [], reason: '' });
  }

  async #consumer(name: string): Promise<Consumer> {
    return Consumer.open(await exploredContext(this.#world.outside(name), name), { leaseMs: 30_000, identity: IDENTITY });
  }

  async #read(self: Actor, fs: FileSystem, consumer: Consumer, looks: number): Promise<void> {
    const { disk } = this.#world;
    const clock: Clock = {
      ...STOPPED,
      monotonic() {
        self.note('now', String(disk.ticks));
        return disk.ticks * TICK_MS;
      },
      after(_, callback) {
        void self.ask('waits', () => [{ label: 'waits', act: () => void (disk.ticks += 1) }]).then(callback);
        return () => undefined;
      },
    };
    const context = await exploredContext(fs, self.name, { clock });
    await this.#look(context, consumer, looks);
  }

  /** Whether it came to the end. */
  async #look(context: FolderContext, consumer: Consumer, looks: number): Promise<boolean> {
    let found: FolderLook | undefined;
    const strange = new StrangeFiles(undefined);
    const outlook = new FolderOutlook({
      context,
      consumer,
      holdings: new FolderHoldings(context),
      supply: {
        offers: ({ ready }) => ready.length > 0,
        fill: async (look) => void (found = look),
        take: async () => undefined,
      },
      sight: new FolderSight(context, { directory: '/q', extension: '.tsv', keyOf: (name) => name, limit: 9, strange }),
      neighbours: new Neighbours(context, consumer, 30_000),
      upstream: new Upstream(context, { leaseMs: 30_000, strange }),
    });
    for (let look = 0; look < looks; look += 1) {
      const outcome = await outlook.look(false);
      if (outcome === 'over') {
        if (keptTexts(this.#world.disk).join() !== 'm') throw new Error('it ended before the message was worked off');
        return true;
      }
      const [first] = outcome === 'ready' ? (found?.ready ?? []) : [];
      const taken = first === undefined ? undefined : await takeFile(context, first.file, await consumer.claimer(0));
      if (taken?.kind === 'claimed') await finish(context, taken.claim);
    }
    return false;
  }

  /** Who reads on comes to the end. */
  async #end(): Promise<void> {
    const { disk } = this.#world;
    const clock: Clock = {
      ...STOPPED,
      monotonic: () => disk.ticks * TICK_MS,
      after(_, callback) {
        disk.ticks += 1;
        callback();
        return () => undefined;
      },
    };
    const context = await exploredContext(this.#world.outside('last'), 'last', { clock });
    if (!(await this.#look(context, await this.#consumer('last'), 9))) throw new Error('it never ended');
    expect(leftFiles(disk)).toEqual([]);
  }
}

const SCOPE: Scope = { times: 'coarse', random: true };
interface EndCase extends EndRules {
  readonly title: string;
  readonly scope: Scope;
  readonly most?: number;
}

const IN_ORDER: readonly Deed[] = ['helo', 'put', 'done'];

const CASES: readonly EndCase[] = [{ title: 'one reader', scope: SCOPE, deeds: IN_ORDER, readers: ['reader'], looks: 2 }];
const DEEP_CASES: readonly EndCase[] = [
  { title: 'one reader, torn listings', scope: { ...SCOPE, torn: true }, deeds: IN_ORDER, readers: ['reader'], looks: 5 },
  // Of these there may be too many to see all.
  {
    title: 'two readers, all being put',
    scope: SCOPE,
    before: ['helo', 'put'],
    deeds: ['done'],
    readers: ['one', 'two'],
    looks: 2,
    most: 50_000,
  },
  { title: 'two readers', scope: SCOPE, deeds: IN_ORDER, readers: ['one', 'two'], looks: 2, most: 50_000 },
];

describe('readers beside a producer, in whatever order they make their calls,', () => {
  it.each(DEEP ? [...CASES, ...DEEP_CASES] : CASES)(
    'end when the message was worked off, and not before: $title',
    async ({ title, scope, most, ...rules }) => {
      await exploreAll(`ends, ${title}`, scope, (world) => new Ends(world, rules).play(), { most });
    },
    LONGEST_EXPLORATION_MS,
  );

  it('are found out if the producer says that this was all before it was', async () => {
    const rules: EndRules = { deeds: ['helo', 'done', 'put'], readers: ['reader'], looks: 4 };
    await expect(explore(SCOPE, (world) => new Ends(world, rules).play())).rejects.toThrow('it ended before');
  });
});
