import { join } from 'node:path';
import { OWN_DIRECTORY } from '../folders/folder-layout.ts';
import { MANIFEST_FILE, MANIFEST_FORMAT } from '../formats/manifest.ts';
import { isErrno } from '../fs/errno.ts';
import { readRecord } from '../fs/record-store.ts';
import { quoteCommand } from './child/command-template.ts';
import { machineDisk } from './library.ts';
import { UsageError } from './usage-error.ts';

/** What a directory holds: files that are messages, values in journals, or nothing that says so. */
export type QueueKind = 'folder' | 'values' | 'nothing';

/**
 * Looks what a directory is, and touches nothing. A message of a folder may be called `queue.json`, so the directory that
 * every folder queue has decides first.
 */
export async function kindOf(directory: string): Promise<QueueKind> {
  const disk = await machineDisk();
  try {
    if ((await disk.lstat(join(directory, OWN_DIRECTORY)))?.kind === 'directory') return 'folder';
    const manifest = await readRecord(disk, join(directory, MANIFEST_FILE), MANIFEST_FORMAT);
    return manifest.kind === 'absent' || manifest.kind === 'foreign' ? 'nothing' : 'values';
  } catch (error) {
    // The library says of what can't be read what to do.
    if (isErrno(error, 'EACCES', 'EPERM')) return 'nothing';
    throw error;
  }
}

/** Options by their names, as they are typed. */
export type OptionFlags = Readonly<Record<string, string>>;

/** Refuses what means nothing to a queue of this kind. */
export function refuseOptions(verb: string, directory: string, options: object, flags: OptionFlags, kind: 'folder' | 'values'): void {
  const given = new Map<string, unknown>(Object.entries(options));
  const [flag] = Object.entries(flags).flatMap(([name, words]) => (given.get(name) === undefined ? [] : [words]));
  if (flag === undefined) return;
  const [is, wants] = kind === 'folder' ? ['a folder of files', 'queues of values'] : ['a queue of values', 'folders of files'];
  throw new UsageError(`${flag} is for ${wants}, and ${quoteCommand([directory])} is ${is}. Run: dibs ${verb} --help`);
}
