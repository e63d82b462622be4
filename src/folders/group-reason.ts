import { formatReasonNote, type NotedClaim, parseReasonNote } from '../formats/claim-note.ts';
import type { FailureReason } from '../formats/failure-reason.ts';
import { formatReport, parseReport, REPORT_BYTES } from '../formats/failure-report.ts';
import { isErrno } from '../fs/errno.ts';
import { discardStage, removeIfThere, stageFile } from '../fs/publish.ts';
import { readSmallFile } from '../fs/small-file.ts';
import { type FolderContext, secure } from './folder-context.ts';
import type { GroupClaim } from './group-claim.ts';
import { scanIfThere } from './in-order.ts';

/**
 * Notes why a group is given up, before that is decided: who completes it, if its consumer can't, finds the reason. A stop
 * after it leaves a note of a group that is taken back; it goes when its consumer is forgotten.
 */
export async function noteReason(context: FolderContext, group: GroupClaim, error: FailureReason): Promise<void> {
  const { fs, clock, durability, layout } = context;
  const { consumer, attempt, first } = group;
  const report = formatReport({ name: first.name, attempt, consumer, at: clock.wall().toISOString(), error });
  try {
    await stageFile(fs, pathOf(context, group), new TextEncoder().encode(report), { sync: durability === 'power' });
  } catch (problem) {
    // A disk that is full still gives the group up; and so does a folder that somebody purges.
    if (!isErrno(problem, 'ENOSPC', 'EDQUOT', 'EFBIG', 'ENOENT')) throw problem;
    return;
  }
  await secure(context, layout.stages);
}

/** Why that group is given up; undefined if that was not noted. */
export async function notedReason(context: FolderContext, claim: NotedClaim): Promise<FailureReason | undefined> {
  const found = await readSmallFile(context.fs, pathOf(context, claim), REPORT_BYTES);
  return found.kind === 'text' ? parseReport(found.text)?.error : undefined;
}

/** Once each file of the group has its own report, or the group is not given up after all. */
export function dropReason(context: FolderContext, claim: NotedClaim): Promise<void> {
  return discardStage(context.fs, pathOf(context, claim));
}

/** Removes what a dead consumer noted, of whose groups nothing is left. */
export async function sweepReasons(context: FolderContext, consumer: string): Promise<void> {
  const { fs, layout } = context;
  const notes: string[] = [];
  await scanIfThere(fs, layout.stages, (file) => void (parseReasonNote(file)?.consumer === consumer && notes.push(file)));
  for (const note of notes) await removeIfThere(fs, `${layout.stages}/${note}`);
}

function pathOf({ layout }: FolderContext, claim: NotedClaim): string {
  return `${layout.stages}/${formatReasonNote(claim)}`;
}
