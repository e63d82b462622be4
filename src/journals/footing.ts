import { DiskError, QueueBrokenError } from '../errors.ts';
import { closeRead } from '../fs/close-read.ts';
import { errnoName, isErrno } from '../fs/errno.ts';
import type { FileSystem, OpenFile } from '../fs/file-system.ts';
import type { Durability } from './batch.ts';
import type { QueueGuard } from './queue-guard.ts';

export interface FootingOptions {
  readonly fs: FileSystem;
  readonly directory: string;
  readonly durability: Durability;
  readonly guard: QueueGuard;
}

/** The files that were there when the directory was taken. */
interface Found {
  readonly older: readonly { readonly file: string }[];
  /** Those of them that hold what outlived its journal. */
  readonly kept: { readonly segments: readonly { readonly file: string }[] };
  readonly doneFiles: Iterable<{ readonly file: string }>;
  readonly keysFiles: readonly string[];
}

/**
 * What an owner leans on of what it found. Whoever wrote it may have been killed before it was synced, or have promised no
 * more than `process`, and no file tells: so at `power` each is synced once, before anything is acknowledged that leans on it,
 * and not before, since most of a large backlog is not looked at for long.
 *
 * A power cut before that sync may take what was found, and then nobody was told that it is there; after it, it takes nothing.
 */
export class Footing {
  readonly #options: FootingOptions;
  /** Files that may be in the memory of the machine alone. */
  readonly #unsafe: Set<string>;
  readonly #kept: readonly string[];
  readonly #syncing = new Map<string, Promise<void>>();
  #names: Promise<void> | undefined;

  /** To be made before anything is written in this run. */
  constructor(options: FootingOptions, { older, kept, doneFiles, keysFiles }: Found) {
    this.#options = options;
    this.#kept = kept.segments.map(({ file }) => file);
    const found = [...[...older, ...doneFiles].map(({ file }) => file), ...keysFiles];
    this.#unsafe = new Set(options.durability === 'power' ? found : this.#kept);
  }

  /** Resolves when what was found in that file survives a power cut; undefined if it does already, or nobody asks for that. */
  under(file: string): Promise<void> | undefined {
    return this.#options.durability === 'power' ? this.#underneath(file) : undefined;
  }

  /** The same for all that was found. */
  async all(): Promise<void> {
    for (const file of [...this.#unsafe]) await this.under(file);
  }

  /**
   * The same for what outlived its journal, whatever the queue promises now: before a journal goes in which it lies still, since
   * whoever copied it may have been stopped before that was safe.
   */
  async copies(): Promise<void> {
    for (const file of this.#kept) await this.#underneath(file);
  }

  #underneath(file: string): Promise<void> | undefined {
    if (!this.#unsafe.has(file)) return undefined;
    const syncing = this.#syncing.get(file) ?? this.#sync(file).finally(() => this.#syncing.delete(file));
    this.#syncing.set(file, syncing);
    return syncing;
  }

  async #sync(file: string): Promise<void> {
    const { fs, directory } = this.#options;
    // The names, too: one that was made since the directory was synced by the taking of it was made by a late owner.
    this.#names ??= fs.syncDirectory(directory).catch((error: unknown) => this.#failed(directory, error));
    await this.#names;
    const path = `${directory}/${file}`;
    const opened = await openToSync(fs, path);
    try {
      await opened?.sync();
    } catch (error) {
      this.#failed(path, error);
    } finally {
      closeRead(opened);
    }
    this.#unsafe.delete(file);
  }

  // The kernel may have dropped the pages it could not write, and shows what it has: what was read may be nowhere.
  #failed(path: string, cause: unknown): never {
    const why = new DiskError('sync', path, errnoName(cause), { cause });
    throw this.#options.guard.refused(new QueueBrokenError(this.#options.directory, { cause: why }));
  }
}

/** Undefined if it was removed since, or is no plain file: then nothing leans on it. */
async function openToSync(fs: FileSystem, path: string): Promise<OpenFile | undefined> {
  try {
    return await fs.open(path, 'update').catch((error: unknown) => {
      // Of another user, who lets us read it: only Windows wants more for a sync.
      if (isErrno(error, 'EACCES', 'EPERM', 'EROFS')) return fs.open(path, 'read');
      throw error;
    });
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ELOOP', 'EISDIR', 'EINVAL', 'ENXIO')) return undefined;
    throw new DiskError('open', path, errnoName(error), { cause: error });
  }
}
