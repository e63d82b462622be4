import { isErrno } from '../fs/errno.ts';
import { LifeWatch } from '../fs/life-watch.ts';
import type { Consumer } from './consumer.ts';
import type { FolderContext } from './folder-context.ts';
import type { FolderLook, FoundClaim } from './folder-look.ts';
import { forget, takeBack } from './take-back.ts';

/** Where a consumer stands among all who read a folder, in an order that all of them see alike. */
export interface Place {
  readonly rank: number;
  readonly count: number;
}

export interface Attended {
  /** How many messages came back from consumers that are dead. */
  readonly tookBack: number;
  /** Whether somebody else has one who may live. */
  readonly isHeldByOthers: boolean;
}

/** The consumers of a folder, as one of them sees the others. */
export class Neighbours {
  readonly #context: FolderContext;
  readonly #watch: LifeWatch;
  readonly #self: Consumer;
  /** Who was found dead before. */
  #dead = new Set<string>();

  constructor(context: FolderContext, self: Consumer, leaseMs: number) {
    this.#context = context;
    this.#self = self;
    this.#watch = new LifeWatch(context.fs, { directory: context.layout.consumers, clock: context.clock, leaseMs });
  }

  /** Where the consumer stands. One that is dead counts until it is found dead. */
  async place(consumer: string): Promise<Place> {
    const names = (await this.#names()).toSorted();
    const rank = names.indexOf(consumer);
    return rank < 0 ? { rank: 0, count: 1 } : { rank, count: names.length };
  }

  /** Looks who lives, and takes back what the dead had in that look at the folder, which was made before. */
  async attend({ claims, isCut }: FolderLook): Promise<Attended> {
    const { clock } = this.#context;
    const own = this.#self.names;
    const others = byConsumer(claims.filter(({ consumer }) => !own.has(consumer)));
    const beating = (await this.#names()).filter((name) => !own.has(name));
    const lives = await this.#watch.look([...others.keys(), ...beating]);
    const known = this.#dead;
    this.#dead = new Set();
    let tookBack = 0;
    let isHeldByOthers = false;
    for (const [consumer, { standing }] of lives) {
      const had = others.get(consumer) ?? [];
      if (standing === 'dead') this.#dead.add(consumer);
      if (standing !== 'dead') isHeldByOthers ||= had.length > 0;
      else if (had.length > 0) tookBack += await takeBack(this.#context, had, () => this.#self.claimer(clock.monotonic()));
      // Only when a look that began after its death finds nothing that it had: else that would have to wait for a whole lease.
      else if (!isCut && known.has(consumer)) await forget(this.#context, consumer);
    }
    return { tookBack, isHeldByOthers };
  }

  async #names(): Promise<string[]> {
    try {
      return await this.#context.fs.readdir(this.#context.layout.consumers);
    } catch (error) {
      // Somebody purges the folder.
      if (isErrno(error, 'ENOENT')) return [];
      throw error;
    }
  }
}

function byConsumer(claims: readonly FoundClaim[]): Map<string, FoundClaim[]> {
  const groups = new Map<string, FoundClaim[]>();
  for (const claim of claims) {
    const group = groups.get(claim.consumer);
    if (group === undefined) groups.set(claim.consumer, [claim]);
    else group.push(claim);
  }
  return groups;
}
