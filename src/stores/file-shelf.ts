import { dirname } from 'node:path';
import type { Fields, RecordFormat } from '../formats/json-record.ts';
import { decodeName, encodeName, parseTaskFile } from '../formats/task-name.ts';
import { FormatVersionError } from '../errors.ts';
import { DamagedRecordError } from './store-errors.ts';
import { makeDirectory } from '../fs/make-directory.ts';
import { claimFile } from '../fs/claim.ts';
import { publishFile, removeIfThere, stagePath } from '../fs/publish.ts';
import { removeTree } from '../fs/remove-tree.ts';
import { createRecord, readRecord } from '../fs/record-store.ts';
import { isPlace } from '../machines/task-place.ts';
import { FileCountdown } from './file-countdown.ts';
import type { Countdown, Shelf } from './store.ts';
import { diskError, type TaskFolders } from './task-folders.ts';

const SHELF_FORMAT: RecordFormat = { name: 'dibs/record', version: 1 };

export interface ShelfGround extends Pick<TaskFolders, 'fs' | 'isDurable' | 'syncs' | 'directory'> {
  /** Says in the store's directory what it is. */
  readonly makeReady: () => Promise<void>;
}

/** Records of a use case or batch that are written once, each a file beside its tasks. */
export class FileShelf implements Shelf {
  readonly #ground: ShelfGround;

  /** @internal The file store makes it. */
  constructor(ground: ShelfGround) {
    this.#ground = ground;
  }

  create(name: string, fields: Fields): Promise<boolean> {
    return this.#refusing('create', name, async () => {
      const { fs, isDurable } = this.#ground;
      await this.#ground.makeReady();
      await makeDirectory(fs, dirname(this.#path(name)), { durable: isDurable });
      return createRecord(fs, this.#path(name), SHELF_FORMAT, fields, { sync: isDurable });
    });
  }

  where(name: string): string {
    return this.#path(name);
  }

  read(name: string): Promise<Fields | undefined> {
    return this.#refusing('read', name, async () => {
      const path = this.#path(name);
      const stored = await readRecord(this.#ground.fs, path, SHELF_FORMAT);
      if (stored.kind === 'record') return stored.fields;
      if (stored.kind === 'absent') return undefined;
      if (stored.kind === 'newer') throw new FormatVersionError(path, stored.version, SHELF_FORMAT.version);
      throw new DamagedRecordError(path, stored.reason, { whole: 'batch' });
    });
  }

  names(): Promise<string[]> {
    return this.#refusing('list', '', async () => {
      const names: string[] = [];
      await this.#ground.fs.scan(this.#ground.directory, (file, kind) => {
        // What tasks lie in is a directory too.
        const name = kind === 'directory' && isPlace(file) ? null : kind === 'file' ? parseTaskFile(file) : decodeName(file);
        if (name !== null) names.push(name);
      });
      return names;
    });
  }

  remove(name: string): Promise<void> {
    return this.#refusing('delete', name, async () => {
      await removeIfThere(this.#ground.fs, this.#path(name));
      await removeTree(this.#ground.fs, this.#countdownPath(name));
    });
  }

  removeIf(name: string, isMeant: (fields: Fields) => boolean): Promise<void> {
    return this.#refusing('delete', name, async () => {
      const { fs, isDurable, directory } = this.#ground;
      const isIt = async (path: string): Promise<boolean> => {
        const stored = await readRecord(fs, path, SHELF_FORMAT);
        return stored.kind === 'record' && isMeant(stored.fields);
      };
      // An unlink could not be undone, if another one was made since the look.
      const away = stagePath(directory);
      if (!(await isIt(this.#path(name))) || !(await claimFile(fs, this.#path(name), away))) return;
      if (await isIt(away)) await removeIfThere(fs, away);
      else await publishFile(fs, away, this.#path(name), { syncDirectory: isDurable ? directory : null });
    });
  }

  countdown(name: string): Countdown {
    const countdown = new FileCountdown(this.#ground, this.#countdownPath(name));
    return {
      begin: (count) => this.#refusing('create', name, () => countdown.begin(count)),
      finish: (index) => this.#refusing('count down', name, () => countdown.finish(index)),
    };
  }

  #countdownPath(name: string): string {
    return `${this.#ground.directory}/${encodeName(name)}`;
  }

  /** One of a group lies in a directory of that group. */
  #path(name: string): string {
    return `${[this.#ground.directory, ...name.split('/').map(encodeName)].join('/')}.json`;
  }

  async #refusing<R>(operation: string, name: string, work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      throw diskError(operation, this.#path(name), error);
    }
  }
}
