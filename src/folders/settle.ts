import { type FailureReason } from '../formats/failure-reason.ts';
import { formatReport, formatReportName } from '../formats/failure-report.ts';
import { formatReportStage, parseReportStage } from '../formats/stage-name.ts';
import { isErrno } from '../fs/errno.ts';
import { claimFile } from '../fs/claim.ts';
import { makeDirectory } from '../fs/make-directory.ts';
import { discardStage, removeIfThere, stageFile } from '../fs/publish.ts';
import type { Claim } from './claimed-message.ts';
import { type FolderContext, secure } from './folder-context.ts';
import { scanIfThere } from './in-order.ts';
import { keepFile, removeKept } from './keep.ts';
import { type Ended, unlessStanding } from './standing.ts';
import { takeAway } from './take-away.ts';

/** Finishes a claimed message. */
export function finish(context: FolderContext, claim: Claim): Promise<Ended> {
  const { doneDir } = context.layout;
  return unlessStanding(context, claim, doneDir, () => (doneDir === null ? takeAway(context, claim) : keep(context, claim, doneDir)));
}

/**
 * Gives a claimed message up, its report beside it. A stop in between leaves it without, and what was staged of it goes when
 * the consumer is forgotten.
 */
export function giveUp(context: FolderContext, claim: Claim, consumer: string, error: FailureReason): Promise<Ended> {
  return unlessStanding(context, claim, context.layout.failedDir, () => keepFailed(context, claim, consumer, error));
}

async function keepFailed(context: FolderContext, claim: Claim, consumer: string, error: FailureReason): Promise<boolean> {
  const { fs, clock, durability, layout, names } = context;
  const { name, attempt } = claim;
  const stage = `${layout.failedDir}/${formatReportStage(consumer, names.next())}`;
  await makeDirectory(fs, layout.failedDir, { durable: durability === 'power' });
  const report = formatReport({ name, attempt, consumer, at: clock.wall().toISOString(), error });
  // A disk that is full still gives the message up, without a report.
  const isStaged = await stageFile(fs, stage, new TextEncoder().encode(report), { sync: durability === 'power' }).then(
    () => true,
    (problem: unknown) => {
      if (isErrno(problem, 'ENOSPC', 'EDQUOT', 'EFBIG')) return false;
      throw problem;
    },
  );
  const kept = await keepFile(context, claim, layout.failedDir).catch(async (problem: unknown) => {
    await discardStage(fs, stage);
    throw problem;
  });
  if (kept === undefined) {
    await discardStage(fs, stage);
    return false;
  }
  // Nobody else ever writes it: the file beside it is this one's alone.
  if (isStaged && (await claimFile(fs, stage, `${layout.failedDir}/${formatReportName(kept)}`))) await secure(context, layout.failedDir);
  await removeKept(context, claim);
  return true;
}

async function keep(context: FolderContext, claim: Claim, directory: string): Promise<boolean> {
  if ((await keepFile(context, claim, directory)) === undefined) return false;
  await removeKept(context, claim);
  return true;
}

/** Removes reports on what a dead consumer had, which nobody showed: all that it had has come to its end. */
export async function sweepReports({ fs, layout }: FolderContext, consumer: string): Promise<void> {
  const stages: string[] = [];
  await scanIfThere(fs, layout.failedDir, (file) => void (parseReportStage(file) === consumer && stages.push(file)));
  for (const stage of stages) await removeIfThere(fs, `${layout.failedDir}/${stage}`);
}
