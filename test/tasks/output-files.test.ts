import { describe, expect, it } from 'vitest';
import { errnoError } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { OutputFiles } from '../../src/tasks/output-files.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { hold, STORES, TrackerWorld } from '../support/tracker-world.ts';

async function outputs(world: TrackerWorld): Promise<string[]> {
  return (await world.disk.readdir('/out')).filter((name) => name !== '.keep');
}

describe.each(STORES)('a file that an attempt in %s writes', (store) => {
  it('are one where they are asked for at once, or by another way to the same path', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open();
    await tracker.create('a', 1);
    await tracker.run('a', async (attempt) => {
      const paths = await Promise.all(['/out/a.tsv', '/out/a.tsv', '/out/./deeper/../a.tsv'].map((path) => attempt.output(path)));
      expect(new Set(paths).size).toBe(1);
      await world.write(paths[0] ?? '', 'rows');
    });
    expect(await world.disk.readdir('/out')).toEqual(expect.arrayContaining(['a.tsv']));
    expect((await world.disk.readdir('/out')).filter((name) => name.includes('staged'))).toEqual([]);
  });

  it('appears whole when the task has succeeded, not before, and replaces what was there', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open();
    await tracker.create('a', 1);
    await world.write('/out/a.tsv', 'old');
    await tracker.run('a', async (attempt) => {
      const path = await attempt.output('/out/a.tsv');
      expect(await attempt.output('/out/a.tsv'), 'asked again it is the same').toBe(path);
      await world.write(path, 'new');
      await attempt.output('/out/not-written.tsv');
      await world.write(await attempt.output('/out/deeper/b.tsv'), 'b');
      expect(await world.text('/out/a.tsv')).toBe('old');
    });
    expect(await world.text('/out/a.tsv')).toBe('new');
    expect(await world.text('/out/deeper/b.tsv')).toBe('b');
    expect((await outputs(world)).toSorted()).toEqual(['a.tsv', 'deeper']);
  });

  it('never appears when the attempt failed, was given back, or its data could not be written', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open<unknown>({ backoff: false, maxAttempts: 9 });
    await tracker.create('a', 1);
    const write = async (item = tracker.next()): Promise<Awaited<typeof item>> => {
      const taken = await item;
      await world.write((await taken?.current.output('/out/a.tsv')) ?? '', 'half');
      return taken;
    };
    await (await write())?.fail(new Error('no'));
    await (await write())?.release();
    const last = await write();
    if (last !== undefined) last.current.data = 1n;
    await expect(last?.done()).rejects.toThrow();
    expect(await outputs(world)).toEqual([]);
  });

  it('makes the attempt fail if its place is a directory', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open();
    await tracker.create('a', 1);
    await world.disk.mkdir('/out/a.tsv');
    const running = tracker.run('a', async (attempt) => world.write(await attempt.output('/out/a.tsv'), 'rows'));
    await expect(running).rejects.toMatchObject({ code: 'ERR_DISK', errno: 'EISDIR' });
    expect(await tracker.get('a')).toMatchObject({ status: 'failed' });
    expect(await outputs(world)).toEqual(['a.tsv']);
  });

  it('appears once and is not shown again when the task is reopened and fails', async () => {
    const world = new TrackerWorld(store);
    const tracker = await world.open();
    await tracker.create('a', 1);
    await tracker.run('a', async (attempt) => world.write(await attempt.output('/out/a.tsv'), 'first'));
    await world.disk.unlink('/out/a.tsv');
    await tracker.reopen('a');
    await tracker.run('a', () => Promise.reject(new Error('no'))).catch(() => undefined);
    expect(await outputs(world)).toEqual([]);
  });
});

describe('a file that a late attempt writes', () => {
  it('never appears: what its successor wrote stays', async () => {
    const world = new TrackerWorld('file:');
    const [tracker, other] = [await world.open(), await world.open()];
    await tracker.create('a', 1);
    const late = await hold(tracker, 'a');
    for (const path of ['/out/a.tsv', '/out/late.tsv']) await world.write(await late.attempt.output(path), 'late');
    await world.kill(tracker);
    await world.passLease(other);
    await other.run('a', async (attempt) => world.write(await attempt.output('/out/a.tsv'), 'in time'));
    await expect(late.end()).rejects.toMatchObject({ code: 'ERR_CLAIM_LOST' });
    expect(await world.text('/out/a.tsv')).toBe('in time');
    expect(await outputs(world)).toEqual(['a.tsv']);
  });

  it('leaves nothing behind in the end, though its process died with it', async () => {
    const world = new TrackerWorld('file:');
    const [tracker, other] = [await world.open(), await world.open()];
    await tracker.create('a', 1);
    const { attempt } = await hold(tracker, 'a');
    await world.write(await attempt.output('/out/a.tsv'), 'half');
    await world.kill(tracker);
    await world.passLease(other);
    await other.run('a', async (again) => world.write(await again.output('/out/a.tsv'), 'whole'));
    expect(await outputs(world)).toEqual(['a.tsv']);
  });
});

it('a file that two show at the same moment is shown, whoever was faster, and its directory synced by both', async () => {
  const disk = memoryDisk({ '/out/.stage': 'rows' });
  const synced: string[] = [];
  const fs: FileSystem = {
    ...disk,
    async rename(from, to) {
      await disk.rename(from, to);
      throw errnoError('ENOENT', 'rename', from);
    },
    async lstat(path) {
      // The other one shows it between the look and the rename.
      return path === '/out/.stage' ? undefined : disk.lstat(path);
    },
    syncDirectory: async (path) => void synced.push(path),
  };
  const outputs = [{ path: '/out/a.tsv', stage: '/out/.stage' }];
  await new OutputFiles(fs, true).publish(outputs);
  await new OutputFiles(fs, true).publish(outputs);
  expect([await disk.readdir('/out'), synced]).toEqual([['a.tsv'], ['/out', '/out']]);
});
