import { errnoError } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { withCalls } from '../../src/fs/with-calls.ts';

/** A disk of which some links are refused, as between devices, or where there are no hard links. */
export function withLink(fs: FileSystem, whyNot: (from: string, to: string) => string | undefined): FileSystem {
  return withCalls(fs, {
    async link(from, to) {
      const code = whyNot(from, to);
      if (code !== undefined) throw errnoError(code, 'link', from);
      await fs.link(from, to);
    },
  });
}
