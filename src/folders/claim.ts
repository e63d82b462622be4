import { formatAgainName, formatClaimName, parseReadyName } from '../formats/claim-name.ts';
import { formatKeptName } from '../formats/kept-name.ts';
import { claimFile, giveBack } from '../fs/claim.ts';
import type { FileStat } from '../fs/file-system.ts';
import { removeIfThere } from '../fs/publish.ts';
import { isSameFile } from '../fs/same-file.ts';
import { type FolderContext, secure } from './folder-context.ts';
import type { Claim } from './claimed-message.ts';
import { endCopy, findCopy } from './kept-copy.ts';

/** Who claims, and the number of this claim, which it has never used before. */
export interface Claimer {
  readonly consumer: string;
  readonly claim: number;
}

/**
 * What became of the try to take a file. `spent`: its attempts were used up before, and this claim is none of them: it is
 * to be given up. `over`: it was finished before, or is no message: there is nothing to do.
 */
export type Taken = { readonly kind: 'claimed' | 'spent'; readonly claim: Claim } | { readonly kind: 'lost' } | { readonly kind: 'over' };

const LOST: Taken = { kind: 'lost' };
const OVER: Taken = { kind: 'over' };

/**
 * Takes a ready file: one rename, to a name that nobody else uses, which carries the attempt. A stop after it leaves a claim
 * whose consumer is found dead. It is not synced: what a power cut undoes of it makes the message ready again.
 */
export async function takeFile(context: FolderContext, file: string, { consumer, claim: number }: Claimer): Promise<Taken> {
  const { fs, layout, rules } = context;
  const ready = parseReadyName(file, rules.extension);
  if (ready === null) return LOST;
  const isSpent = ready.attempts >= rules.maxAttempts;
  const attempt = isSpent ? ready.attempts : ready.attempts + 1;
  const path = `${layout.directory}/${formatClaimName({ name: ready.name, consumer, claim: number, attempt, state: 'wip' })}`;
  try {
    if (!(await claimFile(fs, `${layout.directory}/${file}`, path))) return LOST;
    // Only now: since it was listed it may have been replaced by a link or a directory, which leads out of the folder.
    const found = await fs.lstat(path);
    // Somebody cleared the folder up meanwhile.
    if (found === undefined) return LOST;
    const claim: Claim = { name: ready.name, path, attempt, inode: found.inode, shown: undefined, tried: undefined, gone: undefined };
    if (found.kind !== 'file') return (await putBack(context, claim, ready.attempts), OVER);
    // Under its plain name too: a power cut may bring that back, and leave the message where finished ones lie.
    if (found.links > 1 && (await endIfFinished(context, claim, found))) return OVER;
    return { kind: isSpent ? 'spent' : 'claimed', claim };
  } catch (error) {
    await undoClaim(context, { name: ready.name, path }, ready.attempts);
    throw error;
  }
}

/**
 * Gives a claim back under a name of its own, after so many counted attempts: false if it was taken back before. Never under
 * its plain name, which a newer message may have. A stop leaves it claimed or given back.
 */
export function putBack(
  { fs, layout, names }: FolderContext,
  { name, path }: Pick<Claim, 'name' | 'path'>,
  attempts: number,
): Promise<boolean> {
  return giveBack(fs, path, `${layout.directory}/${formatAgainName({ name, token: names.next(), attempts })}`);
}

/**
 * The disk refused a claim, which it may have made all the same: nobody has it in hands, so it goes back at once, and was no
 * attempt. If that is refused too, our next look finds it, or whoever finds us dead; then it counts, as what a stop leaves.
 */
export async function undoClaim(context: FolderContext, claim: Pick<Claim, 'name' | 'path'>, attempts: number): Promise<void> {
  await putBack(context, claim, attempts).catch(() => false);
}

/**
 * A `done` was stopped between showing the file where finished ones lie, or a copy of it on another device, and removing its
 * claim: what is left is to do that. False if it was not finished; then it may be handed out.
 */
export async function endIfFinished(context: FolderContext, { name, path }: Claim, found: FileStat): Promise<boolean> {
  const kept = await linkAsFinished(context, name, found);
  if (kept !== undefined) {
    // Whoever showed it may have been stopped before that was safe: it is to be there when its claim is not.
    await secure(context, kept);
    await removeIfThere(context.fs, path);
    return true;
  }
  const shown = await findCopy(context, name, found);
  if (shown?.copy === undefined) return false;
  await removeIfThere(context.fs, path);
  await endCopy(context, shown.copy);
  return true;
}

/** Which directory of finished ones it lies in. */
async function linkAsFinished({ fs, layout }: FolderContext, name: string, found: FileStat): Promise<string | undefined> {
  for (const directory of [layout.doneDir, layout.failedDir]) {
    if (directory === null) continue;
    for (const kept of [name, otherName(name, found.inode)]) {
      if (isSameFile(await fs.lstat(`${directory}/${kept}`), found)) return directory;
    }
  }
  return undefined;
}

/** What a file is called where another one has its name. */
export function otherName(name: string, inode: bigint): string {
  return formatKeptName(name, inode);
}
