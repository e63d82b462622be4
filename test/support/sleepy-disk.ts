import type { FileSystem } from '../../src/fs/file-system.ts';

export interface Sleep {
  /** Before which of its calls it sleeps, from 1. What happens at once does not count. */
  readonly call: number;
  /** What others do meanwhile. */
  readonly meanwhile: () => Promise<unknown>;
}

/** The disk as one process sees it that stands still once, before one of its calls, while others go on. */
export function sleepyDisk(fs: FileSystem, { call, meanwhile }: Sleep): FileSystem & { readonly calls: readonly string[] } {
  const calls: string[] = [];

  function counted<A extends unknown[], R>(name: string, act: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      calls.push(`${name} ${args.filter((arg) => typeof arg === 'string').join(' → ')}`);
      if (calls.length === call) await meanwhile();
      return act(...args);
    };
  }

  return {
    mkdir: counted('mkdir', (path) => fs.mkdir(path)),
    readdir: counted('readdir', (path) => fs.readdir(path)),
    scan: counted('scan', (path, visit) => fs.scan(path, visit)),
    isLocal: (path) => fs.isLocal(path),
    lstat: counted('lstat', (path) => fs.lstat(path)),
    exists: (path) => fs.exists(path),
    link: counted('link', (from, to) => fs.link(from, to)),
    rename: counted('rename', (from, to) => fs.rename(from, to)),
    unlink: counted('unlink', (path) => fs.unlink(path)),
    rmdir: counted('rmdir', (path) => fs.rmdir(path)),
    syncDirectory: counted('syncDirectory', (path) => fs.syncDirectory(path)),
    open: counted('open', (path, mode) => fs.open(path, mode)),
    calls,
  };
}
