import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundled.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CACHE = join(ROOT, 'node_modules', '.cache', 'dibs');

/** What tests load or start of `dist`, and what of it together: the disk of one has to be the disk of the other, and its errors. */
const LOADED = [
  ['index.js', 'tasks.js'],
  ['testing/index.js'],
  ['cli/main.js'],
  ['doctor/racer.js'],
  ['fs/claim.js', 'fs/disk.js', 'fs/ownership.js'],
];

/** What is copied: the programs that tests start, and what makes `dibs` the name of the package around them. */
const COPIED = ['package.json', 'examples', join('test', 'processes')];

const A_DAY_MS = 24 * 3_600_000;

/**
 * A copy of this package in which `dist`, and all that it uses, is one file for each entry instead of some 250: Node starts what
 * stands on it in half of the time, and the suite starts hundreds of programs. Made once for each build; gives where it is.
 */
export async function bundledPackage(): Promise<string> {
  const name = `bundled-${fingerprint()}`;
  const place = join(CACHE, name);
  if (existsSync(place)) return place;
  const stage = join(CACHE, `stage-${name}-${process.pid}`);
  for (const names of LOADED) {
    await bundle(Object.fromEntries(names.map((file) => [file, join(ROOT, 'dist', file)])), join(stage, 'dist'));
  }
  for (const part of COPIED) cpSync(join(ROOT, part), join(stage, part), { recursive: true, filter: (path) => !path.endsWith('.ts') });
  try {
    renameSync(stage, place);
  } catch (error) {
    // Another run was faster.
    rmSync(stage, { recursive: true, force: true });
    if (!existsSync(place)) throw error;
  }
  removeOld();
  return place;
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const part of ['package-lock.json', 'dist', ...COPIED]) {
    for (const path of filesIn(join(ROOT, part))) {
      const { size, mtimeMs } = statSync(path);
      hash.update(`${path}\t${size}\t${mtimeMs}\n`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** A run that still uses one began a day ago at most. */
function removeOld(): void {
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    if (name.includes('bundled-') && Date.now() - statSync(path).mtimeMs > A_DAY_MS) rmSync(path, { recursive: true, force: true });
  }
}
