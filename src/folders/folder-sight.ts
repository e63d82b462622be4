import type { FolderContext } from './folder-context.ts';
import { type FolderLook, lookAtFolder, type LookOptions } from './folder-look.ts';

/** How many times in a row an unchanged folder is not listed again: not every file system tells of each change. */
const MOST_SKIPPED = 9;

/** How much later a change may be and still have the same time: most systems count in a few milliseconds, some in two seconds. */
const FINE_MS = 20;
const COARSE_MS = 2_000;

/** The time at which a folder was changed last, and since when it was seen to be that, in monotonic milliseconds. */
interface Changed {
  readonly at: number;
  readonly since: number;
}

/** Looks at one folder again and again. A folder in which nothing changed is not listed again. */
export class FolderSight {
  readonly #context: FolderContext;
  readonly #options: LookOptions;
  #changed: Changed | undefined;
  /** The last look, if what it saw is all that there is as long as the folder does not change. */
  #sound: FolderLook | undefined;
  #skipped = 0;

  constructor(context: FolderContext, options: LookOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** What is in the folder now. */
  async look(): Promise<FolderLook> {
    const isSettled = await this.#isSettled();
    // What another machine does may show later, by its caches, than a listing would.
    if (this.#context.isLocal && isSettled && this.#sound !== undefined && this.#skipped < MOST_SKIPPED) {
      this.#skipped += 1;
      return this.#sound;
    }
    const look = await this.#list();
    this.#skipped = 0;
    this.#sound = isSettled && !look.isCut ? look : undefined;
    return look;
  }

  /**
   * What is in the folder, if it surely is all: nothing was renamed while it was listed, which can hide a file under both of
   * its names. Undefined if it was changed meanwhile, or just before.
   */
  async lookForSure(): Promise<FolderLook | undefined> {
    for (let tries = 0; !(await this.#isSettled()); tries += 1) {
      if (tries > 2) return undefined;
      await this.#pause(this.#granularityMs());
    }
    const before = this.#changed?.at;
    const look = await this.#list();
    return (await this.#modified()) === before ? look : undefined;
  }

  #list(): Promise<FolderLook> {
    return lookAtFolder(this.#context.fs, this.#options);
  }

  /** Whether the folder was last changed so long ago that a later change would show another time. */
  async #isSettled(): Promise<boolean> {
    const at = await this.#modified();
    const now = this.#context.clock.monotonic();
    if (at !== this.#changed?.at) {
      this.#changed = { at, since: now };
      this.#sound = undefined;
    }
    return now - this.#changed.since >= this.#granularityMs();
  }

  #granularityMs(): number {
    const { at = 0 } = this.#changed ?? {};
    return Number.isInteger(at / 1_000) ? COARSE_MS : FINE_MS;
  }

  async #modified(): Promise<number> {
    return (await this.#context.fs.lstat(this.#options.directory))?.modifiedMs ?? Number.NaN;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#context.clock.after(ms, resolve));
  }
}
