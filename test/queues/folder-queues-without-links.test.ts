import { describe, expect, it } from 'vitest';
import { ItemSettledError } from '../../src/errors.ts';
import { MessageExistsError } from '../../src/folders/folder-errors.ts';
import { errnoError } from '../../src/fs/errno.ts';
import type { ClaimedFile } from '../../src/queues/claimed-file.ts';
import { GroupedFolderQueue } from '../../src/queues/grouped-folder-queue.ts';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import { manualClock, memoryDisk } from '../../src/testing/index.ts';
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

/** A file that was to end, of which the disk refused a call, or the reply to it; how many calls there were. */
async function refuseEnd(first: End, call: number, reply: 'before' | 'after') {
  const files = memoryDisk({ '/q/a.tsv': 'rows' });
  let left = Infinity;
  const refusing = async <T>(syscall: string, path: string, act: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left !== 0) return act();
    if (reply === 'after') await act();
    throw errnoError('EIO', syscall, path);
  };
  const fs = without({
    ...files,
    lstat: (path) => refusing('lstat', path, () => files.lstat(path)),
    rename: (from, to) => refusing('rename', from, () => files.rename(from, to)),
    unlink: (path) => refusing('unlink', path, () => files.unlink(path)),
    syncDirectory: (path) => refusing('fsync', path, () => files.syncDirectory(path)),
  });
  const clock = manualClock();
  const queue = await openReader(fs, { maxAttempts: 1, leaseMs: 500, clock, ...(first === 'gone' && { doneDir: null }) });
  const file = await queue.tryGet();
  if (file === undefined) throw new Error('nothing there');
  left = call;
  const isRefused = await ENDS[first](file).then(
    () => false,
    () => true,
  );
  const isOver = left > 0;
  left = Infinity;
  return { files, clock, queue, file, isRefused, isOver };
}

const ENDS = {
  done: (file: ClaimedFile) => file.done(),
  gone: (file: ClaimedFile) => file.done(),
  failed: (file: ClaimedFile) => file.fail(new Error('no')),
} as const;
type End = keyof typeof ENDS;

async function placesOf(files: ReturnType<typeof memoryDisk>): Promise<string[]> {
  const kept = async (place: string): Promise<string[]> =>
    files.exists(`/q/${place}`)
      ? (await files.readdir(`/q/${place}`)).filter((name) => name.startsWith('a.tsv') && !name.endsWith('.json'))
      : [];
  const [ready, done, failed] = [await messagesIn(files), await kept('done'), await kept('failed')];
  return [...ready.map(() => 'ready'), ...done.map(() => 'done'), ...failed.map(() => 'failed')];
}

describe.each(['done', 'gone', 'failed'] as const)('a file there that was to be %s, which was refused at any call,', (first) => {
  async function eachRefusal(judge: (refused: Awaited<ReturnType<typeof refuseEnd>>, hint: string) => Promise<void>): Promise<void> {
    // Of an `unlink` no disk of this machine says that it failed when it did not.
    for (const reply of first === 'gone' ? (['before'] as const) : (['before', 'after'] as const))
      for (let call = 1; ; call += 1) {
        const refused = await refuseEnd(first, call, reply);
        if (refused.isOver) break;
        if (refused.isRefused) await judge(refused, `call ${call}, refused ${reply} it was made`);
        await refused.queue.dispose();
      }
  }
  const END = first === 'gone' ? [] : [first];

  it('is so by the same end once more, however long that takes', async () => {
    await eachRefusal(async ({ files, clock, file }, hint) => {
      for (let beat = 0; beat < 4; beat += 1) await clock.advance(100);
      await expect(ENDS[first](file), hint).resolves.toBeUndefined();
      expect(await placesOf(files), hint).toEqual(END);
    });
  });

  it('is given back, or whoever does so is told how it ended', async () => {
    await eachRefusal(async ({ files, file }, hint) => {
      const before = await placesOf(files);
      const ended = await file.release().catch((error: unknown) => error);
      if (before.includes('ready')) expect([ended, await placesOf(files)], hint).toEqual([undefined, ['ready']]);
      else expect([ended, await placesOf(files)], hint).toEqual([expect.any(ItemSettledError), END]);
    });
  });

  it('lies in one place when its reader is disposed', async () => {
    await eachRefusal(async ({ files, queue }, hint) => {
      const before = await placesOf(files);
      await expect(queue.dispose(), hint).resolves.toBeUndefined();
      expect(await placesOf(files), hint).toEqual(before);
    });
  });
});
