import { basename, dirname, resolve } from 'node:path';
import { NotAClaimError } from './folder-errors.ts';
import { parseClaimName } from '../formats/claim-name.ts';
import { isSameFile } from '../fs/same-file.ts';
import type { Claim } from './claimed-message.ts';
import type { FolderContext } from './folder-context.ts';

/**
 * The claim that lies at a path, ours or anybody's: what became of it meanwhile is not asked.
 * @throws NotAClaimError
 */
export async function claimAt(context: FolderContext, path: string): Promise<Claim> {
  const { layout, rules } = context;
  const file = basename(path);
  const refuse = (why: string): NotAClaimError => new NotAClaimError(path, layout.directory, why);
  if (!(await isFolder(context, dirname(resolve(path))))) throw refuse('it lies elsewhere');
  const found = parseClaimName(file, rules.extension);
  if (found === null) throw refuse('its name is no claim of a message');
  if (found.state !== 'wip') throw refuse('what becomes of its group was decided before');
  return { name: found.name, attempt: found.attempt, path: `${layout.directory}/${file}`, inode: undefined };
}

/** A program may give the path back without the links that it had. */
async function isFolder({ fs, layout }: FolderContext, directory: string): Promise<boolean> {
  if (directory === layout.directory) return true;
  return isSameFile(await fs.lstat(`${directory}/.`), await fs.lstat(`${layout.directory}/.`));
}
