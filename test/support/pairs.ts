import type { FileSystem } from '../../src/fs/file-system.ts';
import { GroupedFolderQueue } from '../../src/queues/grouped-folder-queue.ts';
import { hastyClock } from './hasty-clock.ts';

/** Two files are a group: `put-0_east.tsv` and `put-0_west.tsv`. */
export const MEMBERS = ['east', 'west'] as const;

export const RULES = {
  groupKey: (name: string): string | undefined => /^(.+)_[a-z]+\.tsv$/.exec(name)?.[1],
  memberKey: (name: string): string | undefined => /_([a-z]+)\.tsv$/.exec(name)?.[1],
  members: MEMBERS,
  maxAttempts: 2,
};

/** Its files. */
export const namesOf = (group: string): string[] => MEMBERS.map((member) => `${group}_${member}.tsv`);

/** A reader of pairs for whom waiting takes no time. */
export function openPairs(fs: FileSystem, durability: 'power' | 'process' = 'power'): Promise<GroupedFolderQueue> {
  return GroupedFolderQueue.open('/q', { fileSystem: fs, clock: hastyClock(), watch: false, durability, ...RULES });
}
