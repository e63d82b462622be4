import type { FileSystem } from '../../src/fs/file-system.ts';
import { messagesIn } from './folder-ground.ts';
import { FolderLife, type FolderUse } from './folder-life.ts';
import type { FolderPromises } from './folder-promises.ts';
import { DAYS, textsIn } from './grouped-ground.ts';

/** Has the next one work off the rest, and says what is wrong with what it finds, and leaves. */
export async function judgeFolderLife(
  fs: FileSystem,
  promises: FolderPromises,
  use: FolderUse,
  /** What it does. @default works off what is left */
  live: (life: FolderLife) => Promise<unknown> = (life) => life.workOff(),
): Promise<string[]> {
  const heir = new FolderLife(fs, promises, use);
  await live(heir);
  await heir.leave();
  const left = await messagesIn(fs);
  if (left.length > 0) promises.wrong.push(`left: ${left.join(', ')}`);
  await judgeEnds(fs, promises, use);
  // What comes once more was acknowledged as done, or as given up.
  const last = new FolderLife(fs, promises, use);
  await last.workOff();
  await last.leave();
  return promises.wrong;
}

async function judgeEnds(
  fs: FileSystem,
  { entries, wrong }: FolderPromises,
  { isGrouped = false, options = {} }: FolderUse,
): Promise<void> {
  const { doneDir = '/q/done', failedDir = '/q/failed' } = options;
  const isKept = doneDir !== null;
  const done = isKept ? await textsIn(fs, doneDir) : [];
  const failed = await textsIn(fs, failedDir);
  for (const text of [...done, ...failed]) if (!entries.has(text)) wrong.push(`${text || 'nothing'} is kept, and was never put`);
  for (const [name, entry] of entries) {
    const [asDone, asFailed] = [done, failed].map((texts) => texts.filter((text) => text === name).length);
    const ends = (asDone ?? 0) + (asFailed ?? 0);
    const mayBeGone = entry.put === 'asked' || (!isKept && entry.done !== 'no');
    if (ends > 1 || (ends < 1 && !mayBeGone)) wrong.push(`${name} is kept ${ends} times: ${JSON.stringify(entry)}`);
    if (entry.givenUp === 'acknowledged' && asFailed !== 1) wrong.push(`${name} is not given up any more`);
    const isExplained = fs.exists(`${failedDir}/${name}.error.json`);
    if (entry.givenUp === 'acknowledged' && !isExplained) wrong.push(`${name} was given up, and nothing says why`);
    if (entry.givenUp === 'no' && asFailed !== 0) wrong.push(`${name} is given up, and nobody asked for it`);
  }
  if (isGrouped) judgeGroups(failed, wrong);
}

/** A group ends as a whole. */
function judgeGroups(failed: readonly string[], wrong: string[]): void {
  for (const group of new Set(failed.map(DAYS.groupKey))) {
    const members = failed.filter((name) => DAYS.groupKey(name) === group);
    if (members.length !== DAYS.members.length) wrong.push(`of the group ${group} only ${members.join(', ')} were given up`);
  }
}
