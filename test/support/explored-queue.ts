import type { FileSystem } from '../../src/fs/file-system.ts';
import type { PersistentQueueOptions } from '../../src/queues/queue-options.ts';
import { exploreAll } from './explore.ts';
import type { Actor } from './explored-actor.ts';
import { Pen } from './explored-pen.ts';
import { type Deed, QueueOwner } from './explored-queue-owner.ts';
import type { Play, Scope, World } from './explored-world.ts';
import { mortal } from './mortal.ts';
import { valuesOf } from './queue-lives.ts';
import { Broken, QueuePromises } from './queue-promises.ts';

export interface QueueRules {
  /** What is done before anybody acts, by somebody who is killed then. */
  readonly before?: readonly Deed[];
  /** What each does, one after the other. Of those who do not begin with `open` the first has the queue when the play begins. */
  readonly owners: Readonly<Record<string, readonly Deed[]>>;
  readonly options?: Omit<PersistentQueueOptions<string>, 'fileSystem' | 'clock'>;
  /** Each but the first begins when the one before is over. @default false */
  readonly inTurn?: boolean;
  /** One step that is wrong. */
  readonly tamper?: ((fs: FileSystem) => FileSystem) | undefined;
}

/**
 * A queue that one after the other opens, each taking the one before for dead: all of them are, or were stopped, or go on beside
 * it. Each takes, puts and ends by the queue's own calls, and what it does beside is done before its next.
 */
class ExploredQueue {
  readonly #world: World;
  readonly #rules: QueueRules;
  readonly #promises = new QueuePromises();

  constructor(world: World, rules: QueueRules) {
    this.#world = world;
    this.#rules = rules;
  }

  async play(): Promise<Play> {
    const { before = [], owners, inTurn = false } = this.#rules;
    this.#world.disk.mkdir('/q');
    const first = this.#owner('before');
    for (const deed of ['open', ...before] as const) await first.does(deed);
    const acts: Record<string, (self: Actor, fs: FileSystem) => Promise<void>> = {};
    let last: QueueOwner | undefined;
    for (const [name, deeds] of Object.entries(owners)) {
      const owner = this.#owner(name);
      const prior = last;
      last = owner;
      if (deeds[0] !== 'open') await owner.does('open');
      acts[name] = async (self, fs) => {
        owner.pen.join(self, fs);
        if (inTurn && prior) await self.step('begins', () => this.#world.actor(prior.tenure.name).isOver);
        for (const deed of deeds) if (!(await owner.chooses(self, deed))) return;
      };
      const areOver = (): boolean => Object.keys(owners).every((other) => this.#world.actor(other).isOver);
      acts[`late ${name}`] = (self) => owner.pen.wakes(self, areOver);
    }
    return { acts, memory: () => String(this.#promises), end: () => this.#end() };
  }

  #owner(name: string): QueueOwner {
    const { options, tamper = (fs: FileSystem) => fs } = this.#rules;
    const pen = new Pen(this.#world.outside(name));
    const fileSystem = mortal(tamper(pen.fs));
    return new QueueOwner(this.#promises.tenure(name), this.#promises, pen, { ...options, fileSystem });
  }

  /** Whoever comes last finds what was promised, and so does the one after. */
  async #end(): Promise<void> {
    for (const name of ['last', 'after the last']) {
      const { queue } = await this.#owner(name).does('open');
      const outstanding = (await valuesOf(queue.outstanding())).map(String);
      const failed = (await valuesOf(queue.failed())).map(String);
      this.#promises.judge(outstanding, failed);
      const { damaged, waiting } = await queue.counts();
      if (damaged > 0) throw new Broken(`${damaged} places are damaged`);
      if (waiting !== outstanding.length) throw new Broken(`${waiting} wait, and ${outstanding.length} are there`);
    }
  }
}

/** What a scope allows to happen to a queue, and what is done with it meanwhile. */
export interface QueueCase extends QueueRules {
  readonly title: string;
  readonly scope: Scope;
  readonly most?: number;
}

/** Explores it. @throws ExplorationFailed */
export async function exploreQueue({ title, scope, most, ...rules }: QueueCase): Promise<void> {
  const play = (world: World): Promise<Play> => new ExploredQueue(world, rules).play();
  await exploreAll(`journals, ${title}`, { ...scope, random: 'tokens' }, play, { most });
}
