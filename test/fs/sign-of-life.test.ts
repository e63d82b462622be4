import { describe, expect, it } from 'vitest';
import { parseBeatingFile, parseBeatingProcess } from '../../src/formats/beating-record.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { showLife } from '../../src/fs/sign-of-life.ts';
import { readSmallFile } from '../../src/fs/small-file.ts';
import { manualClock, memoryDisk } from '../../src/testing/index.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { ELSEWHERE } from '../support/folder-ground.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';

const OPTIONS = { directory: '/beats', stages: '/stages', name: 'one', leaseMs: 1_000, identity: ELSEWHERE };

async function beatOf(fs: FileSystem): Promise<string | undefined> {
  const file = await readSmallFile(fs, '/beats/one', 4_096);
  return file.kind === 'text' ? parseBeatingFile(file.text)?.beat : undefined;
}

const beats = () => memoryDisk({ '/beats/x': '', '/stages/x': '' });

async function begin() {
  const fs = beats();
  const clock = manualClock();
  return { fs, clock, life: await showLife(fs, { ...OPTIONS, clock }) };
}

it('beats five times in its lease, in a file that says who it is', async () => {
  const { fs, clock, life } = await begin();
  expect(life.everyMs).toBe(200);
  expect(await beatOf(fs)).toBe('0000000001');
  await clock.advance(1_000);
  expect(await beatOf(fs)).toBe('0000000006');
  const file = await readSmallFile(fs, '/beats/one', 4_096);
  const fields = file.kind === 'text' ? parseBeatingFile(file.text)?.fields : undefined;
  expect(parseBeatingProcess(fields ?? {})).toMatchObject({ host: 'elsewhere', pid: 99, leaseMs: 1_000 });
  await life.end();
});

describe('it', () => {
  it('ends without a trace', async () => {
    const { fs, clock, life } = await begin();
    expect(life.isThere()).toBe(true);
    await life.end();
    expect(life.isThere()).toBe(false);
    expect([await fs.readdir('/beats'), await fs.readdir('/stages'), clock.pending]).toEqual([['x'], ['x'], 0]);
    await life.end();
  });

  it('leaves its file to be found dead', async () => {
    const { fs, clock, life } = await begin();
    life.leave();
    await clock.advance(5_000);
    expect(await beatOf(fs)).toBe('0000000001');
    expect(clock.pending).toBe(0);
  });

  it.each(['end', 'leave', 'release'] as const)('comes to its %s though the disk refuses to close its file', async (way) => {
    const fs = beats();
    const refusing = new FaultyDisk(fs, {
      faults: [{ at: ({ operation, path }) => operation === 'close' && path.endsWith('one'), errno: 'EIO' }],
    });
    const life = await showLife({ ...fs, open: (path, mode) => (mode === 'update' ? refusing : fs).open(path, mode) }, OPTIONS);
    await life[way]();
    expect(await beatOf(fs)).toBe({ end: undefined, leave: '0000000001', release: 'released__' }[way]);
  });

  it('says that it took its leave', async () => {
    const { fs, life } = await begin();
    life.release();
    expect(await beatOf(fs)).toBe('released__');
  });

  it('notices that it was found dead, and writes into nobody else’s file', async () => {
    const { fs, clock, life } = await begin();
    await fs.unlink('/beats/one');
    expect(life.isThere()).toBe(false);
    const other = await showLife(fs, { ...OPTIONS, clock: hastyClock() });
    await clock.advance(5_000);
    expect(await beatOf(fs)).toBe('0000000001');
    life.leave();
    await other.end();
  });
});

it('is begun all the same by who is found dead as soon as its file is seen', async () => {
  const { call, disk } = { call: 1 + (await numberOfLink()), disk: beats() };
  const fs = new FaultyDisk(disk, { meanwhile: { call, act: () => void disk.unlink('/beats/one') } });
  const life = await showLife(fs, { ...OPTIONS, clock: manualClock() });
  expect([life.isThere(), await disk.readdir('/stages')]).toEqual([false, ['x']]);
  life.leave();
});

async function numberOfLink(): Promise<number> {
  const fs = new FaultyDisk(beats());
  await (await showLife(fs, { ...OPTIONS, clock: manualClock() })).end();
  return fs.calls.find(({ operation }) => operation === 'link')?.number ?? 0;
}

it('is whole from its first moment, wherever it stops, and never seen half', async () => {
  await eachCrash(
    new CrashingDisk({ '/beats/': '', '/stages/': '' }),
    async (fs) => showLife(fs, { ...OPTIONS, clock: hastyClock() }),
    (left) => {
      const text = left['/beats/one'];
      if (text !== undefined) expect(parseBeatingFile(text)).not.toBeNull();
    },
    { kinds: ['kill'] },
  );
});
