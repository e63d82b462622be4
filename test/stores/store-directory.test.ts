import { describe, expect, it } from 'vitest';
import { FormatVersionError, type WorkQueueError } from '../../src/errors.ts';
import { NotAStoreError, ReadOnlyStoreError } from '../../src/stores/store-errors.ts';
import { errnoError } from '../../src/fs/errno.ts';
import { formatRecord } from '../../src/formats/json-record.ts';
import { STORE_MANIFEST_FORMAT } from '../../src/formats/store-manifest.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import { openStoreDirectory, readStore } from '../../src/stores/store-directory.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';

const manifest = (version: number): string => formatRecord({ ...STORE_MANIFEST_FORMAT, version }, {});

it('says what it is once somebody writes in it, and is read by that', async () => {
  const fs = memoryDisk();
  const store = new FileStore('file:/s', { fileSystem: fs });
  expect(await readStore(fs, '/s')).toBe('absent');
  expect(await store.names('tasks')).toEqual([]);
  expect(fs.exists('/s')).toBe(false);
  await store.shelf('batches', 'b').create('plan', {});
  expect(await readStore(fs, '/s')).toBe('store');
  expect(await new FileStore('file:/s', { fileSystem: fs }).names('batches')).toEqual(['b']);
});

describe('a directory that is no store of ours', () => {
  const DIRECTORIES: Record<
    string,
    readonly [files: Record<string, string>, error: new (...args: never[]) => WorkQueueError, says: string]
  > = {
    'of a newer format': [{ '/s/store.json': manifest(2) }, FormatVersionError, 'Upgrade dibs'],
    'with a manifest of something else': [{ '/s/store.json': '{"name":"shop"}' }, NotAStoreError, 'belongs to something else'],
    'with something else in it': [{ '/s/package.json': '{}' }, NotAStoreError, '"package.json" and no store.json'],
    'with a queue of files': [{ '/s/.dibs/queue.json': '{}' }, NotAStoreError, 'it holds a queue'],
    'with a queue of values': [{ '/s/queue.json': '{}', '/s/a.tsv': '' }, NotAStoreError, 'it holds a queue'],
    'which is a file': [{ '/s': 'x' }, NotAStoreError, 'it is a file'],
  };

  it.each(Object.entries(DIRECTORIES))(
    '%s is refused by whoever opens, reads or removes, and not touched',
    async (_, [files, error, says]) => {
      const disk = new CrashingDisk(files);
      const store = new FileStore('file:/s', { fileSystem: disk.process() });
      const tries = [
        () => store.tasks('tasks', 'jobs', { leaseMs: 30_000 }),
        () => store.names('tasks'),
        () => store.remove('tasks', 'jobs'),
        () => store.shelf('batches', 'b').create('plan', {}),
      ];
      for (const attempt of tries) {
        const thrown = await attempt().then(() => undefined, String);
        expect(thrown).toContain(says);
        await expect(attempt()).rejects.toBeInstanceOf(error);
      }
      expect(disk.files()).toEqual(files);
    },
  );
});

it('is mended when its manifest is damaged, and keeps what it has', async () => {
  const fs = memoryDisk({ '/s/store.json': manifest(1).slice(0, 20) });
  expect(await readStore(fs, '/s')).toBe('damaged');
  await openStoreDirectory(fs, '/s');
  expect(await readStore(fs, '/s')).toBe('store');
});

it.each(['EROFS', 'EACCES', 'EPERM'])('that answers %s is told of as one that can not be written', async (errno) => {
  const fs = memoryDisk({ '/s/store.json': manifest(1) });
  const refusing: FileSystem = { ...fs, mkdir: (path) => Promise.reject(errnoError(errno, 'mkdir', path)) };
  const opening = new FileStore('file:/s', { fileSystem: refusing }).tasks('tasks', 'jobs', { leaseMs: 30_000 });
  await expect(opening).rejects.toBeInstanceOf(ReadOnlyStoreError);
  await expect(new FileStore('file:/s', { fileSystem: refusing }).names('tasks')).resolves.toEqual([]);
});

it('is a store, or a place for one, wherever its making is stopped', async () => {
  const { points } = await eachCrash(
    {},
    (fs) => openStoreDirectory(fs, '/s'),
    async (_left, fs) => {
      expect(['absent', 'empty', 'store']).toContain(await readStore(fs, '/s'));
      await openStoreDirectory(fs, '/s');
      expect(await readStore(fs, '/s')).toBe('store');
    },
  );
  expect(points).toBeGreaterThan(8);
});
