import type { Clock } from '../clock.ts';
import { type FolderEvents, type FolderWatch, watchFolder } from '../fs/folder-watch.ts';
import { Deferred } from '../journals/deferred.ts';
import { FolderWait } from './folder-wait.ts';
import type { WaitOptions } from './room.ts';

export interface FolderChangesOptions {
  readonly directory: string;
  readonly clock: Clock;
  /** How long to wait before looking again when no change was seen, in milliseconds. */
  readonly pollMs: number;
  /** What tells of changes sooner; false for nothing. */
  readonly events: FolderEvents | false | undefined;
}

/** What happens in a folder, for those who wait for it. It is watched only while somebody waits. */
export class FolderChanges {
  readonly #options: FolderChangesOptions;
  readonly #waits = new Set<FolderWait>();
  #watching = 0;
  #watch: FolderWatch | undefined;
  #next = new Deferred<void>();
  #count = 0;
  #end: Error | undefined;

  constructor(options: FolderChangesOptions) {
    this.#options = options;
  }

  /** So many changes were noticed: who looks at the folder remembers it before. */
  get count(): number {
    return this.#count;
  }

  /** Somebody begins to wait. It has to be ended. */
  begin(options: WaitOptions): FolderWait {
    const { directory, clock } = this.#options;
    const wait: FolderWait = new FolderWait({ ...options, directory, clock }, this, () => this.#waits.delete(wait));
    this.#waits.add(wait);
    if (this.#end !== undefined) wait.fail(this.#end);
    return wait;
  }

  /** Resolves when it is time to look again, for one who remembered this count when it looked. */
  after(count: number): Promise<void> {
    return count === this.#count ? this.#next.promise : Promise.resolve();
  }

  /** All who wait look again. */
  wake(): void {
    const next = this.#next;
    this.#count += 1;
    this.#next = new Deferred();
    next.resolve();
  }

  /** All who wait, and who would begin to, are told that they wait in vain. */
  end(error: Error): void {
    this.#end ??= error;
    for (const wait of this.#waits) wait.fail(error);
  }

  /** Watches the folder until what it gives is called. */
  watch(): () => void {
    const { directory, clock, pollMs, events } = this.#options;
    this.#watch ??= watchFolder(directory, () => this.wake(), { pollMs, clock, ...(events !== undefined && { events }) });
    this.#watching += 1;
    return () => {
      this.#watching -= 1;
      if (this.#watching > 0) return;
      this.#watch?.stop();
      this.#watch = undefined;
    };
  }
}
