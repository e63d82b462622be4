import { otherName } from './claim.ts';
import type { Claim, Shown } from './claimed-message.ts';
import type { FolderContext } from './folder-context.ts';
import { removeKept, secureShown } from './keep.ts';
import { findCopy } from './kept-copy.ts';
import { takeAway } from './take-away.ts';

/** How a message ended. */
export type Standing = 'done' | 'failed';

/** Whether it is so now: false if the claim is gone, and then nothing was changed; else what had become of it before, and stands. */
export type Ended = boolean | Standing;

/** What `end` comes to, unless an earlier end stands. Of most claims none was begun: for those nothing is awaited. */
export function unlessStanding(
  context: FolderContext,
  claim: Claim,
  directory: string | null | undefined,
  end: () => Promise<Ended>,
): Promise<Ended> {
  if (claim.gone === undefined && claim.shown === undefined && claim.tried === undefined) return end();
  return standing(context, claim, directory).then((stands) => stands ?? end());
}

/**
 * How a message ended before, though the disk refused to say so: it was shown where what is done, or given up, is kept, or
 * went, since what is done is not kept. That stands: whoever finds its claim meanwhile goes by it. So its claim goes, if it
 * is there still, and nothing else is to be decided. A stop before that leaves it to who finds the claim. Undefined if
 * nothing was shown: then the message is as it was.
 *
 * @param directory where it is to be shown now: there the repeat of what was refused finds it itself; undefined for nowhere
 */
export async function standing(context: FolderContext, claim: Claim, directory?: string | null): Promise<Standing | undefined> {
  if (claim.gone !== undefined && directory !== null) return (await takeAway(context, claim), 'done');
  const shown = await shownBefore(context, claim, directory);
  if (shown === undefined || shown.directory === directory) return undefined;
  await secureShown(context, shown);
  await removeKept(context, claim);
  return shown.directory === context.layout.doneDir ? 'done' : 'failed';
}

async function shownBefore(context: FolderContext, claim: Claim, directory: string | null | undefined): Promise<Shown | undefined> {
  const { shown, tried, name } = claim;
  if (shown !== undefined || tried === undefined) return shown;
  const { fs } = context;
  const found = await fs.lstat(claim.path);
  if (found !== undefined && tried === directory) return undefined;
  // A file that was moved away, by who has it or without hard links by us, is known by its number, on that disk.
  const known = found ?? { inode: claim.inode, device: (await fs.lstat(context.layout.directory))?.device };
  if (known.inode === undefined || found?.links === 1) return undefined;
  for (const kept of [name, otherName(name, known.inode)]) {
    const there = await fs.lstat(`${tried}/${kept}`);
    if (there?.inode === known.inode && there.device === known.device)
      return (claim.shown = { directory: tried, kept, isMoved: found === undefined });
  }
  const copied = found && (await findCopy(context, name, found));
  return (claim.shown = copied?.directory === tried ? copied : undefined);
}
