import type { FileSystem } from '../../src/fs/file-system.ts';
import { withCalls } from '../../src/fs/with-calls.ts';

/** A disk that writes something else into some files, of the same length: what is shorter is followed by blank lines. */
export function changedWrites(fs: FileSystem, files: RegExp, change: (text: string) => string): FileSystem {
  return withCalls(fs, {
    open: async (path, mode) => {
      const file = await fs.open(path, mode);
      if (!files.test(path)) return file;
      return {
        write(bytes, offset, length, position) {
          const text = Buffer.from(bytes.subarray(offset, offset + length)).toString();
          return file.write(Buffer.from(change(text).padEnd(length, '\n')), 0, length, position);
        },
        read: (bytes, offset, length, position) => file.read(bytes, offset, length, position),
        size: () => file.size(),
        links: () => file.links(),
        truncate: (length) => file.truncate(length),
        syncNow: () => file.syncNow(),
        sync: () => file.sync(),
        close: () => file.close(),
      };
    },
  });
}
