/** What a directory takes of the disk, as `du` counts it: the blocks of its files and of the directories themselves. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const BLOCK = 512;

export function bytesOnDisk(path) {
  const stat = lstatSync(path);
  const inside = stat.isDirectory() ? readdirSync(path).map((name) => bytesOnDisk(join(path, name))) : [];
  return inside.reduce((sum, bytes) => sum + bytes, stat.blocks * BLOCK);
}
