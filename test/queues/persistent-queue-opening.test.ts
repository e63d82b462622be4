import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FormatVersionError, NotAQueueError, QueueNotFoundError, ReadOnlyQueueError } from '../../src/errors.ts';
import { QueueLockedError } from '../../src/fs/ownership-errors.ts';
import { formatRecord } from '../../src/formats/json-record.ts';
import { formatManifest, MANIFEST_FORMAT } from '../../src/formats/manifest.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { readQueue } from '../../src/queues/queue-reader.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { doAll, QueueLives, valuesOf } from '../support/queue-lives.ts';
import { tempFolder } from '../support/temp-folder.ts';

const open = (directory: string, fileSystem: FileSystem): Promise<PersistentQueue> => PersistentQueue.open(directory, { fileSystem });

/** A manifest in which all but the version is as it should be. */
const newer = formatRecord({ ...MANIFEST_FORMAT, version: 2 }, formatManifest({ name: 'queue' }));

describe('Q-27 a directory that can not be a queue is refused, and not touched', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['holds other files', { 'notes.txt': 'mine' }, /it holds "notes.txt" and no queue.json/],
    [
      'has a manifest of somebody else',
      { 'queue.json': '{"name":"my-package","version":"1.0.0"}\n' },
      /its queue.json belongs to something else/,
    ],
    ['has a manifest of another kind of queue', { 'queue.json': '{"format":"other/queue","version":1}' }, /queue.json/],
    ['has a manifest of somebody else that is no JSON', { 'queue.json': 'workers: 4 # of the printer' }, /queue.json/],
  ])('%s: NotAQueueError', async (_, files, message) => {
    const disk = memoryDisk(Object.fromEntries(Object.entries(files).map(([name, text]) => [`/dir/${name}`, text])));
    for (const refused of [open('/dir', disk), readQueue('/dir', { fileSystem: disk })]) {
      await expect(refused).rejects.toBeInstanceOf(NotAQueueError);
      await expect(refused).rejects.toMatchObject({ code: 'ERR_NOT_A_QUEUE', directory: '/dir', message: expect.stringMatching(message) });
    }
    expect(await disk.readdir('/dir')).toEqual(Object.keys(files));
  });

  it('is a file, or lies in one: NotAQueueError', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'file'), 'mine');
    for (const path of [join(folder, 'file'), join(folder, 'file', 'below')]) {
      await expect(PersistentQueue.open(path)).rejects.toBeInstanceOf(NotAQueueError);
      await expect(readQueue(path)).rejects.toBeInstanceOf(NotAQueueError);
    }
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('mine');
  });

  it('was made by a newer version: FormatVersionError, though everything else is known', async () => {
    const disk = memoryDisk({ '/dir/queue.json': newer, '/dir/queue.00000001.0000000001.put.tsv': 'of a format to come' });
    for (const refused of [open('/dir', disk), readQueue('/dir', { fileSystem: disk })]) {
      await expect(refused).rejects.toBeInstanceOf(FormatVersionError);
      await expect(refused).rejects.toMatchObject({ code: 'ERR_FORMAT_VERSION', path: '/dir/queue.json', found: 2, supported: 1 });
    }
    expect((await disk.readdir('/dir')).toSorted()).toEqual(['queue.00000001.0000000001.put.tsv', 'queue.json']);
  });

  it('but a version is believed only if its checksum holds', async () => {
    const lives = new QueueLives<string>();
    await (await lives.open()).put('a');
    await lives.disk.unlink('/queue/queue.json');
    const damaged = await lives.disk.open('/queue/queue.json', 'append');
    const text = new TextEncoder().encode(newer.replace('"version":2', '"version":3'));
    damaged.write(text, 0, text.length);
    damaged.close();
    const found: unknown[] = [];
    const queue = await lives.open({ onDamage: (damage) => found.push(damage) });
    expect(await doAll(queue)).toEqual(['a']);
    expect(found).toMatchObject([{ file: 'queue.json', offset: 0 }]);
  });

  it('holds a queue of another name: NotAQueueError that says which', async () => {
    const lives = new QueueLives<string>({ name: 'sales' });
    await (await lives.open()).put('a');
    await expect(lives.open({ name: 'orders' })).rejects.toThrow(/its queue is called sales, not orders/);
    expect(await doAll(await new QueueLives<string>({}, lives.disk).open())).toEqual(['a']);
  });

  it('is not there: QueueNotFoundError, for what only reads', async () => {
    const folder = tempFolder();
    const refused = readQueue(join(folder, 'absent'));
    await expect(refused).rejects.toBeInstanceOf(QueueNotFoundError);
    await expect(refused).rejects.toMatchObject({ code: 'ERR_QUEUE_NOT_FOUND', directory: join(folder, 'absent') });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a directory that can not be written: ReadOnlyQueueError', () => {
  it.each(['EROFS', 'EACCES', 'EPERM'])('where the disk says %s, at whatever call', async (errno) => {
    const probe = new FaultyDisk(memoryDisk());
    await (await open('/queue', probe)).dispose();
    const changing = probe.calls.filter(({ changes, operation }) => changes && operation !== 'write' && operation !== 'sync');
    expect(changing.length).toBeGreaterThan(3);
    const disk = new FaultyDisk(memoryDisk(), { faults: [{ at: ({ changes }) => changes, errno }] });
    const refused = open('/queue', disk);
    await expect(refused).rejects.toBeInstanceOf(ReadOnlyQueueError);
    await expect(refused).rejects.toMatchObject({ code: 'ERR_READ_ONLY_QUEUE', directory: '/queue' });
  });

  const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0;
  if (!canMount) console.warn('SKIPPED 1 test of a directory that is mounted read-only: it needs root');

  it.skipIf(!canMount)('where it is mounted read-only, and it can still be read', async () => {
    const folder = tempFolder();
    const [made, mounted] = [join(folder, 'made'), join(folder, 'mounted')];
    const queue = await PersistentQueue.open(made);
    await queue.put('a');
    await queue.dispose();
    mkdirSync(mounted);
    const run = (...command: [string, ...string[]]): void =>
      expect(spawnSync(command[0], command.slice(1)), command.join(' ')).toMatchObject({ status: 0 });
    run('mount', '--bind', made, mounted);
    onTestFinished(() => run('umount', mounted));
    run('mount', '-o', 'remount,ro,bind', mounted);
    await expect(PersistentQueue.open(mounted)).rejects.toBeInstanceOf(ReadOnlyQueueError);
    await expect(PersistentQueue.open(join(mounted, 'below'))).rejects.toBeInstanceOf(ReadOnlyQueueError);
    const reader = await readQueue(mounted);
    expect(await valuesOf(reader.outstanding())).toEqual(['a']);
    expect(await reader.status()).toMatchObject({ holder: null, counts: { waiting: 1 } });
  });
});

describe('Q-20 a second owner', () => {
  it('is refused with QueueLockedError that names the first, and changes nothing', async () => {
    const folder = tempFolder();
    const first = await PersistentQueue.open<string>(folder);
    await first.put('a');
    const before = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).size]);
    const refused = PersistentQueue.open(folder);
    await expect(refused).rejects.toBeInstanceOf(QueueLockedError);
    await expect(refused).rejects.toMatchObject({
      code: 'ERR_QUEUE_LOCKED',
      directory: folder,
      holder: { pid: process.pid, host: expect.any(String) },
    });
    await expect(refused).rejects.toThrow(`process ${process.pid}`);
    expect(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).size])).toEqual(before);
    expect(await doAll(first)).toEqual(['a']);
    await first.dispose();
    await (await PersistentQueue.open(folder)).dispose();
  });

  it('is refused by another way to the same directory', async () => {
    const folder = tempFolder();
    const first = await PersistentQueue.open(join(folder, 'queue'));
    symlinkSync('queue', join(folder, 'link'));
    await expect(PersistentQueue.open(join(folder, 'link'))).rejects.toBeInstanceOf(QueueLockedError);
    await first.dispose();
  });

  it('is refused, of many that open at once all but one', async () => {
    const folder = tempFolder();
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => PersistentQueue.open(folder)));
    const [winner, ...others] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(others).toEqual([]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(QueueLockedError);
    await winner?.dispose();
  });
});
