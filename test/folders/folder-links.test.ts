import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NotAQueueError, ReadableFolderQueue, WritableFolderQueue } from '../../src/index.ts';
import { tempFolder } from '../support/temp-folder.ts';

function scene(link: string): { readonly inbox: string; readonly outside: string } {
  const folder = tempFolder();
  const [inbox, outside] = [join(folder, 'inbox'), join(folder, 'outside')];
  mkdirSync(join(inbox, link, '..'), { recursive: true });
  mkdirSync(outside);
  symlinkSync(outside, join(inbox, link));
  return { inbox, outside };
}

it.each(['.dibs', '.dibs/stages', '.dibs/consumers', 'done', 'failed'])(
  'a link called %s that was dropped in a folder is not followed',
  async (link) => {
    const { inbox, outside } = scene(link);
    for (const open of [() => ReadableFolderQueue.open(inbox), () => WritableFolderQueue.open(inbox)]) {
      const refused: unknown = await open().catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(NotAQueueError);
      expect(String(refused)).toContain(`${join(inbox, link)} is a link`);
    }
    expect(readdirSync(outside)).toEqual([]);
  },
);

it('a link that is named as doneDir is followed', async () => {
  const { inbox, outside } = scene('done');
  const options = { doneDir: join(inbox, 'done'), durability: 'process' } as const;
  await using writer = await WritableFolderQueue.open(inbox, options);
  await writer.putText('a.tsv', 'rows');
  await using reader = await ReadableFolderQueue.open(inbox, options);
  await (await reader.tryGet())?.done();
  expect(readdirSync(outside)).toEqual(['a.tsv']);
});
