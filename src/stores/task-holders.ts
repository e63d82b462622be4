import { Consumer } from '../folders/consumer.ts';
import type { Claimer } from '../folders/claim.ts';
import { isErrno } from '../fs/errno.ts';
import { LifeWatch } from '../fs/life-watch.ts';
import { standingOf } from '../fs/process-identity.ts';
import type { TaskHolder } from './store.ts';
import type { TaskFolders } from './task-folders.ts';

/** Who has tasks: this process, from its first claim on, and others as it sees them. */
export class TaskHolders {
  readonly #folders: TaskFolders;
  readonly #leaseMs: number;
  readonly #watch: LifeWatch;
  #self: Promise<Consumer> | undefined;
  #names: ReadonlySet<string> = new Set();

  constructor(folders: TaskFolders, leaseMs: number) {
    const { fs, layout, clock } = folders;
    this.#folders = folders;
    this.#leaseMs = leaseMs;
    this.#watch = new LifeWatch(fs, { directory: layout.consumers, clock, leaseMs });
  }

  /** The number of the next claim of ours. It beats before that. */
  async claimer(): Promise<Claimer> {
    this.#self ??= Consumer.open(this.#folders, { leaseMs: this.#leaseMs }).catch((error: unknown) => {
      this.#self = undefined;
      throw error;
    });
    const self = await this.#self;
    const claimer = await self.claimer(this.#folders.clock.monotonic(), true);
    this.#names = self.names;
    return claimer;
  }

  /** Shows no more that it lives. What it holds all the same is free at once. */
  async end({ isHolding }: { readonly isHolding: boolean }): Promise<void> {
    const self = await this.#self?.catch(() => undefined);
    this.#self = undefined;
    this.#names = new Set();
    if (isHolding) self?.resign();
    else await self?.end();
  }

  /** Whether that is a name of this opening. */
  isOwn(consumer: string): boolean {
    return this.#names.has(consumer);
  }

  /** How those stand. It tells the living from the dead the better the more often it is asked. */
  async look(consumers: Iterable<string>): Promise<Map<string, TaskHolder>> {
    const holders = new Map<string, TaskHolder>();
    const others = new Set<string>();
    for (const consumer of consumers) {
      if (this.#names.has(consumer)) holders.set(consumer, { consumer, standing: 'alive' });
      else others.add(consumer);
    }
    if (others.size === 0) return holders;
    // All who beat are looked at, whoever is asked for: a look forgets those that it is not asked for.
    for (const [consumer, { standing, process }] of await this.#watch.look([...(await this.#beating()), ...others])) {
      if (!others.has(consumer)) continue;
      const isHere = standing === 'silent' && process !== undefined && standingOf(process) === 'alive';
      holders.set(consumer, { consumer, standing: isHere ? 'alive' : standing });
    }
    return holders;
  }

  async #beating(): Promise<string[]> {
    try {
      return (await this.#folders.fs.readdir(this.#folders.layout.consumers)).filter((name) => !this.#names.has(name));
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return [];
      throw error;
    }
  }
}
