import { claimFile } from '../fs/claim.ts';
import { isErrno } from '../fs/errno.ts';
import { removeIfThere } from '../fs/publish.ts';
import type { Claim } from './claimed-message.ts';
import { type FolderContext, secure } from './folder-context.ts';

/**
 * Without a place for what is finished, it goes. On a disk of this machine `unlink` decides. Elsewhere its reply may be
 * lost, and nobody could tell a message that was finished from a claim that was taken back: so a rename decides. False if
 * the claim was gone before. What the disk refuses after that a repeat completes.
 */
export function takeAway(context: FolderContext, claim: Claim): Promise<boolean> {
  return context.isLocal ? unlinkClaim(context, claim) : renameAway(context, claim);
}

async function unlinkClaim(context: FolderContext, claim: Claim): Promise<boolean> {
  const { fs, layout, durability } = context;
  try {
    if (claim.gone === undefined) await fs.unlink(claim.path);
  } catch (error) {
    // Somebody took it back.
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
  claim.gone = claim.path;
  if (durability === 'power') await secure(context, layout.directory);
  return true;
}

async function renameAway(context: FolderContext, claim: Claim): Promise<boolean> {
  const { fs, layout, names } = context;
  if (claim.gone === undefined) {
    const gone = `${layout.own}/${names.next()}.gone`;
    if (!(await claimFile(fs, claim.path, gone))) return false;
    claim.gone = gone;
  }
  await secure(context, layout.directory);
  await removeIfThere(fs, claim.gone);
  return true;
}
