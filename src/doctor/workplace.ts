import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { DiskError, ReadOnlyQueueError } from '../errors.ts';
import { FolderNotFoundError } from './doctor-errors.ts';
import { errnoName, isErrno } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import type { FolderProbe } from '../fs/folder-probe.ts';
import { removeTree } from './remove-tree.ts';
import { newRunToken } from './run-token.ts';
import type { Tools } from './tools.ts';

/** The one name in a folder below which all examinations happen. */
export const WORKPLACE = '.dibs-doctor';

/** A directory of this run's own in the folder that is examined. A stop at any point leaves at most that directory. */
export class Workplace implements Tools {
  readonly fs: FileSystem;
  readonly probe: FolderProbe;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The folder that is examined. */
  readonly folder: string;
  /** No other run, on any machine, has it. */
  readonly token: string;
  readonly #directory: string;

  private constructor({ fs, probe, clock, signal }: Tools, folder: string, token: string) {
    this.fs = fs;
    this.probe = probe;
    this.clock = clock;
    this.signal = signal;
    this.folder = folder;
    this.token = token;
    this.#directory = `${folder}/${WORKPLACE}/${token}`;
  }

  /** @throws FolderNotFoundError, ReadOnlyQueueError */
  static async open(folder: string, tools: Tools): Promise<Workplace> {
    const place = new Workplace(tools, folder, newRunToken());
    await refuseAllButFolders(tools.fs, folder);
    try {
      await tools.fs.mkdir(place.#directory);
    } catch (error) {
      await place.close();
      if (isErrno(error, 'EACCES', 'EPERM', 'EROFS')) throw new ReadOnlyQueueError(folder, { cause: error });
      throw new DiskError('mkdir', place.#directory, errnoName(error), { cause: error });
    }
    return place;
  }

  /** An empty directory for one examination. */
  async room(name: string): Promise<string> {
    this.signal.throwIfAborted();
    const room = `${this.#directory}/${name}`;
    await this.fs.mkdir(room);
    return room;
  }

  /** Lets Ctrl-C be heard: most calls of a disk do not wait for the event loop. */
  async breathe(): Promise<void> {
    await nextTurn();
    this.signal.throwIfAborted();
  }

  /** Removes all that was made. Gives what is left below `.dibs-doctor`: of this run only what the disk refuses to remove. */
  async close(): Promise<readonly string[]> {
    await removeTree(this, this.#directory);
    const above = `${this.folder}/${WORKPLACE}`;
    // Refused while another run has something there.
    await this.probe.removeDirectory(above).catch(() => undefined);
    return this.fs.readdir(above).catch(() => []);
  }
}

/** Links are followed: the folder may be named by one. */
async function refuseAllButFolders(fs: FileSystem, folder: string): Promise<void> {
  try {
    if ((await fs.lstat(folder)) === undefined) throw new FolderNotFoundError(folder, 'is not there');
    if ((await fs.lstat(`${folder}/.`))?.kind !== 'directory') throw new FolderNotFoundError(folder, 'is no folder');
  } catch (error) {
    if (error instanceof FolderNotFoundError) throw error;
    throw new DiskError('open', folder, errnoName(error), { cause: error });
  }
}
