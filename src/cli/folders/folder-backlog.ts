import type { Clock } from '../../clock.ts';
import { parseClaimName, parseReadyName } from '../../formats/claim-name.ts';
import type { FileSystem } from '../../fs/file-system.ts';

/** The folder is not looked through more often than this, nor for more than this share of the time. */
const LEAST_PAUSE_MS = 1_000;
const REST_PER_LOOK = 10;

/** How many files of a folder are not at their end, while other processes work on it too. */
export class FolderBacklog {
  readonly #fs: FileSystem;
  readonly #directory: string;
  readonly #extension: string;
  readonly #clock: Clock;
  #left = 0;
  #next = -Infinity;

  constructor(fs: FileSystem, { directory, extension }: { readonly directory: string; readonly extension: string }, clock: Clock) {
    this.#fs = fs;
    this.#directory = directory;
    this.#extension = extension;
    this.#clock = clock;
  }

  /** As they were counted last. Being asked is what makes it count again, now and then. */
  left(): number {
    if (this.#clock.monotonic() >= this.#next) {
      // A folder that can't be read is told of by who takes from it.
      this.count().catch(() => {});
    }
    return this.#left;
  }

  /** One of them came to its end: it is not left, though it was counted. */
  settle(): void {
    this.#left = Math.max(0, this.#left - 1);
  }

  async count(): Promise<void> {
    this.#next = Infinity;
    const began = this.#clock.monotonic();
    try {
      let left = 0;
      await this.#fs.scan(this.#directory, (file, kind) => {
        if (kind === 'file' && (parseReadyName(file, this.#extension) ?? parseClaimName(file, this.#extension)) !== null) left += 1;
      });
      this.#left = left;
    } finally {
      const now = this.#clock.monotonic();
      this.#next = now + Math.max(LEAST_PAUSE_MS, (now - began) * REST_PER_LOOK);
    }
  }
}
