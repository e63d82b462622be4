import { otherName } from './claim.ts';
import type { Claim, Shown } from './claimed-message.ts';
import { type FolderContext, secure } from './folder-context.ts';
import { removeKept } from './keep.ts';
import { findCopy } from './kept-copy.ts';

/** How a message ended. */
export type Standing = 'done' | 'failed';

/**
 * How a message ended before, though the disk refused to say so: it was shown where what is done, or given up, is kept. That
 * stands, since whoever finds its claim meanwhile goes by it; so its claim goes, and nothing else is to be decided. A stop
 * before that leaves it to who finds the claim. Undefined if nothing was shown: then the message is as it was.
 *
 * @param directory where it is to be shown now: there the repeat of what was refused finds it itself; undefined for nowhere
 */
export async function standing(context: FolderContext, claim: Claim, directory?: string | null): Promise<Standing | undefined> {
  const shown = await shownBefore(context, claim, directory);
  if (shown === undefined || shown.directory === directory) return undefined;
  if (context.durability === 'power') await secure(context, shown.directory);
  await removeKept(context, claim);
  return shown.directory === context.layout.doneDir ? 'done' : 'failed';
}

async function shownBefore(context: FolderContext, claim: Claim, directory: string | null | undefined): Promise<Shown | undefined> {
  const { shown, tried, name } = claim;
  if (shown !== undefined || tried === undefined || tried === directory) return shown;
  const { fs } = context;
  const found = await fs.lstat(claim.path);
  // A file that was moved away by who has it is known by its number, on that disk.
  const known = found ?? { inode: claim.inode, device: (await fs.lstat(context.layout.directory))?.device };
  if (known.inode === undefined || found?.links === 1) return undefined;
  for (const kept of [name, otherName(name, known.inode)]) {
    const there = await fs.lstat(`${tried}/${kept}`);
    if (there?.inode === known.inode && there.device === known.device) return (claim.shown = { directory: tried, kept });
  }
  const copied = found && (await findCopy(context, name, found));
  return (claim.shown = copied?.directory === tried ? copied : undefined);
}
