import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { StrangeFile } from '../../src/folders/strange-files.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { doAll, drop, inFolder, messagesIn, openReader, said } from '../support/folder-ground.ts';
import { tempFolder } from '../support/temp-folder.ts';

const DONE = said(1, 'helo', 'done');

/** Names that mean trouble somewhere, and what is said of them. */
const HOSTILE: Readonly<Record<string, RegExp>> = {
  '.tsv': /nothing but an extension/,
  '.hidden.tsv': /hidden/,
  'back\\slash.tsv': /slash/,
  'new\nline.tsv': /control character/,
  'bell\u0007.tsv': /control character/,
  'line\u2028separator.tsv': /control character/,
  'exe.\u202evst.tsv': /direction/,
  [`${'x'.repeat(251)}.tsv`]: /longer than 180 bytes/,
  [`${'ü'.repeat(90)}.tsv`]: /longer than 180 bytes/,
};

/** Names that look like trouble, and are served like any other. */
const SERVED = ['-rf.tsv', '--help.tsv', '~.tsv', 'a b.tsv', "quote's.tsv", '$(id).tsv', '*.tsv', 'Ünïcödé 日本.tsv', '__proto__.tsv', 'a.tsv.tsv', '%2e%2e%2f.tsv', 'con.tsv', `${'y'.repeat(176)}.tsv`]; // prettier-ignore

it('F-35 serves what looks like trouble, and leaves alone and names once what is', async () => {
  const files = Object.fromEntries([...SERVED, ...Object.keys(HOSTILE)].map((name) => [name, name]));
  const fs = memoryDisk({ '/q/x': '' });
  for (const [path, text] of Object.entries(inFolder({ ...files, ...DONE }))) await drop(fs, path, text);
  await fs.unlink('/q/x');
  const told: StrangeFile[] = [];
  const queue = await openReader(fs, { onStrangeFile: (found) => told.push(found) });
  expect((await doAll(queue)).toSorted()).toEqual(SERVED.map((name) => `${name}#1`).toSorted());
  expect(await queue.get()).toBeUndefined();
  expect((await messagesIn(fs)).toSorted()).toEqual(Object.keys(HOSTILE).toSorted());
  expect(told.map(({ file }) => file).toSorted()).toEqual(Object.keys(HOSTILE).toSorted());
  for (const { file, reason } of told) expect(reason).toMatch(HOSTILE[file] ?? /never/);
  await queue.dispose();
});

it('F-35 leaves alone what is called as a report, where messages end with .json too, and keeps the report of the message', async () => {
  const fs = memoryDisk({ '/q/a.json': 'a', '/q/a.json.error.json': 'alert', '/q/b.error.json': 'b' });
  const told: StrangeFile[] = [];
  const queue = await openReader(fs, { extension: '.json', maxAttempts: 1, onStrangeFile: (found) => told.push(found) });
  await (await queue.tryGet())?.fail(new Error('no'));
  expect(await queue.tryGet()).toMatchObject({ name: 'b.error.json' });
  expect(await queue.tryGet()).toBeUndefined();
  expect(told).toMatchObject([{ file: 'a.json.error.json', reason: expect.stringMatching(/report/) }]);
  expect(await fs.readdir('/q/failed')).toEqual(['a.json', 'a.json.error.json']);
  expect(await queue.retry()).toBe(1);
  expect(await queue.tryGet()).toMatchObject({ name: 'a.json' });
  await queue.dispose();
  expect(await messagesIn(fs)).toContain('a.json.error.json');
});

it('F-35 a zoo on the real disk: the rest is served, nothing hangs, and nothing leads out', async () => {
  const folder = tempFolder();
  const outside = tempFolder();
  const at = (name: string): string => join(folder, name);
  writeFileSync(join(outside, 'secret.tsv'), 'secret');
  const told: StrangeFile[] = [];
  const animals = ['link.tsv', 'dangling.tsv', 'fifo.tsv', 'socket.tsv', 'directory.tsv', 'loop.tsv'];
  symlinkSync(join(outside, 'secret.tsv'), at('link.tsv'));
  symlinkSync(at('nowhere'), at('dangling.tsv'));
  symlinkSync(at('loop.tsv'), at('loop.tsv'));
  mkdirSync(at('directory.tsv'));
  execFileSync('mkfifo', [at('fifo.tsv'), at('20261121_130405_000000__000009.helo'), at('fifo.tsv.someone-1-1a1.wip')]);
  const server = createServer().listen(at('socket.tsv'));
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  if (canMakeDevices(at('device.tsv'))) animals.push('device.tsv');
  linkSync(join(outside, 'secret.tsv'), at('hard-link.tsv'));
  writeFileSync(at('-rf.tsv'), '');
  writeFileSync(at(`${'n'.repeat(251)}.tsv`), '');
  writeFileSync(at('new\nline.tsv'), '');
  writeFileSync(at('.dot.tsv'), '');
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/not-utf8-`), Buffer.from([0xff, 0xfe]), Buffer.from('.tsv')]), 'bytes');
  for (const [name, text] of Object.entries(DONE)) writeFileSync(at(name), text);
  const queue = await ReadableFolderQueue.open(folder, { onStrangeFile: (found) => told.push(found) });
  expect((await doAll(queue)).toSorted()).toEqual(['-rf.tsv#1', 'hard-link.tsv#1']);
  await queue.dispose();
  expect(readFileSync(join(outside, 'secret.tsv'), 'utf8')).toBe('secret');
  expect(readdirSync(outside)).toEqual(['secret.tsv']);
  expect(readdirSync(at('done')).toSorted()).toEqual(['-rf.tsv', 'hard-link.tsv']);
  for (const name of [...animals, 'new\nline.tsv', '.dot.tsv', 'not-utf8-\ufffd\ufffd.tsv']) {
    expect(readdirSync(folder), name).toContain(name);
    expect(told.filter(({ file }) => file === name), name).toHaveLength(1); // prettier-ignore
  }
});

function canMakeDevices(path: string): boolean {
  try {
    execFileSync('mknod', [path, 'c', '1', '3'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

it('F-35 a file that is swapped for a directory while it is claimed is not handed out', async () => {
  const memory = memoryDisk(inFolder({ 'a.tsv': '', 'b.tsv': '', ...DONE }));
  const queue = await openReader({
    ...memory,
    async rename(from, to) {
      if (from === '/q/a.tsv') {
        await memory.unlink('/q/a.tsv');
        await memory.mkdir('/q/a.tsv');
      }
      await memory.rename(from, to);
    },
  });
  expect(await doAll(queue)).toEqual(['b.tsv#1']);
  await queue.dispose();
});

it('F-35 names of claims that were made up take nothing from anybody', async () => {
  const forged = {
    'a.tsv.someone-1-1a1.wip.tsv': '',
    'a.tsv..wip': '',
    'a.tsv.UPPER-1a1.wip': '',
    'a.tsv.x-1a0.wip': '',
    'a.tsv.x-01a1.wip': '',
    'a.csv.x-1a1.wip': '',
    '.tsv.x-1a1.wip': '',
    'a.tsv.a1.again': '',
    'a.tsv.x-a1.again': '',
    'a.tsv.xa01.again': '',
  };
  const fs = memoryDisk(inFolder({ ...forged, ...DONE }));
  const queue = await openReader(fs);
  expect(await doAll(queue)).toEqual(['a.tsv.someone-1-1a1.wip.tsv#1']);
  const { 'a.tsv.someone-1-1a1.wip.tsv': _, ...left } = forged;
  expect(await messagesIn(fs)).toEqual(Object.keys(left).toSorted());
  await queue.dispose();
});

it('a folder that is itself a symbolic link is read', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'real'));
  symlinkSync('real', join(folder, 'linked'));
  for (const [name, text] of Object.entries({ 'a.tsv': '', ...DONE })) writeFileSync(join(folder, 'real', name), text);
  const queue = await ReadableFolderQueue.open(join(folder, 'linked'));
  expect(await doAll(queue)).toEqual(['a.tsv#1']);
  await queue.dispose();
});

it('a file that is dropped in by a rename from beside the folder is taken', async () => {
  const folder = tempFolder();
  const queue = await ReadableFolderQueue.open(join(folder, 'queue'), { pollIntervalMs: 20 });
  writeFileSync(join(folder, 'a.tsv'), 'rows');
  const getting = queue.get({ timeoutMs: 30_000 });
  renameSync(join(folder, 'a.tsv'), join(folder, 'queue', 'a.tsv'));
  const file = await getting;
  expect(readFileSync(file?.path ?? '', 'utf8')).toBe('rows');
  await queue.dispose();
});
