import { errnoError } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';

/** Where the other device is mounted. */
const FAR = '/far/';

/** Numbers of files that nobody else uses, so that one can be chosen for a file on either device. */
const TO_SPARE = 1_000;

export interface TwoDevices {
  readonly fs: FileSystem;
  /** A new file on this device that has the number of one on the other. */
  twin(path: string, far: string, text: string): Promise<void>;
}

/** Two disks that give their files the same numbers, seen as one tree: what lies below `/far/` lies on the other one. */
export async function twoDevices(files: Readonly<Record<string, string>>): Promise<TwoDevices> {
  const spare = Array.from({ length: TO_SPARE }, (_, index) => [`/far/spare-${index}`, ''] as const);
  const isFar = (path: string): boolean => `${path}/`.startsWith(FAR);
  const of = (side: boolean) => Object.fromEntries(Object.entries(files).filter(([path]) => isFar(path) === side));
  const near = memoryDisk(of(false));
  const far = memoryDisk({ ...Object.fromEntries(spare), ...of(true) });
  const at = (path: string): FileSystem => (isFar(path) ? far : near);
  const both = (syscall: string, from: string, to: string): FileSystem => {
    if (isFar(from) !== isFar(to)) throw errnoError('EXDEV', syscall, from);
    return at(from);
  };
  const fs: FileSystem = {
    mkdir: (path) => at(path).mkdir(path),
    readdir: (path) => at(path).readdir(path),
    scan: (path, visit) => at(path).scan(path, visit),
    async lstat(path) {
      const found = await at(path).lstat(path);
      return found && { ...found, device: isFar(path) ? 2n : 1n };
    },
    exists: (path) => at(path).exists(path),
    link: async (from, to) => both('link', from, to).link(from, to),
    rename: async (from, to) => both('rename', from, to).rename(from, to),
    unlink: (path) => at(path).unlink(path),
    rmdir: (path) => at(path).rmdir(path),
    syncDirectory: (path) => at(path).syncDirectory(path),
    isLocal: (path) => at(path).isLocal(path),
    open: (path, mode) => at(path).open(path, mode),
  };
  return { fs, twin: (path, other, text) => makeTwin(fs, path, other, text) };
}

async function makeTwin(fs: FileSystem, path: string, other: string, text: string): Promise<void> {
  const wanted = (await fs.lstat(other))?.inode;
  for (let index = 0; index < 2 * TO_SPARE; index += 1) {
    const tried = `/spare-${index}`;
    const file = await fs.open(tried, 'append');
    file.write(new TextEncoder().encode(text), 0, text.length);
    file.close();
    if ((await fs.lstat(tried))?.inode === wanted) return fs.rename(tried, path);
  }
  throw new Error(`No file here gets the number of ${other}.`);
}
