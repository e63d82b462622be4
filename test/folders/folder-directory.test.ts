import { describe, expect, it } from 'vitest';
import { FormatVersionError, NotAQueueError, QueueNotFoundError } from '../../src/errors.ts';
import { FolderOptionsError } from '../../src/folders/folder-errors.ts';
import { formatRecord } from '../../src/formats/json-record.ts';
import { FOLDER_MANIFEST_FORMAT, formatFolderManifest } from '../../src/formats/folder-manifest.ts';
import { openFolder, readFolder } from '../../src/folders/folder-directory.ts';
import { layoutOf } from '../../src/folders/folder-layout.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { eachCrash } from '../support/each-crash.ts';

const LAYOUT = layoutOf('/q');
const RULES = { extension: '.csv', maxAttempts: 5 };
const MANIFEST = '/q/.dibs/queue.json';
const manifest = (version: number): string => formatRecord({ ...FOLDER_MANIFEST_FORMAT, version }, formatFolderManifest(RULES));

it('is made with what it is told, and keeps to that', async () => {
  const fs = memoryDisk();
  expect(await openFolder(fs, LAYOUT, RULES, { durable: true })).toEqual(RULES);
  expect(await openFolder(fs, LAYOUT, {}, { durable: true })).toEqual(RULES);
  expect(await readFolder(fs, LAYOUT)).toEqual(RULES);
  await expect(openFolder(fs, LAYOUT, { maxAttempts: 4 }, { durable: true })).rejects.toBeInstanceOf(FolderOptionsError);
});

it('has defaults', async () => {
  expect(await openFolder(memoryDisk(), LAYOUT, {}, { durable: false })).toEqual({ extension: '.tsv', maxAttempts: 3 });
});

it('of several who open it first all keep to what one said', async () => {
  const fs = memoryDisk({ '/q/a.tsv': '' });
  const opened = await Promise.allSettled([2, 3, 4].map((maxAttempts) => openFolder(fs, LAYOUT, { maxAttempts }, { durable: true })));
  expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of opened) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(FolderOptionsError);
});

describe('is refused, and not touched,', () => {
  const refusals: Record<string, [files: Record<string, string>, error: new (...args: never[]) => Error]> = {
    'where a newer version wrote it': [{ [MANIFEST]: manifest(2) }, FormatVersionError],
    'where something else keeps its own': [{ [MANIFEST]: '{"name":"my app"}' }, NotAQueueError],
    'where it is a file': [{ '/q': 'text' }, NotAQueueError],
  };

  it.each(Object.entries(refusals))('%s', async (_, [files, error]) => {
    const fs = memoryDisk(files);
    await expect(readFolder(fs, LAYOUT)).rejects.toBeInstanceOf(error);
  });

  it('where it holds a queue of values', async () => {
    const fs = memoryDisk();
    await (await PersistentQueue.open('/q', { fileSystem: fs })).dispose();
    await expect(readFolder(fs, LAYOUT)).rejects.toBeInstanceOf(NotAQueueError);
    await expect(openFolder(fs, LAYOUT, {}, { durable: true })).rejects.toBeInstanceOf(NotAQueueError);
  });

  it('where there is nothing, by who only reads', async () => {
    const fs = memoryDisk();
    await expect(readFolder(fs, LAYOUT)).rejects.toBeInstanceOf(QueueNotFoundError);
    expect(fs.exists('/q')).toBe(false);
  });
});

it('is mended where its record is damaged', async () => {
  const fs = memoryDisk({ [MANIFEST]: manifest(1).slice(0, 40) });
  expect(await readFolder(fs, LAYOUT)).toBe('damaged');
  expect(await openFolder(fs, LAYOUT, RULES, { durable: true })).toEqual(RULES);
  expect(await readFolder(fs, LAYOUT)).toEqual(RULES);
});

it('is opened by the next one, wherever the first one stopped', async () => {
  await eachCrash(
    { '/q/a.csv': '' },
    (fs) => openFolder(fs, LAYOUT, RULES, { durable: true }),
    async (_left, fs) => expect(await openFolder(fs, LAYOUT, RULES, { durable: true })).toEqual(RULES),
    { limit: 8 },
  );
});
