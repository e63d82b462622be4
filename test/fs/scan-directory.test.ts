import { Dirent } from 'node:fs';
import { expect, it } from 'vitest';
import { scanDirectory } from '../../src/fs/scan-directory.ts';
import type { OpenDirectory } from '../../src/fs/scan-directory.ts';

/** As `Dirent` where Node had to look at the file itself. */
class LookedAt extends Dirent {}

function entry(name: string, untyped: boolean): Dirent {
  const made: unknown = Object.create((untyped ? LookedAt : Dirent).prototype, {
    name: { value: name },
    isFile: { value: () => true },
    isDirectory: { value: () => false },
  });
  if (made instanceof Dirent) return made;
  throw new Error('no Dirent');
}

interface StubOptions {
  /** Who is renamed between being read and being looked at. */
  readonly gone?: readonly string[];
  readonly untyped?: boolean;
  /** What the directory itself answers at its end. */
  readonly atTheEnd?: Error;
}

/** A directory as Node 20 reads it: a name that is gone throws, and takes along what was read behind it by the same call. */
function stub(names: readonly string[], { gone = [], untyped = false, atTheEnd }: StubOptions) {
  const log = { closed: 0, sizes: [] as number[] };
  const open: OpenDirectory = async (bufferSize) => {
    log.sizes.push(bufferSize);
    const [left, buffered]: [string[], Dirent[]] = [[...names], []];
    return {
      readSync() {
        if (buffered.length === 0) {
          if (left.length === 0 && atTheEnd) throw atTheEnd;
          for (const name of left.splice(0, bufferSize)) {
            if (untyped && gone.includes(name)) throw refusal('ENOENT', 'lstat');
            buffered.push(entry(name, untyped));
          }
        }
        return buffered.shift() ?? null;
      },
      closeSync: () => void (log.closed += 1),
    };
  };
  return { open, log };
}

function refusal(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: ${syscall}`), { code, syscall });
}

async function scanned(open: OpenDirectory, saysTypes: boolean): Promise<string[]> {
  const seen: string[] = [];
  await scanDirectory(open, (name, kind) => void seen.push(`${name} ${kind}`), saysTypes);
  return seen;
}

const NAMES = ['a', 'b', 'c', 'd'];

it.each([['a'], ['b'], ['d'], ['a', 'b', 'c'], NAMES])(
  'passes over who is gone on a disk without types, and nobody else: %s',
  async (...gone) => {
    for (const saysTypes of [true, false]) {
      const { open, log } = stub(NAMES, { gone, untyped: true });
      expect(await scanned(open, saysTypes)).toEqual(NAMES.filter((name) => !gone.includes(name)).map((name) => `${name} file`));
      expect(log.closed).toBe(log.sizes.length);
      expect(log.sizes.at(-1)).toBe(1);
    }
  },
);

it('reads many names by one call where they come with their types', async () => {
  const { open, log } = stub(NAMES, {});
  expect(await scanned(open, true)).toEqual(NAMES.map((name) => `${name} file`));
  expect(log).toEqual({ closed: 1, sizes: [256] });
  const empty = stub([], {});
  expect(await scanned(empty.open, true)).toEqual([]);
  expect(empty.log).toEqual({ closed: 1, sizes: [256] });
});

it('tells what the disk refuses, also that the directory is gone, and closes it', async () => {
  for (const atTheEnd of [refusal('EIO', 'lstat'), refusal('ENOENT', 'scandir')]) {
    for (const names of [[], NAMES]) {
      for (const untyped of [true, false]) {
        const { open, log } = stub(names, { untyped, atTheEnd });
        await expect(scanned(open, true)).rejects.toBe(atTheEnd);
        expect(log.closed).toBe(log.sizes.length);
      }
    }
  }
});
