import { NotAQueueError } from '../errors.ts';
import { FOLDER_MANIFEST_FILE } from '../formats/folder-manifest.ts';
import { isErrno } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { MAINTENANCE_LOCK } from '../fs/maintenance-lock.ts';
import { removeIfThere } from '../fs/publish.ts';
import type { FolderContext } from './folder-context.ts';
import { readFolder } from './folder-directory.ts';
import { OWN_DIRECTORY } from './folder-layout.ts';
import { type Caretaker, maintain, type MaintenanceOptions, theDead, withEach, withTypedErrors } from './maintenance.ts';

export interface PurgeReport {
  /** So many files are gone, those that only we use not counted. */
  readonly removed: number;
  /** What is still there, as paths in the folder, the first thousand of it: directories that are not the queue's. */
  readonly left: readonly string[];
}

/** As many names are read at once. */
const PAGE = 65_536;
const MOST_LEFT = 1_000;

/**
 * Deletes everything in a folder that is a queue: messages, claimed or not, what is finished and given up where that lies in
 * the folder, control files, and any other file. Directories that are not the queue's stay, and so does what is put meanwhile.
 *
 * What says that it is a queue goes last, when all else is surely gone: a stop leaves less of it, and the next purge does the
 * rest.
 *
 * @throws NotAQueueError, FolderInUseError while somebody else who lives uses the folder, unless `force`
 */
export async function purge(context: FolderContext, caretaker: Caretaker, options: MaintenanceOptions): Promise<PurgeReport> {
  const { fs, layout } = context;
  const purging = new Purging(context);
  return withTypedErrors(context, 'purge', async () => {
    await assertQueue(context);
    await maintain(context, 'purge', options, async () => {
      await theDead(context, 'purge', caretaker, options, []);
      await purging.run();
    });
    // Only now: the lock lay in it.
    await purging.removeDirectory(layout.own);
    await fs.syncDirectory(layout.directory);
    return purging.report();
  });
}

class Purging {
  readonly #fs: FileSystem;
  readonly #context: FolderContext;
  /** Directories of the queue that lie in its folder, the inner first. */
  readonly #places: readonly string[];
  readonly #left = new Set<string>();
  #removed = 0;

  constructor(context: FolderContext) {
    const { layout, fs } = context;
    this.#fs = fs;
    this.#context = context;
    const kept = [layout.doneDir, layout.failedDir].filter((path) => path !== null);
    this.#places = kept.filter((path) => path.startsWith(`${layout.directory}/`));
  }

  async run(): Promise<void> {
    const { directory, own, consumers, producers, stages } = this.#context.layout;
    this.#removed += await this.#empty(directory);
    for (const place of this.#places) this.#removed += await this.#emptyIfThere(place);
    for (const place of [stages, producers, consumers, own]) await this.#emptyIfThere(place);
    for (const place of [...this.#places, stages, producers, consumers]) await this.removeDirectory(place);
    // A power cut that brought a message back, and not the manifest, would leave a folder that no purge touches.
    for (const place of [own, directory]) await this.#fs.syncDirectory(place);
    await removeIfThere(this.#fs, `${own}/${FOLDER_MANIFEST_FILE}`);
  }

  /** A purge that was stopped may have removed it. What a link of that name leads to lies elsewhere. */
  async #emptyIfThere(directory: string): Promise<number> {
    return (await this.#fs.lstat(directory))?.kind === 'directory' ? this.#empty(directory) : 0;
  }

  /** What is in a directory goes, but for other directories. */
  async #empty(directory: string): Promise<number> {
    let count = 0;
    for (let page = await this.#page(directory); page.length > 0; page = await this.#page(directory)) {
      await withEach(page, (name) => removeIfThere(this.#fs, `${directory}/${name}`));
      count += page.length;
      // More was there, or was put since: that is not waited for.
      if (page.length >= PAGE) continue;
      await this.#removeAgain(directory, new Set(page));
      break;
    }
    if (count > 0) await this.#fs.syncDirectory(directory);
    return count;
  }

  /** A disk over a network may say of a file that it is gone, and it is not. */
  async #removeAgain(directory: string, removed: ReadonlySet<string>): Promise<void> {
    const still = (await this.#page(directory)).filter((name) => removed.has(name));
    await withEach(still, (name) => removeIfThere(this.#fs, `${directory}/${name}`));
  }

  async #page(directory: string): Promise<string[]> {
    const page: string[] = [];
    const { own } = this.#context.layout;
    await this.#fs.scan(directory, (name, kind) => {
      const path = `${directory}/${name}`;
      if (kind === 'directory' || this.#isPlace(path)) this.#leave(path);
      else if (path !== `${own}/${FOLDER_MANIFEST_FILE}` && page.length < PAGE) page.push(name);
    });
    return page;
  }

  /** A link may have the name of one of these: it leads elsewhere, and stays. */
  #isPlace(path: string): boolean {
    const { own } = this.#context.layout;
    return path === own || this.#places.includes(path);
  }

  #leave(path: string): void {
    const { own, consumers, producers, stages } = this.#context.layout;
    if ([consumers, producers, stages, `${own}/${MAINTENANCE_LOCK}`].includes(path)) return;
    if (this.#left.size < MOST_LEFT) this.#left.add(path);
  }

  /** A directory in which somebody else has something stays. */
  async removeDirectory(path: string): Promise<void> {
    try {
      await this.#fs.rmdir(path);
    } catch (error) {
      if (isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) return;
      if (!isErrno(error, 'ENOENT')) throw error;
    }
    this.#left.delete(path);
  }

  report(): PurgeReport {
    const { directory } = this.#context.layout;
    return { removed: this.#removed, left: [...this.#left].map((path) => path.slice(directory.length + 1)).sort() };
  }
}

/** Where a purge was stopped after it took the manifest, nothing but our own directory is left. */
async function assertQueue({ fs, layout }: FolderContext): Promise<void> {
  if ((await readFolder(fs, layout)) !== undefined) return;
  let hasFiles = false;
  await fs.scan(layout.directory, (_, kind) => void (hasFiles ||= kind !== 'directory'));
  if (!hasFiles && (await fs.lstat(layout.own))?.kind === 'directory') return;
  throw new NotAQueueError(layout.directory, `it has no ${OWN_DIRECTORY}/${FOLDER_MANIFEST_FILE}`);
}
