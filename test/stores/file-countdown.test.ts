import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import type { Countdown } from '../../src/stores/store.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';

const countdownOn = (fs: FileSystem): Countdown => new FileStore('file:/s', { fileSystem: fs }).shelf('batches', 'b').countdown('left');

async function begun(count: number, finished: readonly number[] = []): Promise<CrashingDisk> {
  const disk = new CrashingDisk({ '/s/batches/b/': '' });
  const countdown = countdownOn(disk.process());
  await countdown.begin(count);
  for (const index of finished) await countdown.finish(index);
  return disk;
}

/** What is left, as who finishes one after another finds out: the how manieth is the last. */
async function lastOf(countdown: Countdown, count: number): Promise<number | undefined> {
  for (let index = 0; index < count; index += 1) if (await countdown.finish(index)) return index;
  return undefined;
}

describe('a countdown that is stopped anywhere', () => {
  it('at its beginning is begun by a repeat', async () => {
    await eachCrash(
      { '/s/batches/b/': '' },
      (fs) => countdownOn(fs).begin(3),
      async (_left, fs) => {
        await countdownOn(fs).begin(3);
        expect(await lastOf(countdownOn(fs), 3)).toBe(2);
      },
      { limit: 16 },
    );
  });

  it('counts what was acknowledged, once, and what was not by a repeat', async () => {
    let acknowledged: unknown;
    const { points } = await eachCrash(
      await begun(3, [0]),
      async (fs) => {
        acknowledged = undefined;
        const told = await countdownOn(fs).finish(1);
        if (!fs.stopped) acknowledged = told;
      },
      async (_left, fs) => {
        expect([undefined, false]).toContain(acknowledged);
        const countdown = countdownOn(fs);
        if (acknowledged === undefined) expect(await countdown.finish(1)).toBe(false);
        expect(await countdown.finish(2)).toBe(true);
      },
      { ledger: () => String(acknowledged) },
    );
    expect(points).toBeGreaterThan(5);
  });

  it('at its last is at its last again, and stays there once that was told', async () => {
    let isLast = false;
    await eachCrash(
      await begun(2, [1]),
      async (fs) => {
        isLast = false;
        const told = await countdownOn(fs).finish(0);
        isLast = told && !fs.stopped;
      },
      async (_left, fs) => {
        if (isLast) expect(await countdownOn(fs).finish(1)).toBe(true);
        expect(await countdownOn(fs).finish(0)).toBe(true);
      },
      { ledger: () => String(isLast) },
    );
  });
});

it('two at once, who finish the last two, are told so once at least, and not before both are', async () => {
  let call = 1;
  for (let isAsleep = true; isAsleep; call += 1) {
    isAsleep = false;
    let other = false;
    const disk = memoryDisk({ '/s/batches/b/x': '' });
    const awake = countdownOn(disk);
    await awake.begin(2);
    const meanwhile = async (): Promise<void> => {
      isAsleep = true;
      other = await awake.finish(1);
    };
    const own = await countdownOn(sleepyDisk(disk, { call, meanwhile })).finish(0);
    if (isAsleep) expect(own || other).toBe(true);
  }
  expect(call).toBeGreaterThan(4);
});
