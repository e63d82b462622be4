import type { Fields } from '../formats/json-record.ts';
import { formatTaskClaim, type TaskClaimName } from '../formats/task-name.ts';
import { isErrno } from '../fs/errno.ts';
import { claimFile } from '../fs/claim.ts';
import { discardStage, removeIfThere, renameStage } from '../fs/publish.ts';
import type { TaskPlace } from '../machines/task-place.ts';
import type { FileClaim } from './file-claim.ts';
import { dropCheckpoints } from './task-checkpoint.ts';
import { fileOf, findTask, idOf, pathOf, readTaskFile, stageTask, type TaskFile } from './task-files.ts';
import { makePlace, secure, type TaskFolders } from './task-folders.ts';

/** What the end of a claim needs. */
export interface OutcomeParts {
  readonly folders: TaskFolders;
  readonly settled: Told | undefined;
}

/** Hears where a task has got. */
export type Told = (id: string, place: TaskPlace, fields: Fields) => Promise<void>;

/**
 * Ends a claim. The outcome is written where nobody looks; the claim's rename to `.settling` decides; the outcome goes to
 * its place, and the claim goes. A stop before the rename leaves the claim, and an outcome that is swept; a stop after it
 * leaves what `finishForward` ends. False if the claim was gone, and then nothing was changed.
 *
 * A repeat, after the disk refused something, goes on with what was decided; false if it asks for something else.
 */
export async function settleClaim(parts: OutcomeParts, held: FileClaim, place: TaskPlace, fields: Fields): Promise<boolean> {
  const { folders } = parts;
  const settling = fileOf(folders, { place: held.place, name: { ...held.name, state: 'settling' } });
  if (held.decided !== undefined) {
    if (folders.fs.exists(settling.path)) await finishForward(parts, settling);
    return held.decided === place;
  }
  await makePlace(folders, place);
  if (!(await decide(folders, held, settling, place, fields))) return false;
  await bringHome(parts, settling, {
    place,
    fields,
    hadCheckpoint: settling.claim.checkpoint !== undefined || held.task.checkpoint !== undefined,
  });
  return true;
}

async function decide(folders: TaskFolders, held: FileClaim, settling: TaskFile, place: TaskPlace, fields: Fields): Promise<boolean> {
  const { fs } = folders;
  const stage = stageOf(folders, held.name);
  await stageTask(folders, stage, place, fields);
  try {
    // Gone with its outcome: the reply was lost, and somebody else has brought it to its end.
    const isOurs = (await claimFile(fs, held.path, settling.path)) || !fs.exists(stage);
    if (isOurs) held.decided = place;
    else await discardStage(fs, stage);
    return isOurs;
  } catch (error) {
    if (fs.exists(settling.path) || !fs.exists(stage)) held.decided = place;
    else await discardStage(fs, stage);
    throw error;
  }
}

/** Ends what somebody, who may have been stopped there, had begun to end. It may be at it still: each step is done once, by either. */
export async function finishForward(parts: OutcomeParts, settling: TaskFile): Promise<void> {
  const { folders } = parts;
  if (settling.claim === undefined) return;
  const outcome = await outcomeOf(folders, settling);
  if (outcome.kind === 'record') return bringHome(parts, settling, { ...outcome, hadCheckpoint: true });
  if (outcome.kind === 'over') return removeIfThere(folders.fs, settling.path);
  // A power cut took the outcome, which nobody was told of: it is as if it had stopped before.
  const again = fileOf(folders, { place: settling.place, name: { ...settling.claim, state: 'wip' } });
  await claimFile(folders.fs, settling.path, again.path);
}

type Outcome = { readonly kind: 'record'; readonly place: TaskPlace; readonly fields: Fields } | { readonly kind: 'over' | 'lost' };

/** How often a task is looked for that may be on its way. */
const MOST_LOOKS = 5;

/**
 * What a claim was ended with: staged still, or where the task lies since. `over`: it was deleted since, or can't be read.
 * `lost`: it lies nowhere, however often it is looked for, though it has its id.
 */
async function outcomeOf(folders: TaskFolders, settling: TaskFile & { readonly claim?: TaskClaimName | undefined }): Promise<Outcome> {
  const { id, path, claim } = settling;
  const writtenMs = (await folders.fs.lstat(path))?.modifiedMs ?? 0;
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const staged = claim && (await readTaskFile(folders, stageOf(folders, claim)));
    if (staged?.kind === 'record') return staged;
    const others = (await findTask(folders, id)).filter((file) => file.path !== path);
    for (const file of others) {
      const content = await readTaskFile(folders, file.path);
      // Of two ends that a power cut left, the earlier one says nothing of the later.
      if (file.claim?.state === 'settling' && content.kind === 'record' && content.version.modifiedMs < writtenMs) continue;
      if (content.kind === 'record') return content;
      if (content.kind === 'damaged') return { kind: 'over' };
    }
    if (!folders.fs.exists(idOf(folders, id)) || !folders.fs.exists(path)) return { kind: 'over' };
  }
  return { kind: 'lost' };
}

/** What a task has come to. */
interface Settlement {
  readonly place: TaskPlace;
  readonly fields: Fields;
  /** Whether anything may have been written down on the way. */
  readonly hadCheckpoint: boolean;
}

async function bringHome(parts: OutcomeParts, settling: TaskFile, { place, fields, hadCheckpoint }: Settlement): Promise<void> {
  const { folders, settled } = parts;
  const { fs, directory, layout } = folders;
  const { claim } = settling;
  if (claim === undefined) return;
  const stage = stageOf(folders, claim);
  if (fs.exists(stage)) {
    // Decided for good: else a power cut could leave the task where it was, and its outcome too.
    await secure(folders, `${directory}/${settling.place}`);
    await makePlace(folders, place);
    await renameOnce(folders, stage, pathOf(folders, place, settling.id));
  }
  await secure(folders, `${directory}/${place}`, layout.stages);
  // Before the claim goes: a stop in between has somebody come here again.
  await settled?.(settling.id, place, fields);
  if (hadCheckpoint) await dropCheckpoints(folders, settling);
  // If a power cut undoes that, it is found that the task is home.
  await removeIfThere(fs, settling.path);
}

/** Of two who bring it home one does. */
async function renameOnce({ fs }: TaskFolders, stage: string, path: string): Promise<void> {
  try {
    await renameStage(fs, stage, path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT') || fs.exists(stage)) throw error;
  }
}

/** Where the outcome of a claim is written. */
export function stageOf({ layout }: TaskFolders, claim: TaskClaimName): string {
  return `${layout.stages}/${formatTaskClaim({ ...claim, checkpoint: undefined, state: 'settling' })}`;
}
