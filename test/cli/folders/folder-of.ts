import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../../support/temp-folder.ts';
import { dibs } from '../dibs.ts';

/** A directory in which `q` is a folder queue of these files, each with its own name in it. */
export async function folderOf(names: readonly string[], ...words: readonly string[]): Promise<string> {
  const cwd = tempFolder();
  mkdirSync(join(cwd, 'in'));
  for (const name of names) writeFileSync(join(cwd, 'in', name), name);
  await dibs(['put', 'q', '--files', ...words, '--', ...names.map((name) => `in/${name}`)], { cwd });
  return cwd;
}
