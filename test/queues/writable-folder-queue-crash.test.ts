import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MessageExistsError } from '../../src/folders/folder-errors.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';
import { DEEP, oneIn } from '../support/sample.ts';
import { withLink } from '../support/with-link.ts';

const ROWS = 'id\tname\n1\tduck\n';

/** Names differ from run to run; what is left is alike all the same. */
const likeness = (files: string): string =>
  files.replaceAll(/stage\.[a-z0-9.-]+|vm?[a-z0-9-]*-\d+-[0-9a-f]{8}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '*');

type Left = Readonly<Record<string, string>>;
type Put = (queue: WritableFolderQueue) => Promise<unknown>;

const open = (fs: FileSystem, producer: string | null = null): Promise<WritableFolderQueue> =>
  WritableFolderQueue.open('/queue', { fileSystem: fs, clock: hastyClock(), producer });

/** A folder that is a queue already, with a file beside it. */
async function prepared(files: Left): Promise<CrashingDisk> {
  const disk = new CrashingDisk(files);
  const fs = disk.process();
  await open(fs);
  for (const path of ['/queue/.dibs/stages', '/queue/.dibs', '/queue', '/']) await fs.syncDirectory(path);
  return disk;
}

/** The message, wherever it lies: under its own name, claimed, given back or finished. */
function messages(left: Left): string[] {
  return Object.entries(left).flatMap(([path, text]) => (/^\/queue\/(?:done\/)?a\.tsv/.test(path) ? [text] : []));
}

async function finishAll(fs: FileSystem): Promise<void> {
  const inbox = await ReadableFolderQueue.open('/queue', { fileSystem: fs, clock: hastyClock(), watch: false });
  for (let file = await inbox.tryGet(); file; file = await inbox.tryGet()) await file.done();
  await inbox.dispose();
}

const elsewhere = (fs: FileSystem): FileSystem => withLink(fs, (from) => (from.startsWith('/in/') ? 'EXDEV' : undefined));
const foreign = (fs: FileSystem): FileSystem => withLink(fs, (from) => (from.startsWith('/in/') ? 'EPERM' : undefined));
const itself = (fs: FileSystem): FileSystem => fs;

describe.each([
  ['on one device', itself],
  ['from another device', elsewhere],
  ['of another user', foreign],
])('F-01 F-03 a move %s that is stopped anywhere', (_, way) => {
  const put: Put = (queue) => queue.put('/in/a.tsv');

  it('leaves the source or the whole message, and a repeat one message', async () => {
    let acknowledged = false;
    const { points } = await eachCrash(
      await prepared({ '/in/a.tsv': ROWS }),
      async (fs) => {
        acknowledged = false;
        await put(await open(mortal(way(fs))));
        acknowledged = !fs.stopped;
      },
      async (left, fs, { disk }) => {
        const all = [...messages(left), ...('/in/a.tsv' in left ? [left['/in/a.tsv']] : [])];
        expect(new Set(all)).toEqual(new Set([ROWS]));
        if (acknowledged) expect([left['/in/a.tsv'], messages(left)]).toEqual([undefined, [ROWS]]);
        if (!('/in/a.tsv' in left)) return;
        await put(await open(way(fs)));
        const after = disk.files();
        expect([after['/in/a.tsv'], messages(after)]).toEqual([undefined, [ROWS]]);
      },
      { limit: DEEP ? 24 : 8, share: oneIn(16), likeness, ledger: () => String(acknowledged) },
    );
    expect(points).toBeGreaterThan(20);
  });

  it('shows nothing but the whole, though nobody synced the source before', async () => {
    let acknowledged = false;
    await eachCrash(
      await prepared({ '/in/other': '' }),
      async (fs) => {
        acknowledged = false;
        const source = await fs.open('/in/a.tsv', 'append');
        source.write(Buffer.from(ROWS), 0, ROWS.length);
        source.close();
        await put(await open(mortal(way(fs))));
        acknowledged = !fs.stopped;
      },
      (left) => {
        for (const text of messages(left)) expect(text).toBe(ROWS);
        if (acknowledged) expect([left['/in/a.tsv'], messages(left)]).toEqual([undefined, [ROWS]]);
      },
      { limit: DEEP ? 24 : 8, share: oneIn(16), likeness, ledger: () => String(acknowledged) },
    );
  });

  it('is not made again when the message was worked off meanwhile', async () => {
    let judged = 0;
    await eachCrash(
      await prepared({ '/in/a.tsv': ROWS }),
      async (fs) => put(await open(mortal(way(fs)))),
      async (left, fs, { disk }) => {
        if (!('/queue/a.tsv' in left) || !('/in/a.tsv' in left)) return;
        judged += 1;
        await finishAll(fs);
        await put(await open(way(fs)));
        const after = disk.files();
        expect([after['/in/a.tsv'], after['/queue/a.tsv'], after['/queue/done/a.tsv']]).toEqual([undefined, undefined, ROWS]);
      },
      { kinds: ['kill'] },
    );
    expect(judged).toBeGreaterThan(2);
  });
});

describe.each<readonly [string, Put]>([
  ['a copy', (queue) => queue.put('/in/a.tsv', { copy: true })],
  ['a text', (queue) => queue.putText('a.tsv', ROWS)],
  ['a stream', (queue) => queue.putStream('a.tsv', [ROWS.slice(0, 5), ROWS.slice(5)])],
])('F-02 F-05 %s that is put and stopped anywhere', (_, put) => {
  it.each([
    ['with hard links', itself],
    ['without', (fs: FileSystem) => withLink(fs, (from) => (/stages\/stage\..*\..*/.test(from) ? 'EPERM' : undefined))],
  ])('is there whole or not at all, and there once it was acknowledged, %s', async (__, way) => {
    let acknowledged = false;
    const { points } = await eachCrash(
      await prepared({ '/in/a.tsv': ROWS }),
      async (fs) => {
        acknowledged = false;
        await put(await open(mortal(way(fs))));
        acknowledged = !fs.stopped;
      },
      async (left, fs, { disk }) => {
        expect(left['/in/a.tsv']).toBe(ROWS);
        expect([[], [ROWS]]).toContainEqual(messages(left));
        if (acknowledged) expect(messages(left)).toEqual([ROWS]);
        const repeat = put(await open(way(fs)));
        if (messages(left).length > 0) await expect(repeat).rejects.toBeInstanceOf(MessageExistsError);
        else await repeat;
        expect(messages(disk.files())).toEqual([ROWS]);
      },
      { limit: DEEP ? 24 : 8, share: oneIn(16), likeness, ledger: () => String(acknowledged) },
    );
    expect(points).toBeGreaterThan(20);
  });
});

describe('F-45 a producer that is stopped anywhere', () => {
  const words = (left: Left): string[] =>
    Object.keys(left)
      .filter((path) => /\.(?:helo|done|failed)$/.test(path))
      .map((path) => path.slice(path.lastIndexOf('.') + 1));

  async function* slowly(): AsyncGenerator<string> {
    yield ROWS.slice(0, 5);
    for (let turns = 50; turns > 0; turns -= 1) await nextTurn();
    yield ROWS.slice(5);
  }

  async function run(fs: FileSystem): Promise<void> {
    const queue = await open(fs, 'extract');
    // Not awaited, and slow: the last word waits until it is safe.
    const put = queue.putStream('a.tsv', slowly());
    await queue.close();
    await put;
  }

  async function readToEnd(fs: FileSystem): Promise<string[]> {
    const inbox = await ReadableFolderQueue.open('/queue', { fileSystem: fs, clock: hastyClock(), watch: false });
    const names: string[] = [];
    for (let file = await inbox.get(); file; file = await inbox.get()) {
      names.push(file.name);
      await file.done();
    }
    return names;
  }

  it('is replaced by its next run, whose readers come to their end', async () => {
    let acknowledged = false;
    const { points } = await eachCrash(
      await prepared({}),
      async (fs) => {
        acknowledged = false;
        await run(mortal(fs));
        acknowledged = !fs.stopped;
      },
      async (left, fs, { disk, kind }) => {
        // Each word is a whole sentence.
        for (const [path, text] of Object.entries(left))
          if (/\.(?:helo|done)$/.test(path)) expect(JSON.parse(text).header.pid).toBeDefined();
        if (acknowledged) expect(words(left).toSorted()).toEqual(['done', 'helo']);
        if (words(left).includes('done')) expect(messages(left)).toEqual([ROWS]);
        const next = await open(fs, 'extract');
        if (!('/queue/a.tsv' in left)) await next.putText('a.tsv', ROWS);
        await next.close();
        expect(await readToEnd(fs)).toEqual(['a.tsv']);
        // What a power cut tore says of nobody that it is dead.
        if (kind === 'kill') expect(Object.keys(disk.files()).filter((path) => path.includes('/producers/'))).toEqual([]);
      },
      { limit: DEEP ? 8 : 4, share: oneIn(16), likeness, ledger: () => String(acknowledged) },
    );
    expect(points).toBeGreaterThan(60);
  });

  it('does not bring an earlier run back that ended with FAILED, wherever the next one stops', async () => {
    const disk = await prepared({});
    const first = await open(disk.process(), 'extract');
    await first.fail(new Error('yesterday'));
    await eachCrash(
      disk,
      (fs) => run(mortal(fs)),
      async (left, fs) => {
        const third = await open(fs, 'extract');
        if (!('/queue/a.tsv' in left)) await third.putText('a.tsv', ROWS);
        await third.close();
        expect(await readToEnd(fs)).toEqual(['a.tsv']);
      },
      { limit: DEEP ? 8 : 4, share: oneIn(16), likeness, ledger: () => '' },
    );
  });
});
