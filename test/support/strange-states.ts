import { posix } from 'node:path';
import { judgeStates } from '../processes/allowed-states.mjs';
import type { CrashingDisk } from './crashing-disk.ts';

/**
 * What lies in `/q` of a disk that no stop may leave, by the tables of docs/crashes.md. What lies on another device, in `/far`, is
 * called there as it would be in the folder, and where messages came from, `/in`, lies beside it.
 */
export function strangeStates(kind: 'queue' | 'folder', left: CrashingDisk): string[] {
  const found = [...left.walk()].map(([path, file]) => ({ path: inTable(path), file: String(file.inode) }));
  return judgeStates(kind, found);
}

function inTable(path: string): string {
  if (path.startsWith('/far/')) return path.slice('/far/'.length);
  return path.startsWith('/in/') ? `../source/${path.slice('/in/'.length)}` : posix.relative('/q', path);
}
