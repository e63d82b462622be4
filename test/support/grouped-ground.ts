import { takeGroup } from '../../src/folders/group-claim.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { readSmallFile } from '../../src/fs/small-file.ts';
import type { ClaimedGroup } from '../../src/queues/claimed-group.ts';
import type { GroupedFolderQueueOptions } from '../../src/queues/folder-options.ts';
import { GroupedFolderQueue } from '../../src/queues/grouped-folder-queue.ts';
import { CrashingDisk } from './crashing-disk.ts';
import { GONE, openActor } from './folder-ground.ts';
import { hastyClock } from './hasty-clock.ts';

/** `monday_north.tsv` is the place `north` of the group `monday`, which has three. */
export const DAYS = {
  groupKey: (name: string): string | undefined => /^([a-z0-9]+)_/.exec(name)?.[1],
  memberKey: (name: string): string | undefined => /_([a-z]+)\.tsv$/.exec(name)?.[1],
  members: ['east', 'north', 'south'],
} as const;

/** All files of some days, in the folder; each holds its own name. */
export function days(...groups: readonly string[]): Record<string, string> {
  const names = groups.flatMap((group) => DAYS.members.map((member) => `${group}_${member}.tsv`));
  return Object.fromEntries(names.map((name) => [`/q/${name}`, name]));
}

/** A reader of groups for whom waiting takes no time. */
export function openGroups(fs: FileSystem, options: Partial<GroupedFolderQueueOptions> = {}): Promise<GroupedFolderQueue> {
  return GroupedFolderQueue.open('/q', { fileSystem: fs, clock: hastyClock(), watch: false, ...DAYS, ...options });
}

export async function nextGroup(queue: GroupedFolderQueue): Promise<ClaimedGroup> {
  const group = await queue.get();
  if (group === undefined) throw new Error('there is none');
  return group;
}

/** All groups that are left, each done, in the order in which they came: `group#attempt`. */
export async function doAllGroups(queue: GroupedFolderQueue): Promise<string[]> {
  const groups: string[] = [];
  for (let group = await queue.get(); group !== undefined; group = await queue.get()) {
    groups.push(`${group.group}#${group.attempt}`);
    await group.done();
  }
  return groups;
}

/** Files of which somebody has the group `mon` who is dead: claimed, or when its end was just decided. */
export async function heldByTheDead(
  files: Readonly<Record<string, string>>,
  state: 'wip' | 'finished' | 'failing' = 'wip',
): Promise<Record<string, string>> {
  const start = new CrashingDisk(files);
  const fs = start.process();
  const { context, consumer, die } = await openActor(fs, { identity: GONE });
  const names = Object.keys(days('mon')).map((path) => path.slice('/q/'.length));
  const taken = await takeGroup(context, 'mon', names, await consumer.claimer(0));
  if (taken.kind !== 'claimed') throw new Error(`the group is ${taken.kind}`);
  const { path } = taken.claim.first;
  if (state !== 'wip') await fs.rename(path, path.replace(/wip$/, state));
  die();
  // It tells how often anything is tried: who comes may want another number.
  await fs.unlink('/q/.dibs/queue.json');
  return start.files();
}

export async function textOf(fs: FileSystem, path: string): Promise<string> {
  const file = await readSmallFile(fs, path, 100_000);
  return file.kind === 'text' ? file.text : file.kind;
}

/** What lies in a directory, by name, without reports and stages: nothing if it is not there. */
export async function keptIn(fs: FileSystem, directory: string): Promise<string[]> {
  if (!fs.exists(directory)) return [];
  return (await fs.readdir(directory)).filter((name) => !name.endsWith('.json') && !name.startsWith('.')).toSorted();
}

/** What the files in a directory hold. */
export async function textsIn(fs: FileSystem, directory: string): Promise<string[]> {
  const names = await keptIn(fs, directory);
  return (await Promise.all(names.map((name) => textOf(fs, `${directory}/${name}`)))).toSorted();
}
