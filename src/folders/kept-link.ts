import { formatKeptName } from '../formats/kept-name.ts';
import { errnoError } from '../fs/errno.ts';
import { linkOnce } from '../fs/publish.ts';
import type { Claim } from './claimed-message.ts';
import type { FolderContext } from './folder-context.ts';

/** Links a file into the directory: under its own name, or, where another file has that, with its inode behind it. */
export async function linkKept(context: FolderContext, claim: Claim, from: string, directory: string): Promise<string> {
  const { fs } = context;
  if (await linkOnce(fs, from, `${directory}/${claim.name}`)) return claim.name;
  const inode = claim.inode ?? (await fs.lstat(claim.path))?.inode;
  if (inode === undefined) throw errnoError('ENOENT', 'link', claim.path);
  const other = formatKeptName(claim.name, inode);
  if (await linkOnce(fs, from, `${directory}/${other}`)) return other;
  // An inode was given out again, and its name is there still.
  const name = other + context.names.next();
  if (await linkOnce(fs, from, `${directory}/${name}`)) return name;
  throw errnoError('EEXIST', 'link', `${directory}/${name}`);
}
