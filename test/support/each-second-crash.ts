import type { FileSystem } from '../../src/fs/file-system.ts';
import type { CrashingDisk } from './crashing-disk.ts';
import { eachCrash } from './each-crash.ts';
import type { Crash, CrashOptions } from './each-crash.ts';
import type { FaultyDisk } from './faulty-disk.ts';
import type { Share } from './sample.ts';

/** What those who came before were promised: each life goes on with a copy of it. */
export interface Promises<P> {
  copy(): P;
  /** All of it, as a string. */
  text(): string;
}

export interface Lives<P extends Promises<P>> {
  readonly disk: CrashingDisk;
  readonly promises: P;
  /** Both note nothing once their disk is `stopped`. */
  readonly first: (fs: FaultyDisk, promises: P) => Promise<unknown>;
  readonly second: (fs: FaultyDisk, promises: P) => Promise<unknown>;
  /** The third: it finds what the second left. */
  readonly judge: (fs: FileSystem, promises: P, left: CrashingDisk) => Promise<unknown>;
  /** What of the files matters: see each-crash.ts. */
  readonly likeness: (files: string) => string;
}

export interface SecondCrashCounts {
  /** Different disks, and promises, that the first left. */
  readonly firsts: number;
  /** So often both were killed: the first at one of its calls, and the second, who takes up what that left, at one of its own. */
  readonly pairs: number;
}

/** Kills a process at every call, and the one that takes up what it left at every call too; then the third is judged. */
export async function eachSecondCrash<P extends Promises<P>>(
  lives: Lives<P>,
  share: { readonly first: Share; readonly second: Share },
): Promise<SecondCrashCounts> {
  let [firsts, pairs] = [0, 0];
  let seed = 0;
  const kills = async (from: Pick<Lives<P>, 'disk' | 'promises'>, life: Lives<P>['first'], of: Share, next: Next<P>): Promise<number> => {
    let promises = from.promises.copy();
    seed += 1;
    const options: CrashOptions = { kinds: ['kill'], share: of, seed, ledger: () => promises.text(), likeness: lives.likeness };
    const begin = (fs: FaultyDisk): Promise<unknown> => life(fs, (promises = from.promises.copy()));
    return (await eachCrash(from.disk, begin, (_left, fs, crash) => next(fs, promises.copy(), crash), options)).stops;
  };
  await kills(lives, lives.first, share.first, async (_fs, promises, { disk }) => {
    firsts += 1;
    pairs += await kills({ disk, promises }, lives.second, share.second, (fs, last, crash) => lives.judge(fs, last, crash.disk));
  });
  return { firsts, pairs };
}

type Next<P> = (fs: FileSystem, promises: P, crash: Crash) => Promise<unknown>;
