import type { GroupClaim } from '../folders/group-claim.ts';
import { firstOf, isGroupEnding } from '../folders/group-settle.ts';
import { Hold } from './hold.ts';
import type { SettleableItem } from './queue.ts';

/** Who a claimed group is settled with. */
export interface GroupHost {
  finish(group: ClaimedGroup): Promise<void>;
  release(group: ClaimedGroup): Promise<void>;
  fail(group: ClaimedGroup, error: unknown): Promise<void>;
}

/** A file of a group: settled with it. */
export interface GroupedFile {
  /** Its own name. */
  readonly name: string;
  /** Where it lies now: read it here. */
  readonly path: string;
}

/** A whole group of files that is yours: settle it once, with `done`, `release` or `fail`. */
export class ClaimedGroup implements SettleableItem {
  /** What `groupKey` gives for its files. */
  readonly group: string;
  /** One for each member, in the order of their names. */
  readonly files: readonly GroupedFile[];
  /** 1 the first time: that of its first file, which counts for all. */
  readonly attempt: number;
  /** @internal */
  readonly claim: GroupClaim;
  /** @internal */
  readonly hold: Hold;
  /** @internal */
  place = -1;
  readonly #host: GroupHost;

  /** @internal */
  constructor(host: GroupHost, claim: GroupClaim, since: number) {
    this.#host = host;
    this.claim = claim;
    this.hold = new Hold(claim.group, since);
    this.group = claim.group;
    this.attempt = claim.attempt;
    this.files = [claim.first, ...claim.others].map(({ name, path }) => ({ name, path }));
  }

  /** The same as `group`. */
  get id(): string {
    return this.group;
  }

  /** @internal Where the file lies that decides for all. */
  get path(): string {
    return firstOf(this.claim).path;
  }

  /** @internal Whether its end was begun, and the disk refused the rest. */
  get isEnding(): boolean {
    return isGroupEnding(this.claim);
  }

  /** Aborts when the group is no longer yours. */
  get signal(): AbortSignal {
    return this.hold.signal;
  }

  /**
   * The work is finished: all its files go to `doneDir`, or away, and will not come again once this resolves. A stop in
   * between is completed by whoever reads the folder next. @throws ClaimLostError if it was taken back
   */
  done(): Promise<void> {
    return this.#host.finish(this);
  }

  /** Gives all of it back unfinished; no attempt is counted. @throws ClaimLostError */
  release(): Promise<void> {
    return this.#host.release(this);
  }

  /** Counts a failed attempt of the group: it comes again, or all its files go to `failedDir`. @throws ClaimLostError */
  fail(error: unknown): Promise<void> {
    return this.#host.fail(this, error);
  }
}
