import { randomBytes } from 'node:crypto';
import { claimFile } from '../fs/claim.ts';
import { isErrno } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { removeTree } from '../fs/remove-tree.ts';

/** Begins the name of what is being removed: no use case or batch is called so. */
const GONE = '.gone-';

/**
 * Removes a directory of an area with all that is in it: false if there is none. One rename takes it out of the sight of all
 * who work in it, so that nobody meets a half of it, nor does the next of that name. A stop after that leaves what the next
 * removal in that area removes.
 */
export async function removeRoom(fs: FileSystem, area: string, name: string, { durable }: { durable: boolean }): Promise<boolean> {
  const isRemoved = await claimFile(fs, `${area}/${name}`, `${area}/${GONE}${randomBytes(6).toString('hex')}`);
  // Before anything in it goes: a power cut would bring back a part of it.
  if (isRemoved && durable) await fs.syncDirectory(area);
  for (const gone of await goneIn(fs, area)) await removeTree(fs, gone);
  return isRemoved;
}

async function goneIn(fs: FileSystem, area: string): Promise<string[]> {
  try {
    return (await fs.readdir(area)).filter((name) => name.startsWith(GONE)).map((name) => `${area}/${name}`);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
