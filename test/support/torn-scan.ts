import type { EntryKind, FileSystem } from '../../src/fs/file-system.ts';
import { withCalls } from '../../src/fs/with-calls.ts';

/**
 * A disk whose listings take time, as they do where a folder is large or far away: something happens before each, and in its
 * middle. What is renamed then from the second half to the first shows under neither name.
 */
export function tornScan(
  fs: FileSystem,
  { before, within }: { readonly before: (scan: number) => Promise<unknown>; readonly within: (scan: number) => Promise<unknown> },
): FileSystem & { readonly scans: number } {
  let scans = 0;
  const torn = withCalls(fs, {
    async scan(path, visit) {
      scans += 1;
      const scan = scans;
      await before(scan);
      const seen = new Map<string, EntryKind>();
      await fs.scan(path, (name, kind) => void seen.set(name, kind));
      const names = [...seen.keys()].toSorted();
      const half = names.slice(0, Math.ceil(names.length / 2));
      for (const name of half) await visit(name, seen.get(name) ?? 'other');
      await within(scan);
      const later = new Map<string, EntryKind>();
      await fs.scan(path, (name, kind) => void later.set(name, kind));
      const last = half.at(-1) ?? '';
      for (const name of [...later.keys()].toSorted()) if (name > last) await visit(name, later.get(name) ?? 'other');
    },
  });
  return {
    ...torn,
    get scans() {
      return scans;
    },
  };
}
