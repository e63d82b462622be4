import type { TaskClaimName } from '../formats/task-name.ts';
import type { FileStat } from '../fs/file-system.ts';
import type { DamagedTask, SeenTask, TaskStoreOptions } from './store.ts';
import { readCheckpoint } from './task-checkpoint.ts';
import { putBackAside, readTaskFile, type TaskFile } from './task-files.ts';
import type { TaskFolders } from './task-folders.ts';
import type { TaskHolders } from './task-holders.ts';

/** Which file a task was seen in, and which version of it. */
export class FileSighting {
  readonly file: TaskFile;
  readonly #version: Pick<FileStat, 'inode' | 'size' | 'modifiedMs'>;

  constructor(file: TaskFile, version: Pick<FileStat, 'inode' | 'size' | 'modifiedMs'>) {
    this.file = file;
    this.#version = version;
  }

  /** @throws TypeError if another store saw it */
  static of({ version }: SeenTask | DamagedTask): FileSighting {
    if (version instanceof FileSighting) return version;
    throw new TypeError('This task was seen in another store.');
  }

  isOf({ inode, size, modifiedMs }: FileStat): boolean {
    return inode === this.#version.inode && size === this.#version.size && modifiedMs === this.#version.modifiedMs;
  }
}

/** What an opening knows of the tasks that it sees. */
export interface SightParts {
  readonly folders: TaskFolders;
  readonly holders: TaskHolders;
  /** Whether nobody has it, though its holder lives. */
  readonly isLost: (claim: TaskClaimName) => boolean;
  /** Called when it was put back where it had ended before. */
  readonly settled: TaskStoreOptions['settled'];
}

/** Reads these files. One that moved meanwhile is left out, and so is one that is put back: who had taken it aside is dead. */
export async function seeTasks(
  { folders, holders, isLost, settled }: SightParts,
  files: readonly TaskFile[],
): Promise<(SeenTask | DamagedTask)[]> {
  const holding = await holders.look(files.flatMap(({ claim }) => (claim === undefined ? [] : [claim.consumer])));
  const seen: (SeenTask | DamagedTask)[] = [];
  for (const file of files) {
    const { id, place, path, claim } = file;
    const content = await readTaskFile(folders, path);
    if (content.kind === 'absent') continue;
    const holder = claim && (isLost(claim) ? { consumer: claim.consumer, standing: 'dead' as const } : holding.get(claim.consumer));
    const version = content.version && new FileSighting(file, content.version);
    if (content.kind === 'damaged') {
      seen.push({ kind: 'damaged', id, place, path, reason: content.reason, holder, version });
      continue;
    }
    if (claim?.claims === 0 && claim.state === 'wip' && holder?.standing === 'dead') {
      if (await putBackAside(folders, file, content.place)) await settled?.(id, content.place, content.fields);
      continue;
    }
    const { fields } = content;
    const checkpoint = await readCheckpoint(folders, file, content.version);
    const claimedMs = claim && renamedMs(content.version);
    seen.push({ kind: 'task', id, place, fields, claims: claim?.claims ?? 0, holder, claimedMs, checkpoint, version });
  }
  return seen;
}

/**
 * When a file got its name, for a record that is never written in place. Not known where the disk says that it changed before
 * it was written: FAT tells when it was made.
 */
export function renamedMs({ modifiedMs, changedMs }: Pick<FileStat, 'modifiedMs' | 'changedMs'>): number | undefined {
  return changedMs !== undefined && changedMs >= modifiedMs ? changedMs : undefined;
}
