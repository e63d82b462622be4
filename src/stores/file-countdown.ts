import { dirname } from 'node:path';
import { isErrno } from '../fs/errno.ts';
import { removeIfThere } from '../fs/publish.ts';
import { leafOf } from '../machines/part-ledger.ts';
import type { Countdown } from './store.ts';
import type { TaskFolders } from './task-folders.ts';

/**
 * Things that are left, as empty files in a tree of small directories. Whoever removes the last file of a directory can
 * remove the directory, and nobody else can: the disk decides, however many try at once, and a finish costs the same
 * whether a hundred are left or a hundred thousand.
 *
 *     left/00/03/5a       the 859th of up to 65,536
 */
export class FileCountdown implements Countdown {
  readonly #folders: Pick<TaskFolders, 'fs' | 'isDurable' | 'syncs'>;
  readonly #directory: string;

  /** @internal The file store makes it. */
  constructor(folders: Pick<TaskFolders, 'fs' | 'isDurable' | 'syncs'>, directory: string) {
    this.#folders = folders;
    this.#directory = directory;
  }

  async begin(count: number): Promise<void> {
    const { fs } = this.#folders;
    const made = new Set<string>();
    await fs.mkdir(this.#directory);
    for (let index = 0; index < count; index += 1) {
      const [directories, leaf] = this.#place(index);
      const [innermost = this.#directory] = directories;
      if (!made.has(innermost)) await fs.mkdir(innermost);
      for (const directory of directories) made.add(directory);
      await this.#put(leaf);
    }
    if (count === 0) await this.#removeEmpty(this.#directory);
    for (const directory of made) await this.#secure(directory);
    await this.#secure(dirname(this.#directory));
  }

  async finish(index: number): Promise<boolean> {
    const [directories, leaf] = this.#place(index);
    await removeIfThere(this.#folders.fs, leaf);
    for (const directory of directories) {
      if (await this.#removeEmpty(directory)) continue;
      // What a power cut brings back would be left for ever.
      await this.#secure(directory);
      return false;
    }
    await this.#secure(dirname(this.#directory));
    return true;
  }

  /** The directories that it is in, the innermost first, and its file. */
  #place(index: number): [directories: string[], leaf: string] {
    const path = leafOf(index);
    const directories = path.map((_, depth) => [this.#directory, ...path.slice(0, depth)].join('/')).toReversed();
    return [directories, [this.#directory, ...path].join('/')];
  }

  async #put(path: string): Promise<void> {
    try {
      (await this.#folders.fs.open(path, 'create')).close();
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
    }
  }

  /** Whether it is gone: it was empty, and nothing can come to be in it. */
  async #removeEmpty(directory: string): Promise<boolean> {
    try {
      await this.#folders.fs.rmdir(directory);
      return true;
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return true;
      if (isErrno(error, 'ENOTEMPTY', 'EEXIST')) return false;
      throw error;
    }
  }

  async #secure(directory: string): Promise<void> {
    const { isDurable, syncs } = this.#folders;
    try {
      if (isDurable) await syncs.sync(directory);
    } catch (error) {
      // It was removed meanwhile, and whoever did that secures it.
      if (!isErrno(error, 'ENOENT')) throw error;
    }
  }
}
