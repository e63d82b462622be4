import { type FailedFile, failedFiles } from '../folders/failed-files.ts';
import { type FolderCounts, countFolder } from '../folders/folder-counts.ts';
import { type FolderDamage, folderDamage } from '../folders/folder-damage.ts';
import { type FolderStatus, readFolderStatus } from '../folders/folder-status.ts';
import { FolderUsers } from '../folders/folder-users.ts';
import { type OutstandingFile, outstandingFiles } from '../folders/outstanding-files.ts';
import { isErrno } from '../fs/errno.ts';
import { QueueNotFoundError } from '../errors.ts';
import { openError } from '../journals/queue-directory.ts';
import type { OptionRules } from './check-options.ts';
import { type ExistingFolder, existingQueue } from './existing-folder.ts';
import { checkFolderOptions, FOLDER_RULES, type FolderOptions } from './folder-options.ts';
import { DEFAULT_LEASE_MS } from './open-folder.ts';

/** What a reader of a folder may be told: where things lie, and what a folder with a damaged manifest is taken for. */
export type ReadFolderOptions = Omit<FolderOptions, 'durability'>;

const { durability: _, ...READ_RULES }: OptionRules = FOLDER_RULES;

/**
 * Reads a folder queue without taking part in it, while others may work on it: nothing is claimed, changed or shown.
 * @throws QueueNotFoundError, NotAQueueError, FormatVersionError, TypeError
 */
export async function readFolder(directory: string, options: ReadFolderOptions = {}): Promise<FolderReader> {
  checkFolderOptions('readFolder', directory, options, READ_RULES);
  const { context } = await existingQueue(directory, options);
  const { leaseMs = DEFAULT_LEASE_MS } = options;
  return new FolderReader(context.layout.directory, options, new FolderUsers(context, { leaseMs }));
}

/** A folder queue that is looked at. Each call looks anew, and throws what `readFolder` throws when the folder has changed so. */
export class FolderReader {
  /** The absolute path of the folder. */
  readonly directory: string;
  readonly #options: ReadFolderOptions;
  readonly #watch: FolderUsers;

  /** @internal `readFolder` makes it. */
  constructor(directory: string, options: ReadFolderOptions, watch: FolderUsers) {
    this.directory = directory;
    this.#options = options;
    this.#watch = watch;
  }

  /** How it stands: one look through the folder, however many files are in it. Asked again and again, it tells who lives. */
  status(): Promise<FolderStatus> {
    return this.#read(({ context, manifest }) => readFolderStatus(context, this.#watch, manifest === 'damaged'));
  }

  /** How many files there are of each. */
  counts(): Promise<FolderCounts> {
    return this.#read(({ context }) => countFolder(context));
  }

  /** What is ready or claimed, by name. */
  outstanding(): AsyncGenerator<OutstandingFile, void, void> {
    return this.#each(({ context }) => outstandingFiles(context));
  }

  /** What was given up, by name, with its reason. */
  failed(): AsyncGenerator<FailedFile, void, void> {
    return this.#each(({ context }) => failedFiles(context));
  }

  /** Every file that is damaged, that looks like a message and can't be served, or that somebody left who is dead. */
  verify(): AsyncGenerator<FolderDamage, void, void> {
    return this.#each(({ context, manifest }) => folderDamage(context, this.#watch, manifest === 'damaged'));
  }

  async #read<T>(look: (folder: ExistingFolder) => Promise<T>): Promise<T> {
    const folder = await existingQueue(this.directory, this.#options);
    try {
      return await look(folder);
    } catch (error) {
      throw await readError(folder, error);
    }
  }

  async *#each<T>(look: (folder: ExistingFolder) => AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
    const folder = await existingQueue(this.directory, this.#options);
    try {
      yield* look(folder);
    } catch (error) {
      throw await readError(folder, error);
    }
  }
}

/** The typed error for what the disk refused. The folder may have gone since it was opened. */
async function readError({ context }: ExistingFolder, error: unknown): Promise<unknown> {
  const { fs, layout } = context;
  if (isErrno(error, 'ENOENT') && (await fs.lstat(layout.directory)) === undefined)
    return new QueueNotFoundError(layout.directory, { cause: error });
  return openError(layout.directory, error, 'read');
}
