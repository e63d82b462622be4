import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FileSystem } from '../../src/fs/file-system.ts';

/** Lets several actors go on one call at a time, in an order that the test chooses: what a scheduler might do to processes. */
export interface Turns {
  /** The disk as one actor sees it: each of its calls waits for its turn. What happens at once on an open file does not. */
  of(fs: FileSystem): FileSystem;
  /** Waits for a turn. */
  take(): Promise<void>;
  /** Gives turns until all actors are done. `choose` picks one of `n` who wait. */
  run(actors: readonly Promise<unknown>[], choose: (n: number) => number): Promise<void>;
}

export function turns(): Turns {
  const waiting: (() => void)[] = [];
  const take = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));

  function inTurn<A extends unknown[], R>(call: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      await take();
      return call(...args);
    };
  }

  return {
    take,
    of: (fs) => ({
      mkdir: inTurn((path) => fs.mkdir(path)),
      readdir: inTurn((path) => fs.readdir(path)),
      scan: inTurn((path, visit) => fs.scan(path, visit)),
      isLocal: (path) => fs.isLocal(path),
      lstat: inTurn((path) => fs.lstat(path)),
      exists: (path) => fs.exists(path),
      link: inTurn((from, to) => fs.link(from, to)),
      rename: inTurn((from, to) => fs.rename(from, to)),
      unlink: inTurn((path) => fs.unlink(path)),
      rmdir: inTurn((path) => fs.rmdir(path)),
      syncDirectory: inTurn((path) => fs.syncDirectory(path)),
      open: inTurn((path, mode) => fs.open(path, mode)),
    }),
    async run(actors, choose) {
      let areDone = false;
      const done = Promise.all(actors).finally(() => (areDone = true));
      while (!areDone) {
        await nextTurn();
        waiting.splice(choose(waiting.length), 1)[0]?.();
      }
      await done;
    },
  };
}
