import { expect, it } from 'vitest';
import { MessageExistsError } from '../../src/folders/folder-errors.ts';
import { GroupedFolderQueue } from '../../src/queues/grouped-folder-queue.ts';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import { memoryDisk } from '../../src/testing/index.ts';
import { doAll, drop, messagesIn, openReader } from '../support/folder-ground.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { withLink } from '../support/with-link.ts';

const without = (fs: ReturnType<typeof memoryDisk>) => withLink(fs, () => 'EPERM');

it('F-01 F-03 a folder on a disk without hard links is filled and worked off, and a name that is taken is refused', async () => {
  const files = memoryDisk({ '/in/moved.tsv': 'moved', '/in/copied.tsv': 'copied' });
  const fs = without(files);
  const writer = await WritableFolderQueue.open('/q', { fileSystem: fs, clock: hastyClock() });
  await writer.put('/in/moved.tsv');
  await writer.put('/in/copied.tsv', { copy: true });
  await writer.putText('text.tsv', 'first');
  await expect(writer.putText('text.tsv', 'second')).rejects.toBeInstanceOf(MessageExistsError);
  await writer.close();

  const reader = await openReader(fs);
  expect(await doAll(reader)).toEqual(['copied.tsv#1', 'moved.tsv#1', 'text.tsv#1']);
  await reader.dispose();
  expect(await files.readdir('/q/done')).toEqual(['copied.tsv', 'moved.tsv', 'text.tsv']);
  expect([await files.readdir('/in'), await messagesIn(files)]).toEqual([['copied.tsv'], []]);
});

it('F-33 what fails there is given up with its report', async () => {
  const fs = without(memoryDisk({ '/q/a.tsv': '' }));
  const reader = await openReader(fs, { maxAttempts: 1 });
  await (await reader.tryGet())?.fail(new Error('no such day'));
  await reader.dispose();
  expect(await fs.readdir('/q/failed')).toEqual(['a.tsv', 'a.tsv.error.json']);
});

it('F-27 a group is finished there as a whole', async () => {
  const files = memoryDisk({ '/q/x': '' });
  const fs = without(files);
  for (const name of ['mon-a.tsv', 'mon-b.tsv']) await drop(fs, `/q/${name}`);
  const reader = await GroupedFolderQueue.open('/q', {
    fileSystem: fs,
    clock: hastyClock(),
    watch: false,
    groupKey: (name) => name.slice(0, 3),
    memberKey: (name) => name.slice(4, 5),
    members: ['a', 'b'],
  });
  await (await reader.tryGet())?.done();
  await reader.dispose();
  expect(await files.readdir('/q/done')).toEqual(['mon-a.tsv', 'mon-b.tsv']);
});
