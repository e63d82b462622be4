import { isErrno } from '../fs/errno.ts';
import { LifeWatch } from '../fs/life-watch.ts';
import type { Consumer } from './consumer.ts';
import type { FolderContext } from './folder-context.ts';
import { lookAtFolder } from './folder-look.ts';
import { StrangeFiles } from './strange-files.ts';
import { takeBack } from './take-back.ts';

/**
 * Looks after the other consumers while ours has plenty to do, and so no reason to look at the folder: else what a dead one
 * had would come back only when all that is ready was handed out. The folder is listed only when somebody is dead.
 */
export class Patrol {
  readonly #context: FolderContext;
  readonly #self: Consumer;
  readonly #watch: LifeWatch;

  constructor(context: FolderContext, self: Consumer, leaseMs: number) {
    this.#context = context;
    this.#self = self;
    this.#watch = new LifeWatch(context.fs, { directory: context.layout.consumers, clock: context.clock, leaseMs });
  }

  /** To be made a few times a lease. Gives how many messages came back. */
  async walk(): Promise<number> {
    const { fs, layout, rules, clock } = this.#context;
    if ((await this.#dead()).size === 0) return 0;
    const { directory } = layout;
    const { extension } = rules;
    const strange = new StrangeFiles(undefined);
    const { claims } = await lookAtFolder(fs, { directory, extension, keyOf: (name) => name, limit: 0, strange, only: 'claims' });
    // Asked once more: one that woke meanwhile may have claimed what was seen.
    const dead = await this.#dead();
    const theirs = claims.filter(({ consumer }) => dead.has(consumer));
    return takeBack(this.#context, theirs, () => this.#self.claimer(clock.monotonic()));
  }

  async #dead(): Promise<Set<string>> {
    const lives = await this.#watch.look((await this.#others()).filter((name) => !this.#self.names.has(name)));
    return new Set([...lives].filter(([, { standing }]) => standing === 'dead').map(([name]) => name));
  }

  async #others(): Promise<string[]> {
    try {
      return await this.#context.fs.readdir(this.#context.layout.consumers);
    } catch (error) {
      // Somebody purges the folder.
      if (isErrno(error, 'ENOENT')) return [];
      throw error;
    }
  }
}
