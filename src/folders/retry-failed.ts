import { formatAgainName, originalName } from '../formats/claim-name.ts';
import { parseKeptName, parseKeptReport } from '../formats/kept-name.ts';
import { claimFile } from '../fs/claim.ts';
import { isErrno } from '../fs/errno.ts';
import type { EntryKind, FileStat } from '../fs/file-system.ts';
import { removeIfThere } from '../fs/publish.ts';
import { isSameFile } from '../fs/same-file.ts';
import { copyBack, finishRetries } from './copy-back.ts';
import { type FolderContext, secure } from './folder-context.ts';
import { inOrder, type NamedEntry } from './in-order.ts';
import { finishCopy } from './kept-copy.ts';
import { takeBackFromDead } from './dead-claims.ts';
import { isBeingGivenUp, whoGivesUp } from './giving-up.ts';
import { type Caretaker, maintain, type MaintenanceOptions } from './maintenance.ts';

/** A claim that is renamed meanwhile may be seen under neither name. */
const MOST_TRIES = 3;

interface KeptEntry extends NamedEntry {
  /** The file that a report lies beside. */
  readonly reportOf: string | undefined;
}

/**
 * Puts back to work what was given up, with all its attempts before it: each by one rename to a name of its own, so that
 * nothing newer of its name is touched. Gives how many. A group whose giving up was stopped is given up as a whole before;
 * of one that is being given up right now nothing comes back yet.
 *
 * A stop leaves each where it was or ready again; a report that is left alone goes with the next retry.
 *
 * @param names which of them, by their own names or those they have in `failedDir`; all without
 */
export async function retryFailed(
  context: FolderContext,
  caretaker: Caretaker,
  names?: ReadonlySet<string>,
  options: MaintenanceOptions = {},
): Promise<number> {
  const { fs, layout, rules } = context;
  const pick = (file: string, kind: EntryKind): KeptEntry | undefined => {
    if (kind !== 'file') return undefined;
    const name = parseKeptName(file, rules.extension);
    const report = name === null ? parseKeptReport(file, rules.extension) : null;
    const entry = name === null ? report && { file, name: report.name, reportOf: report.file } : { file, name, reportOf: undefined };
    return entry && (!names || names.has(entry.name) || names.has(entry.reportOf ?? file)) ? entry : undefined;
  };
  return maintain(context, 'retry', options, async () => {
    await finishRetries(context);
    if ((await whoGivesUp(context)).size > 0) await takeBackFromDead(context, caretaker);
    let count = 0;
    // Before the names are known, for who ends while they are listed; and after it: who began after that has none of them.
    const consumers = await whoGivesUp(context);
    const listed = async (): Promise<void> => (await whoGivesUp(context)).forEach((consumer) => consumers.add(consumer));
    for await (const entry of inOrder(fs, layout.failedDir, pick, listed)) {
      if (entry.reportOf === undefined && (await isBeingGivenUp(context, entry.file, consumers))) continue;
      // Its report comes after it, and goes when it is gone.
      if (entry.reportOf === undefined) count += (await retryOne(context, entry)) ? 1 : 0;
      else if (!fs.exists(`${layout.failedDir}/${entry.reportOf}`)) await removeIfThere(fs, `${layout.failedDir}/${entry.file}`);
    }
    if (count > 0) for (const directory of [layout.failedDir, layout.directory]) await secure(context, directory);
    return count;
  });
}

/** False if it is gone: somebody else was faster. */
async function retryOne(context: FolderContext, { name, file }: NamedEntry): Promise<boolean> {
  const { fs, layout, names } = context;
  const from = `${layout.failedDir}/${file}`;
  if (!(await finishGivingUp(context, name, from))) return false;
  const again = `${layout.directory}/${formatAgainName({ name, token: names.next(), attempts: 0 })}`;
  try {
    return await claimFile(fs, from, again);
  } catch (error) {
    if (!isErrno(error, 'EXDEV')) throw error;
    return copyBack(context, { name, file }, again);
  }
}

/**
 * Who gave it up may have been stopped before its claim was gone, or is about to remove it: that is done first. Else there
 * would be two of it, since only the name in `failedDir` tells that the claim is over. False if it is gone.
 */
async function finishGivingUp(context: FolderContext, name: string, from: string): Promise<boolean> {
  const { fs, layout, rules } = context;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const found = await fs.lstat(from);
    if (found === undefined) return false;
    if (found.links === 1) return true;
    const files: string[] = [];
    await fs.scan(layout.directory, (other, kind) => {
      if (kind === 'file' && other !== name && originalName(other, rules.extension) === name) files.push(`${layout.directory}/${other}`);
    });
    for (const path of files) if (isSameFile(await fs.lstat(path), found)) await removeOther(context, name, { path, from, found });
    await finishCopy(context, layout.failedDir, found, files);
  }
  // Somebody made a second name of it, elsewhere.
  return true;
}

/**
 * Removes another name of what was given up, which is known by an older look: who looked may have slept, and somebody else have
 * put the message back meanwhile. So that name is put back to work first, and goes only if the message is seen to lie
 * in `failedDir` still, whose name is never removed, but renamed. A stop leaves a name that whoever takes it finds to be over.
 */
async function removeOther(
  { fs, layout, names }: FolderContext,
  name: string,
  { path, from, found }: { readonly path: string; readonly from: string; readonly found: FileStat },
): Promise<void> {
  const again = `${layout.directory}/${formatAgainName({ name, token: names.next(), attempts: 0 })}`;
  if ((await claimFile(fs, path, again)) && isSameFile(await fs.lstat(from), found)) await removeIfThere(fs, again);
}
