import type { FileSystem, OpenFile } from '../../src/fs/file-system.ts';
import { withCalls } from '../../src/fs/with-calls.ts';

/** A sync that was begun. */
export interface SlowSync {
  readonly path: string;
  /** Lets it succeed. */
  end(): void;
  fail(error: unknown): void;
}

/** A disk on which a `sync` takes as long as the test likes; all else happens as ever. */
export function slowSyncs(fs: FileSystem): { readonly fs: FileSystem; readonly syncs: SlowSync[] } {
  const syncs: SlowSync[] = [];
  const slow = (file: OpenFile, path: string): OpenFile => ({
    write: (bytes, offset, length, position) => file.write(bytes, offset, length, position),
    read: (bytes, offset, length, position) => file.read(bytes, offset, length, position),
    size: () => file.size(),
    links: () => file.links(),
    truncate: (length) => file.truncate(length),
    syncNow: () => file.syncNow(),
    sync: () => new Promise((resolve, reject) => syncs.push({ path, end: resolve, fail: reject })),
    close: () => file.close(),
  });
  const open: FileSystem['open'] = async (path, mode) => slow(await fs.open(path, mode), path);
  return { syncs, fs: withCalls(fs, { open }) };
}
