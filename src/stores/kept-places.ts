import { basename, dirname } from 'node:path';
import { isErrno } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { withCalls } from '../fs/with-calls.ts';
import { isPlace } from '../machines/task-place.ts';

/** The room that places are in. */
export interface PlacesRoom {
  readonly ids: string;
  readonly isDurable: boolean;
}

/**
 * The disk, but that a place which somebody removed while a tracker is open is made anew when a task is to come to lie in it.
 * Not where all that there was is gone: then nothing is to come back.
 */
export function keptPlaces(fs: FileSystem, { ids, isDurable }: PlacesRoom): FileSystem {
  const madeAnew = async (place: string): Promise<boolean> => {
    if (!isPlace(basename(place)) || fs.exists(place) || !fs.exists(ids)) return false;
    await fs.mkdir(place);
    if (isDurable) await fs.syncDirectory(dirname(place));
    return true;
  };
  return withCalls(fs, {
    async rename(from, to) {
      try {
        await fs.rename(from, to);
      } catch (error) {
        if (!isErrno(error, 'ENOENT') || !(await madeAnew(dirname(to)))) throw error;
        await fs.rename(from, to);
      }
    },
  });
}
