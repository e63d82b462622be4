import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { purgeFolder, retryFolder } from '../../src/queues/folder-maintenance.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import { tempFolder } from '../support/temp-folder.ts';

it('refuses places that are the folder, or one another, also by a link, and makes nothing', async () => {
  const root = tempFolder();
  const [folder, link, kept] = [join(root, 'q'), join(root, 'link'), join(root, 'kept')];
  mkdirSync(folder);
  mkdirSync(kept);
  symlinkSync(folder, link);
  symlinkSync(kept, join(root, 'kept-link'));
  const wrong = [
    [{ doneDir: folder }, /^doneDir is the folder itself/],
    [{ doneDir: `${folder}/./` }, /^doneDir is the folder itself/],
    [{ doneDir: link }, /^doneDir is the folder itself/],
    [{ failedDir: link }, /^failedDir is the folder itself/],
    [{ doneDir: null, failedDir: folder }, /^failedDir is the folder itself/],
    [{ doneDir: kept, failedDir: join(root, 'kept-link') }, /^doneDir and failedDir are one directory/],
    [{ doneDir: join(folder, 'failed') }, /^doneDir and failedDir are one directory/],
    [{ failedDir: join(folder, 'done') }, /^doneDir and failedDir are one directory/],
    [{ doneDir: join(kept, 'new/one'), failedDir: join(root, 'kept-link/new/one') }, /^doneDir and failedDir are one directory/],
    [{ doneDir: join(link, 'failed') }, /^doneDir and failedDir are one directory/],
    [{ doneDir: join(folder, '.dibs') }, /^doneDir is .*where the queue keeps what is its own/],
    [{ doneDir: join(link, '.dibs/stages') }, /^doneDir is .*where the queue keeps what is its own/],
    [{ failedDir: join(folder, '.dibs/consumers') }, /^failedDir is .*where the queue keeps what is its own/],
  ] as const;
  for (const [options, why] of wrong) {
    for (const kind of [ReadableFolderQueue, WritableFolderQueue]) {
      const refused = await kind.open(folder, options).catch((error: unknown) => error);
      expect(refused, JSON.stringify(options)).toBeInstanceOf(TypeError);
      expect(String(refused).replace('TypeError: ', '')).toMatch(why);
    }
  }
  expect(readdirSync(folder)).toEqual([]);
  const queue = await WritableFolderQueue.open(folder, { doneDir: kept });
  await queue.dispose();
  for (const tend of [retryFolder, purgeFolder])
    await expect(
      Reflect.apply(tend, undefined, tend === retryFolder ? [folder, undefined, { doneDir: link }] : [folder, { doneDir: link }]),
    ).rejects.toThrow('doneDir is the folder itself');
});

it('refuses a folder that is not there yet as its own place, by whatever name, and makes nothing', async () => {
  const root = tempFolder();
  symlinkSync(root, join(root, 'link'));
  const opening = ReadableFolderQueue.open(join(root, 'q'), { doneDir: join(root, 'link/q') });
  await expect(opening).rejects.toThrow('doneDir is the folder itself');
  expect(readdirSync(root)).toEqual(['link']);
});

it('takes places that are apart, also by a link, and none for what is done', async () => {
  const root = tempFolder();
  symlinkSync(root, join(root, 'link'));
  for (const places of [
    { doneDir: join(root, 'link/done'), failedDir: join(root, 'failed') },
    { doneDir: null, failedDir: join(root, 'failed') },
    { doneDir: join(root, 'q/over/done') },
  ])
    await (await ReadableFolderQueue.open(join(root, 'q'), places)).dispose();
});
