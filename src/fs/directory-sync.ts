import type { FileSystem } from './file-system.ts';

/** What is under way for one directory. */
interface Rounds {
  /** The sync that runs: it may have begun before a change that is made now. */
  running: Promise<void>;
  /** The one that begins when it ends. */
  next: Promise<void> | undefined;
}

/** Syncs directories, one sync for all who ask while another is under way. */
export class DirectorySync {
  readonly #fs: FileSystem;
  readonly #rounds = new Map<string, Rounds>();

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  /**
   * Resolves when the names in the directory, as they are now, survive a power cut. It rejects for all who shared the
   * sync: of none of them is it known whether its name would.
   */
  sync(directory: string): Promise<void> {
    const rounds = this.#rounds.get(directory);
    if (rounds === undefined) return this.#begin(directory);
    rounds.next ??= rounds.running.then(
      () => this.#begin(directory),
      () => this.#begin(directory),
    );
    return rounds.next;
  }

  #begin(directory: string): Promise<void> {
    const rounds: Rounds = { running: this.#fs.syncDirectory(directory), next: undefined };
    this.#rounds.set(directory, rounds);
    const end = (): void => {
      if (this.#rounds.get(directory) === rounds && rounds.next === undefined) this.#rounds.delete(directory);
    };
    rounds.running.then(end, end);
    return rounds.running;
  }
}
