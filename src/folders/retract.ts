import { formatClaimName } from '../formats/claim-name.ts';
import { formatReportName } from '../formats/failure-report.ts';
import { claimFile } from '../fs/claim.ts';
import { isErrno } from '../fs/errno.ts';
import { removeIfThere } from '../fs/publish.ts';
import type { Claimer } from './claim.ts';
import type { Claim, Shown } from './claimed-message.ts';
import { copyBack } from './copy-back.ts';
import { type FolderContext, secure } from './folder-context.ts';
import { shownBefore } from './keep.ts';
import { endCopy } from './kept-copy.ts';

/**
 * Before something else is decided than what the disk refused: what was shown by that is taken back, and the message is
 * claimed as it was before, under a new name. False if the claim is gone; then nothing was changed.
 *
 *     shown, and claimed ─▶ the claim removed ─▶ what was shown renamed to a claim of ours
 *
 * The message never lies in two places: a stop after the first step leaves it as it was decided first, and one after the
 * second claimed. And the first step says whether it is still ours: were what is shown removed instead, one who slept could
 * remove all there is, since whoever took its claim back has removed that, for what was shown.
 * The new name is one that nobody knows of: under the old one it may be seen, and about to be removed.
 *
 * @param directory where it is to be shown next: there it may stay; undefined for nowhere
 */
export async function retract(
  context: FolderContext,
  claim: Claim,
  directory: string | null | undefined,
  claimer: () => Claimer | Promise<Claimer>,
): Promise<boolean> {
  const shown = await shownBefore(context, claim, directory ?? null);
  if (shown === undefined) return true;
  if (shown.left !== 'back') {
    if (shown.directory === directory) return true;
    const alone = shown.left === 'alone' ? shown : await removeClaim(context, claim, shown);
    if (alone === undefined || !(await claimAnew(context, claim, alone, claimer))) return false;
  }
  await removeIfThere(context.fs, `${shown.directory}/${formatReportName(shown.kept)}`);
  // Before anything is acknowledged that is decided now: a power cut must not bring back what was decided before.
  for (const changed of [context.layout.directory, shown.directory]) await secure(context, changed);
  claim.shown = undefined;
  claim.tried = undefined;
  return true;
}

/** From here on the message is where it was shown, and only there. Undefined if somebody took the claim back. */
async function removeClaim(context: FolderContext, claim: Claim, shown: Shown): Promise<Shown | undefined> {
  await secure(context, shown.directory);
  try {
    await context.fs.unlink(claim.path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
  return (claim.shown = { ...shown, left: 'alone' });
}

/** False if somebody put it back to work meanwhile. */
async function claimAnew(context: FolderContext, claim: Claim, shown: Shown, claimer: () => Claimer | Promise<Claimer>): Promise<boolean> {
  const { fs, layout } = context;
  const { name, attempt } = claim;
  // The removal of the claim is safe first: else a power cut may leave it beside the new one.
  if (shown.copy === undefined) await secure(context, layout.directory);
  else await endCopy(context, shown.copy);
  const { consumer, claim: number } = await claimer();
  const path = `${layout.directory}/${formatClaimName({ name, consumer, claim: number, attempt, state: 'wip' })}`;
  const isOurs =
    shown.copy === undefined
      ? await claimFile(fs, `${shown.directory}/${shown.kept}`, path)
      : await copyBack(context, shown.directory, { name, file: shown.kept }, path);
  if (!isOurs) return false;
  claim.path = path;
  // A copy has a number of its own.
  if (shown.copy !== undefined) claim.inode = undefined;
  claim.shown = { ...shown, left: 'back' };
  return true;
}
