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
        if (isLast) expect(await countdownOn(fs).restore(0)).toBe(false);
        expect(await countdownOn(fs).finish(0)).toBe(true);
      },
      { ledger: () => String(isLast) },
    );
  });

  it('while one is put back has that one left, or not yet, and ends all the same', async () => {
    let isBack = false;
    await eachCrash(
      await begun(2, [0]),
      async (fs) => {
        isBack = false;
        isBack = (await countdownOn(fs).restore(0)) && !fs.stopped;
      },
      async (_left, fs) => {
        const countdown = countdownOn(fs);
        const isOver = await countdown.finish(1);
        if (isBack) expect(isOver).toBe(false);
        expect(await countdown.finish(0)).toBe(true);
      },
      { ledger: () => String(isBack) },
    );
  });
});

/** Stands still before each call in turn, while another one does something. */
async function eachStall(
  finished: readonly number[],
  work: (countdown: Countdown) => Promise<boolean>,
  meanwhile: (countdown: Countdown) => Promise<boolean>,
  judge: (own: boolean, other: boolean, countdown: Countdown) => Promise<unknown>,
): Promise<void> {
  let call = 1;
  for (let isAsleep = true; isAsleep; call += 1) {
    isAsleep = false;
    let other = false;
    const disk = memoryDisk({ '/s/batches/b/x': '' });
    const awake = countdownOn(disk);
    await awake.begin(2);
    for (const index of finished) await awake.finish(index);
    const sleepy = sleepyDisk(disk, {
      call,
      async meanwhile() {
        isAsleep = true;
        other = await meanwhile(awake);
      },
    });
    const own = await work(countdownOn(sleepy));
    if (isAsleep) await judge(own, other, awake);
  }
  expect(call).toBeGreaterThan(4);
}

describe('two at once', () => {
  it('who finish the last two are told so once at least, and not before both are', async () => {
    await eachStall(
      [],
      (countdown) => countdown.finish(0),
      (countdown) => countdown.finish(1),
      async (own, other) => expect(own || other).toBe(true),
    );
  });

  it('of whom one puts back what the other takes for the last agree on it', async () => {
    await eachStall(
      [0],
      (countdown) => countdown.restore(0),
      (countdown) => countdown.finish(1),
      async (isBack, isOver, countdown) => {
        expect(isBack).toBe(!isOver);
        expect(await countdown.finish(0)).toBe(true);
      },
    );
    await eachStall(
      [0],
      (countdown) => countdown.finish(1),
      (countdown) => countdown.restore(0),
      async (isOver, isBack, countdown) => {
        expect(isBack).toBe(!isOver);
        expect(await countdown.finish(0)).toBe(true);
      },
    );
  });
});

it('who puts one back into what is gone meanwhile begins nothing of it anew', async () => {
  let call = 1;
  for (let isAsleep = true; isAsleep; call += 1) {
    isAsleep = false;
    const disk = memoryDisk({ '/s/batches/.keep': '' });
    const store = new FileStore('file:/s', { fileSystem: disk });
    const countdown = store.shelf('batches', 'b').countdown('left');
    await countdown.begin(2);
    await countdown.finish(0);
    const meanwhile = async (): Promise<void> => {
      isAsleep = true;
      await store.remove('batches', 'b');
    };
    const isBack = await countdownOn(sleepyDisk(disk, { call, meanwhile })).restore(0);
    if (isAsleep) expect([call, isBack, disk.exists('/s/batches/b')]).toEqual([call, expect.any(Boolean), false]);
  }
  expect(call).toBeGreaterThan(4);
});
