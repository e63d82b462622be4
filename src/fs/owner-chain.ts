import { NotAQueueError } from '../errors.ts';
import { parseJournalName } from '../formats/journal-name.ts';
import { formatOwnerName, LAST_OWNER, parseOwnerName } from '../formats/owner-record.ts';
import type { FileSystem } from './file-system.ts';
import { ownerNumbers, readOwnerFile } from './owner-file.ts';
import { removeIfThere, STAGE_PREFIX } from './publish.ts';

/**
 * The highest run that any owner had; 0 if there never was one, undefined if the last one's file is gone. A new owner's is
 * higher, and it reads this before it takes its number: so its run is unique for ever, also beside an earlier owner that
 * still writes because it does not know yet.
 */
export async function highestOwnerRun(fs: FileSystem, directory: string, names: readonly string[]): Promise<number | undefined> {
  const numbers = ownerNumbers(names);
  let run = 0;
  for (const number of numbers) {
    const found = await readOwnerFile(fs, directory, number);
    if (found === undefined && number === numbers.at(-1)) return undefined;
    // A damaged record had a run too, and as a rule it was its number.
    run = Math.max(run, number, found?.state?.record.run ?? 0);
  }
  return run;
}

/** For who finds the last number taken. Nobody comes to it in a hundred million openings: somebody made such a file. */
export function lastOfAll(directory: string, names: readonly string[]): NotAQueueError {
  const last = names.find((name) => (parseOwnerName(name) ?? parseJournalName(name)?.run) === LAST_OWNER);
  const found = `${last ?? formatOwnerName(ownerNumbers(names).at(-1) ?? 0)} has the last number there is`;
  return new NotAQueueError(directory, `${found}. If it is not meant to be there, move that file away and open the queue again`);
}

/**
 * Takes the directory from everyone before: false if there is a later owner. That can be, though our number was free: it
 * was taken, succeeded and removed while we stood still.
 */
export async function removeEarlier(
  fs: FileSystem,
  directory: string,
  number: number,
  { stage, sync }: { readonly stage: string; readonly sync: boolean },
): Promise<boolean> {
  const names = await fs.readdir(directory);
  const numbers = ownerNumbers(names);
  if (numbers.at(-1) !== number) return false;
  for (const earlier of numbers.slice(0, -1)) await removeFile(fs, `${directory}/${formatOwnerName(earlier)}`);
  // An earlier owner whose stage this takes away knows by it. Who is at work on one finds us, and is locked out.
  const stages = names.filter((name) => name.startsWith(STAGE_PREFIX)).map((name) => `${directory}/${name}`);
  for (const path of stages) if (path !== stage) await removeFile(fs, path);
  if (sync) await fs.syncDirectory(directory);
  return true;
}

/** What is no file has no owner that could look for it: it may stay. */
async function removeFile(fs: FileSystem, path: string): Promise<void> {
  try {
    await removeIfThere(fs, path);
  } catch (error) {
    if ((await fs.lstat(path))?.kind === 'file') throw error;
  }
}
