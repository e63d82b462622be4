import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '../clock.ts';
import { StoreUrlError } from './store-errors.ts';
import { decodeName, encodeName } from '../formats/task-name.ts';
import { DirectorySync } from '../fs/directory-sync.ts';
import { disk } from '../fs/disk.ts';
import { isErrno } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { FileShelf } from './file-shelf.ts';
import { FileTaskStore } from './file-task-store.ts';
import { openStoreDirectory, readStore, refusedToWrite } from './store-directory.ts';
import type { Shelf, Store, StoreArea, TaskStore, TaskStoreOptions } from './store.ts';
import { removeRoom } from './store-removal.ts';
import { diskError, openTaskFolders } from './task-folders.ts';

export interface FileStoreOptions {
  /** What is acknowledged survives: `'power'` a power cut too, `'process'` the end of any process. @default 'power' */
  readonly durability?: 'power' | 'process';
  /** @default the machine's disk */
  readonly fileSystem?: FileSystem;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

/** The directory that `file:` and a path, or a whole URL, leads to. @throws StoreUrlError */
export function directoryOf(url: string): string {
  const directory = pathOf(url);
  if (directory.includes('\0')) throw new StoreUrlError(JSON.stringify(url), 'the name of a directory has no NUL in it.');
  return directory;
}

function pathOf(url: string): string {
  if (url.startsWith('file://')) {
    try {
      return fileURLToPath(url);
    } catch (error) {
      throw new StoreUrlError(url, 'a file URL leads to an absolute path of this machine, as file:///var/load does.', { cause: error });
    }
  }
  const path = url.slice('file:'.length);
  if (path === '') throw new StoreUrlError(url, 'it names no directory, as file:./load does.');
  return resolve(path);
}

/** A store in a directory. It reads with `ls`, `cat` and `jq`; each use case and batch is a directory in it. */
export class FileStore implements Store {
  readonly url: string;
  readonly #directory: string;
  readonly #fs: FileSystem;
  readonly #clock: Clock;
  readonly #isDurable: boolean;
  readonly #syncs: DirectorySync;
  readonly #open = new Set<FileTaskStore>();
  #ready: Promise<void> | undefined;

  constructor(url: string, { durability = 'power', fileSystem = disk, clock = systemClock }: FileStoreOptions = {}) {
    this.url = url;
    this.#directory = directoryOf(url);
    this.#fs = fileSystem;
    this.#clock = clock;
    this.#isDurable = durability === 'power';
    this.#syncs = new DirectorySync(fileSystem);
  }

  async tasks(area: StoreArea, name: string, options: TaskStoreOptions): Promise<TaskStore> {
    const room = this.#place(area, name);
    const directory = options.madeAs === undefined ? room : `${room}/tasks-${encodeName(options.madeAs)}`;
    try {
      await this.#makeReady();
      const parts = { fs: this.#fs, clock: this.#clock, directory, isDurable: this.#isDurable };
      const folders = await openTaskFolders({ ...parts, token: randomBytes(5).toString('hex') });
      const store = new FileTaskStore(folders, options);
      await store.sweep(options.leaseMs).catch((error: unknown) => {
        // What the disk refuses of it is left to the next opening.
        if (isErrno(error, 'UNKNOWN')) throw error;
      });
      this.#open.add(store);
      return store;
    } catch (error) {
      throw diskError('open', directory, refusedToWrite(this.#directory, error));
    }
  }

  async names(area: StoreArea): Promise<string[]> {
    const directory = `${this.#directory}/${area}`;
    const names: string[] = [];
    try {
      await readStore(this.#fs, this.#directory);
      await this.#fs.scan(directory, (file, kind) => {
        const name = kind === 'directory' ? decodeName(file) : null;
        if (name !== null) names.push(name);
      });
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw diskError('list', directory, error);
    }
    return names.sort();
  }

  shelf(area: StoreArea, name: string): Shelf {
    const directory = this.#place(area, name);
    return new FileShelf({ fs: this.#fs, isDurable: this.#isDurable, syncs: this.#syncs, directory, makeReady: () => this.#makeReady() });
  }

  async remove(area: StoreArea, name: string): Promise<boolean> {
    const directory = this.#place(area, name);
    try {
      await readStore(this.#fs, this.#directory);
      return await removeRoom(this.#fs, `${this.#directory}/${area}`, encodeName(name), { durable: this.#isDurable });
    } catch (error) {
      throw diskError('delete', directory, error);
    }
  }

  async dispose(): Promise<void> {
    const open = [...this.#open];
    this.#open.clear();
    await Promise.all(open.map((store) => store.dispose()));
  }

  /** Says once in the directory what it is. */
  #makeReady(): Promise<void> {
    this.#ready ??= openStoreDirectory(this.#fs, this.#directory).catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  #place(area: StoreArea, name: string): string {
    return `${this.#directory}/${area}/${encodeName(name)}`;
  }
}
