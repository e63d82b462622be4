import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { type FoundName, judgeStates, namesBelow } from '../processes/allowed-states.mjs';

/** What lies in the store of a real directory, and in `out` beside it, is what some stop may leave. Nobody may be at work there. */
export function expectAllowedStates(directory: string): void {
  const outputs = join(directory, '..', 'out');
  expect(judgeStates('store', namesBelow(directory, existsSync(outputs) ? outputs : undefined))).toEqual([]);
}

/** The same of a disk in memory. */
export async function expectAllowedStatesOn(fs: FileSystem, root: string): Promise<void> {
  expect(judgeStates('store', await filesBelow(fs, root, ''))).toEqual([]);
}

async function filesBelow(fs: FileSystem, root: string, below: string): Promise<FoundName[]> {
  const found: FoundName[] = [];
  const directories: string[] = [];
  const files: string[] = [];
  await fs.scan(`${root}${below}`, (name, kind) => void (kind === 'directory' ? directories : files).push(`${below}/${name}`));
  for (const path of files) found.push({ path: path.slice(1), file: String((await fs.lstat(`${root}${path}`))?.inode) });
  for (const directory of directories) found.push(...(await filesBelow(fs, root, directory)));
  return found;
}
