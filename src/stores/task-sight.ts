import type { TaskClaimName } from '../formats/task-name.ts';
import type { FileStat } from '../fs/file-system.ts';
import type { DamagedTask, SeenTask, TaskHolder } from './store.ts';
import type { TaskPlace } from '../machines/task-place.ts';
import { putBackAside } from './put-back.ts';
import { readCheckpoint } from './task-checkpoint.ts';
import { readTaskFile, type TaskFile } from './task-files.ts';
import { finishThose, unlessReadOnly } from './task-finding.ts';
import type { TaskFolders } from './task-folders.ts';
import type { TaskHolders } from './task-holders.ts';
import type { OutcomeParts } from './task-outcome.ts';

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
  readonly settled: OutcomeParts['settled'];
}

/**
 * Reads these files. One that moved meanwhile is left out, and so is one that is put back, since who had taken it aside is dead, or
 * whose end was decided, which is brought to its end.
 */
export async function seeTasks(parts: SightParts, files: readonly TaskFile[]): Promise<(SeenTask | DamagedTask)[]> {
  const { holders, isLost } = parts;
  const holding = await holders.look(files.flatMap(({ claim }) => (claim === undefined ? [] : [claim.consumer])));
  const seen: (SeenTask | DamagedTask)[] = [];
  for (const file of files) {
    const { claim } = file;
    const holder = claim && (isLost(claim) ? { consumer: claim.consumer, standing: 'dead' as const } : holding.get(claim.consumer));
    const one = await seeTask(parts, file, holder);
    if (one !== undefined) seen.push(one);
  }
  return seen;
}

async function seeTask(parts: SightParts, file: TaskFile, holder: TaskHolder | undefined): Promise<SeenTask | DamagedTask | undefined> {
  const { folders } = parts;
  const { id, place, path, claim } = file;
  const isDead = holder?.standing === 'dead';
  if (claim !== undefined && claim.state !== 'wip' && (await finishIfBegun(parts, file, isDead))) return undefined;
  // A mark is no task.
  if (claim?.state === 'back') return undefined;
  const content = await readTaskFile(folders, path);
  if (content.kind === 'absent') return undefined;
  const version = content.version && new FileSighting(file, content.version);
  if (content.kind === 'damaged') return { ...content, id, place, path, holder, version };
  const { fields, place: writtenIn } = content;
  if (claim?.claims === 0 && claim.state === 'wip' && isDead && (await isNowBack(parts, file, writtenIn))) return undefined;
  const checkpoint = await readCheckpoint(folders, file, content.version);
  if (checkpoint.kind === 'damaged') return { ...checkpoint, id, place, holder, version };
  const claimedMs = claim && renamedMs(content.version);
  return {
    kind: 'task',
    id,
    place,
    writtenIn,
    fields,
    claims: claim?.claims ?? 0,
    holder,
    claimedMs,
    checkpoint: checkpoint.fields,
    version,
  };
}

/** Whether it is where its record says, or on its way. Who may not write sees it as it lies there. */
function isNowBack(parts: SightParts, file: TaskFile, place: TaskPlace): Promise<boolean> {
  return unlessReadOnly(async () => {
    await putBackAside(parts, file, place);
    return true;
  });
}

/**
 * Whether its end was decided, and is there now. Whoever decided it may live, and have been refused the rest by the disk: nobody
 * would come back to it. Who may not write leaves it, and so does whom the disk refuses what a living one may yet do: then it
 * is seen as it lies there.
 */
async function finishIfBegun(parts: OutcomeParts, file: TaskFile, isDead: boolean): Promise<boolean> {
  try {
    return await finishThose(parts, [file]);
  } catch (error) {
    if (!isDead) return false;
    throw error;
  }
}

/**
 * When a file got its name, for a record that is never written in place. Not known where the disk says that it changed before
 * it was written: FAT tells when it was made.
 */
export function renamedMs({ modifiedMs, changedMs }: Pick<FileStat, 'modifiedMs' | 'changedMs'>): number | undefined {
  return changedMs !== undefined && changedMs >= modifiedMs ? changedMs : undefined;
}
