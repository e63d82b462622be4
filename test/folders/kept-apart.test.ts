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
