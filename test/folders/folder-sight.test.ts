import { expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { FolderSight } from '../../src/folders/folder-sight.ts';
import { StrangeFiles } from '../../src/folders/strange-files.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { drop, openActor } from '../support/folder-ground.ts';

/** A folder whose time of change a test sets, as coarse file systems do. */
async function sight({ limit = 10, isLocal = true, modifiedMs }: { limit?: number; isLocal?: boolean; modifiedMs?: () => number } = {}) {
  const memory = memoryDisk({ '/q/a.tsv': '' });
  const lstat: FileSystem['lstat'] = async (path) => {
    const found = await memory.lstat(path);
    return found && path === '/q' && modifiedMs ? { ...found, modifiedMs: modifiedMs() } : found;
  };
  const fs = new FaultyDisk({ ...memory, lstat, isLocal: async () => isLocal });
  const clock = manualClock();
  const { context } = await openActor(fs, { clock });
  const options = { directory: '/q', extension: '.tsv', keyOf: (name: string) => name, limit, strange: new StrangeFiles(undefined) };
  const scans = (): number => fs.calls.filter(({ operation, path }) => operation === 'scan' && path === '/q').length;
  return { fs, clock, scans, it: new FolderSight(context, options) };
}

it('does not list again what was not changed, but for now and then', async () => {
  const { it: eye, clock, scans } = await sight();
  for (let look = 0; look < 21; look += 1) {
    expect((await eye.look()).ready.map(({ file }) => file)).toEqual(['a.tsv']);
    await clock.advance(100);
  }
  expect(scans()).toBeLessThanOrEqual(4);
});

it('lists again what was changed, also within the time in which changes look alike', async () => {
  const { it: eye, fs, clock } = await sight({ modifiedMs: () => 1_234.5 });
  await eye.look();
  await drop(fs, '/q/b.tsv');
  expect((await eye.look()).ready).toHaveLength(2);
  await clock.advance(1_000);
  await drop(fs, '/q/c.tsv');
  // The folder claims that nothing happened: no more looks than a few believe that.
  let looks = 0;
  while ((await eye.look()).ready.length < 3) expect((looks += 1)).toBeLessThan(11);
});

it('lists each time on a network, and where not all names were kept', async () => {
  for (const options of [{ isLocal: false }, { limit: 1 }]) {
    const { it: eye, fs, clock, scans } = await sight(options);
    await drop(fs, '/q/b.tsv');
    for (let look = 0; look < 5; look += 1) {
      await eye.look();
      await clock.advance(3_000);
    }
    expect(scans()).toBe(5);
  }
});

it('is sure only of a folder that has not been changed for longer than its times are coarse', async () => {
  for (const [at, ms] of [
    [1_234.5, 20],
    [7_000, 2_000],
  ] as const) {
    // prettier-ignore
    const { it: eye, clock } = await sight({ modifiedMs: () => at });
    let sure: unknown;
    const looking = eye.lookForSure().then((look) => (sure = look));
    await clock.advance(ms - 1);
    expect(sure).toBeUndefined();
    await clock.advance(1);
    await looking;
    expect(sure).toMatchObject({ ready: [{ file: 'a.tsv' }] });
  }
});

it('gives up being sure while the folder goes on changing', async () => {
  let now = 1.5;
  const { it: eye, clock } = await sight({ modifiedMs: () => (now += 1) });
  const looking = eye.lookForSure();
  await clock.advance(1_000);
  expect(await looking).toBeUndefined();
});

it('is not sure of a folder that is not there', async () => {
  const { it: eye, fs, clock } = await sight();
  await fs.rename('/q', '/away');
  const looking = eye.lookForSure();
  await clock.advance(5_000);
  expect(await looking).toBeUndefined();
});
