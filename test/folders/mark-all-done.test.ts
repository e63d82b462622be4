import { describe, expect, it } from 'vitest';
import { WorkQueueError } from '../../src/errors.ts';
import { resetFolder } from '../../src/queues/folder-maintenance.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { manualClock, memoryDisk } from '../../src/testing/index.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { eachError } from '../support/each-error.ts';
import type { Fault } from '../support/fault-plan.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { beatOf, below, folderOf, names } from '../support/folder-scene.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';
import { bySize, oneIn } from '../support/sample.ts';

const LEFT = folderOf({
  'a.tsv': 'a',
  'b.tsv.0a3.again': 'b',
  'c.tsv.etl-1-7-aa-1a1.wip': 'c',
  'd.tsv.etl-1-8-bb-1a1.wip': 'd',
  'done/a.tsv': 'yesterday',
  'notes.txt': 'mine',
  '.dibs/consumers/etl-1-7-aa': beatOf('gone'),
  '.dibs/consumers/etl-1-8-bb': beatOf('elsewhere'),
});

async function markAll(fs: FaultyDisk, doneDir?: null): Promise<number> {
  const options = { fileSystem: mortal(fs), clock: hastyClock(), watch: false, ...(doneDir === null && { doneDir }) };
  const queue = await ReadableFolderQueue.open('/q', options);
  try {
    return await queue.markAllDone();
  } finally {
    await queue.dispose();
  }
}

function messages(disk: CrashingDisk): Record<string, string> {
  return Object.fromEntries(Object.entries(below('/q', disk.files())).filter(([path]) => !path.startsWith('.dibs/')));
}

describe('markAllDone', () => {
  it('finishes what is ready and what the dead had, and leaves what others have in hands', async () => {
    const disk = new CrashingDisk(LEFT);
    expect(await markAll(disk.process())).toBe(3);
    expect(names(messages(disk))).toEqual([
      'd.tsv.etl-1-8-bb-1a1.wip',
      'done/a.tsv',
      expect.stringMatching(/^done\/a\.tsv~\d+$/),
      'done/b.tsv',
      'done/c.tsv',
      'notes.txt',
    ]);
    expect(messages(disk)).toMatchObject({ 'done/a.tsv': 'yesterday' });
    expect(await markAll(disk.process())).toBe(0);
  });

  it('removes what is finished where that is not kept', async () => {
    const disk = new CrashingDisk(LEFT);
    expect(await markAll(disk.process(), null)).toBe(3);
    expect(Object.keys(messages(disk)).sort()).toEqual(['d.tsv.etl-1-8-bb-1a1.wip', 'done/a.tsv', 'notes.txt']);
  });

  it('finishes each file once wherever it stops, and the next one does the rest', async () => {
    await eachCrash(
      LEFT,
      (fs) => markAll(fs),
      async (left, _, { disk, kind }) => {
        for (const text of ['a', 'b', 'c', 'd']) expect(Object.values(left)).toContain(text);
        // A power cut takes heartbeats too: then it takes a lease until it is known who is dead, whoever is waited for.
        if (kind === 'power') await resetFolder('/q', { fileSystem: disk.process(), clock: hastyClock() });
        await markAll(disk.process());
        const found = Object.entries(messages(disk)).filter(([path]) => path.startsWith('done/'));
        expect(found.map(([, text]) => text).sort()).toEqual(['a', 'b', 'c', ...(kind === 'power' ? ['d'] : []), 'yesterday']);
      },
      { limit: 4, share: oneIn(8) },
    );
  });

  it('says what the disk refused, and loses nothing', async () => {
    const { runs } = await eachError(
      LEFT,
      (fs) => markAll(fs),
      async (left, _, { error }) => {
        if (error !== undefined) expect(error).toBeInstanceOf(WorkQueueError);
        for (const text of ['a', 'b', 'c', 'd']) expect(Object.values(left)).toContain(text);
      },
      { errnos: ['EIO', 'ENOSPC'], spans: ['once'], powerCuts: 1, share: oneIn(1, 32) },
    );
    expect(runs).toBeGreaterThan(bySize({ quick: 2, slow: 100, deep: 100 }));
  });

  it.each([
    { refused: 'link', at: ({ operation, path }) => operation === 'link' && path.includes('b.tsv'), again: 1 },
    {
      refused: 'link and what gives back',
      at: ({ operation, path }) => /link|rename/.test(operation) && path.includes('b.tsv.'),
      again: 2,
    },
  ] satisfies { refused: string; at: Fault['at']; again: number }[])(
    'leaves what the disk refused to whoever looks next, at once: $refused',
    async ({ at, again }) => {
      const disk = memoryDisk({ '/q/a.tsv': 'a', '/q/b.tsv': 'b', '/q/c.tsv': 'c' });
      const faulty = new FaultyDisk(disk, { faults: [{ at, errno: 'EIO' }] });
      const clock = manualClock();
      const queue = await ReadableFolderQueue.open('/q', { fileSystem: faulty, clock, watch: false });
      await expect(queue.markAllDone()).rejects.toMatchObject({ code: 'ERR_DISK' });
      expect((await disk.readdir('/q')).filter((name) => /^[ac]/.test(name))).toEqual([]);
      const other = await ReadableFolderQueue.open('/q', { fileSystem: disk, clock, watch: false });
      expect(await other.tryGet()).toMatchObject({ name: 'b.tsv', attempt: again });
      await other.dispose();
      await queue.dispose();
    },
  );

  it('leaves nothing claimed of what was done before the disk refused to say so', async () => {
    const disk = memoryDisk({ '/q/a.tsv': 'a' });
    const faulty = new FaultyDisk(disk, {
      faults: [{ at: ({ operation, path }) => operation === 'syncDirectory' && path === '/q/done', errno: 'EIO' }],
    });
    const queue = await ReadableFolderQueue.open('/q', { fileSystem: faulty, clock: manualClock(), watch: false });
    await expect(queue.markAllDone()).rejects.toMatchObject({ code: 'ERR_DISK' });
    faulty.heal();
    expect(await queue.tryGet()).toBeUndefined();
    expect([(await disk.readdir('/q')).filter((name) => name.startsWith('a')), disk.exists('/q/done/a.tsv')]).toEqual([[], true]);
    await queue.dispose();
  });

  it('is refused by a reader that was disposed', async () => {
    const disk = new CrashingDisk(LEFT);
    const queue = await ReadableFolderQueue.open('/q', { fileSystem: disk.process(), clock: hastyClock(), watch: false });
    await queue.dispose();
    await expect(queue.markAllDone()).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' });
    await expect(queue.reset()).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' });
  });
});
