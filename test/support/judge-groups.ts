import type { FileSystem } from '../../src/fs/file-system.ts';
import { keptIn, textOf } from './folder-deeds.ts';
import type { GroupEntry, GroupLedger } from './group-deeds.ts';
import { mortal } from './mortal.ts';
import { MEMBERS, namesOf, openPairs, RULES } from './pairs.ts';

/** Works off a folder of groups as the next program would, and says what is wrong with what it finds. */
export async function judgeGroups(fs: FileSystem, ledger: GroupLedger): Promise<string[]> {
  const wrong: string[] = [];
  // Who was stopped while it put back what was given up does so again.
  const isRetry = [...ledger.values()].some(({ isBeingRetried }) => isBeingRetried);
  const { delivered, waiting } = await workOff(fs, wrong, isRetry);
  const [done, failed] = [await keptIn(fs, '/q/done'), await keptIn(fs, '/q/failed')];
  const groups = new Set([...ledger.keys()].map((name) => RULES.groupKey(name) ?? name));
  for (const group of delivered) if (!groups.has(group)) wrong.push(`${group} comes from nowhere`);
  for (const group of groups) {
    const names = namesOf(group);
    const keptOf = (kept: readonly string[]): string[] => kept.filter((one) => names.includes(one));
    const found = { times: delivered.filter((one) => one === group).length, done: keptOf(done), failed: keptOf(failed) };
    const entries = names.map((name) => ledger.get(name));
    wrong.push(...judgeGroup(entries, found).map((what) => `${group} ${what}`));
    if (found.done.length + found.failed.length > 0) continue;
    for (const name of names) if (ledger.get(name)?.put === 'acknowledged' && !waiting.includes(name)) wrong.push(`${name} is lost`);
    if (entries.every((entry) => entry?.put === 'acknowledged')) wrong.push(`${group} did not come to its end`);
  }
  if ((await workOff(fs, wrong)).delivered.length > 0) wrong.push('something comes again after all was done');
  return wrong;
}

interface FoundGroup {
  /** How often it was delivered. */
  readonly times: number;
  /** Its files where finished ones go, and where those go that were given up. */
  readonly done: readonly string[];
  readonly failed: readonly string[];
}

function judgeGroup(entries: readonly (GroupEntry | undefined)[], { times, done, failed }: FoundGroup): string[] {
  const wrong: string[] = [];
  const is = (field: 'done' | 'givenUp', how: string): boolean => entries.some((entry) => entry?.[field] === how);
  const ends = [...done, ...failed];
  if (times > 1) wrong.push(`was delivered ${times} times`);
  if (new Set(ends).size < ends.length) wrong.push('has a file that ended twice');
  if (done.length > 0 && failed.length > 0) wrong.push('is done in part and given up in part');
  if (ends.length > 0 && ends.length < MEMBERS.length) wrong.push(`is torn: only ${ends.join()} came to its end`);
  if (is('done', 'acknowledged') && times > 0) wrong.push('comes again, though it was done');
  if (is('givenUp', 'acknowledged') && (times > 0 || failed.length === 0)) wrong.push('is not given up any more');
  if (failed.length > 0 && !is('givenUp', 'asked') && !is('givenUp', 'acknowledged')) wrong.push('is given up, and nobody asked for it');
  return wrong;
}

interface WorkedOff {
  readonly delivered: readonly string[];
  /** The files of groups that are not whole. */
  readonly waiting: readonly string[];
}

async function workOff(fs: FileSystem, wrong: string[], isRetry = false): Promise<WorkedOff> {
  const delivered: string[] = [];
  const queue = await openPairs(mortal(fs));
  if (isRetry) await queue.retry();
  for (let group = await queue.get(); group !== undefined; group = await queue.get()) {
    delivered.push(group.group);
    if (group.files.map(({ name }) => name).join() !== namesOf(group.group).join()) wrong.push(`${group.group} came in parts`);
    for (const { name, path } of group.files) if ((await read(fs, path)) !== textOf(name)) wrong.push(`${name} is not whole`);
    await group.done();
  }
  const waiting = queue.incomplete.flatMap(({ files }) => files);
  await queue.dispose();
  return { delivered, waiting };
}

async function read(fs: FileSystem, path: string): Promise<string> {
  const opened = await fs.open(path, 'read');
  const bytes = new Uint8Array(opened.size());
  opened.read(bytes, 0, bytes.length, 0);
  opened.close();
  return new TextDecoder().decode(bytes);
}
