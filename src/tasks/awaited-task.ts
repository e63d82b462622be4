import type { SeenTask } from '../stores/store.ts';
import type { TrackerGround } from './tracker-ground.ts';

/**
 * What somebody else has, and is waited for. Its end may be decided and the disk refuse the rest of it, to them and to whoever
 * lists it: then it looks as if they were at work for as long as they live.
 */
export class AwaitedTask {
  readonly #ground: Pick<TrackerGround, 'store' | 'clock' | 'leaseMs'>;
  #name = '';
  #since = 0;

  constructor(ground: Pick<TrackerGround, 'store' | 'clock' | 'leaseMs'>) {
    this.#ground = ground;
  }

  /** The first that is left, if any. Once a lease one that stays the same is read, which ends what was decided. @throws DiskError */
  async look(seen: SeenTask | undefined): Promise<void> {
    const { store, clock, leaseMs } = this.#ground;
    const name = seen?.holder === undefined ? '' : JSON.stringify([seen.id, seen.claims, seen.holder.consumer]);
    const now = clock.monotonic();
    if (name === this.#name && now - this.#since < leaseMs) return;
    const isSame = name === this.#name;
    [this.#name, this.#since] = [name, now];
    if (isSame && seen?.holder !== undefined) await store.read(seen.id);
  }
}
