import type { Claim } from '../folders/claimed-message.ts';
import { keepShape } from '../machines/keep-shape.ts';
import { Hold } from './hold.ts';
import type { SettleableItem } from './queue.ts';

export interface DoneOptions {
  /** You moved the file away yourself: nothing is moved or removed any more. @default false */
  readonly moved?: boolean;
}

/** Who a claimed file is settled with. */
export interface FileHost {
  finish(file: ClaimedFile, moved: boolean): Promise<void>;
  release(file: ClaimedFile): Promise<void>;
  fail(file: ClaimedFile, error: unknown): Promise<void>;
}

/** A file of the folder that is yours: settle it once, with `done`, `release` or `fail`. */
export class ClaimedFile implements SettleableItem {
  /** Its own name, which it had before it was claimed. */
  readonly name: string;
  /** Where it lies now: read it here. */
  readonly path: string;
  /** 1 the first time. In its name on disk, so that it survives what kills this process. */
  readonly attempt: number;
  /** @internal */
  readonly claim: Claim;
  /** @internal */
  readonly hold: Hold;
  /** @internal */
  place = -1;
  readonly #host: FileHost;

  /** @internal */
  constructor(host: FileHost, claim: Claim, since: number) {
    this.#host = host;
    this.claim = claim;
    this.hold = new Hold(claim.name, since);
    this.name = claim.name;
    this.path = claim.path;
    this.attempt = claim.attempt;
  }

  /** The same as `name`. */
  get id(): string {
    return this.name;
  }

  /** @internal Whether its end was begun, and the disk refused the rest. */
  get isEnding(): boolean {
    return (this.claim.shown ?? this.claim.gone) !== undefined;
  }

  /** Aborts when the file is no longer yours: this process stood still for too long, or somebody reset the folder. */
  get signal(): AbortSignal {
    return this.hold.signal;
  }

  /**
   * The work is finished: the file goes to `doneDir`, or away, and will not come again once this resolves.
   * @throws ClaimLostError if it was taken back; then nothing was changed
   */
  done({ moved = false }: DoneOptions = {}): Promise<void> {
    return this.#host.finish(this, moved);
  }

  /** Gives it back unfinished; no attempt is counted. @throws ClaimLostError */
  release(): Promise<void> {
    return this.#host.release(this);
  }

  /**
   * Counts a failed attempt: it comes again, or goes to `failedDir` after `maxAttempts` or with a `PermanentError`, its
   * report beside it. @throws ClaimLostError
   */
  fail(error: unknown): Promise<void> {
    return this.#host.fail(this, error);
  }
}

const NOBODY: FileHost = {
  finish: () => Promise.resolve(),
  release: () => Promise.resolve(),
  fail: () => Promise.resolve(),
};
keepShape(
  new ClaimedFile(NOBODY, { name: '', path: '', attempt: 1, inode: undefined, shown: undefined, tried: undefined, gone: undefined }, 0.5),
);
