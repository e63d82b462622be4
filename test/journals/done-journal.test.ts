import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { DoneLine } from '../../src/formats/done-line.ts';
import type { JournalledItem } from '../../src/journals/done-batch.ts';
import type { Durability } from '../../src/journals/batch.ts';
import { DoneJournal } from '../../src/journals/done-journal.ts';
import { QueueGuard } from '../../src/journals/queue-guard.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import type { Call, Fault } from '../support/fault-plan.ts';
import { doneFile, id, records, unfilled } from '../support/journal-text.ts';
import { powerCuts } from '../support/power-cut.ts';

interface Setting {
  readonly durability?: Durability;
  readonly segmentBytes?: number;
  readonly faults?: readonly Fault[];
  readonly head?: () => readonly DoneLine[];
}

/** The done journal of run 7. */
function settling({ durability = 'power', segmentBytes = 1_000_000, faults = [], head = () => [] }: Setting = {}) {
  const disk = new CrashingDisk({ '/q/': '' });
  const fs = disk.process({ faults });
  const notes: string[] = [];
  const note =
    (what: string) =>
    ({ message: { run, sequence } }: JournalledItem): void =>
      void notes.push(`${what} ${run}-${sequence}`);
  const journal = new DoneJournal<JournalledItem>({
    fs,
    clock: manualClock(),
    directory: '/q',
    durability,
    segmentBytes,
    guard: new QueueGuard('/q', () => true),
    name: 'queue',
    run: 7,
    head,
    begun: (file) => void notes.push(`begun ${file.slice(15, 25)}`),
    hooks: {
      wrote: (about) => void notes.push(about === 'closed' ? 'closed' : `about ${about.run}-${about.sequence}, ${about.count}`),
      undelivered: note('undelivered'),
      finished: (items) => items.forEach(note('finished')),
      unfinished: note('unfinished'),
    },
  });
  return { disk, fs, journal, notes };
}

function item(run: number, sequence: number, delivery = 1): JournalledItem {
  return { message: { run, sequence, text: '' }, delivery };
}

function nth(operation: Call['operation'], n: number): (call: Call) => boolean {
  let met = 0;
  return (call) => call.operation === operation && (met += 1) === n;
}

async function rest(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
}

describe('a done journal', () => {
  it('writes deliveries with consecutive numbers in one line, and does not sync them', async () => {
    const { disk, fs, journal, notes } = settling();
    const items = [item(1, 1), item(1, 2), item(1, 3), item(1, 5), item(1, 6, 2), item(2, 7)];
    expect(await Promise.all(items.map((one) => journal.take(one)))).toEqual(items);
    const lines = [`taken\t${id(1, 1)}\t1\t3`, `taken\t${id(1, 5)}\t1\t1`, `taken\t${id(1, 6)}\t2\t1`, `taken\t${id(2, 7)}\t1\t1`];
    expect(disk.files()).toEqual({ [doneFile(7)]: records(...lines) });
    expect(fs.calls.filter(({ operation }) => operation === 'sync' || operation === 'syncNow')).toEqual([]);
    expect(notes.slice(1)).toEqual(['about 1-1, 3', 'about 1-5, 2', 'about 2-7, 1']);
  });

  it.each(['power', 'process'] as const)('syncs lines that are to survive a power cut, whatever was promised (%s)', async (durability) => {
    const { disk, journal } = settling({ durability });
    const gone: DoneLine = { kind: 'gone', run: 1, sequence: 1, count: 2, total: 2 };
    await Promise.all([journal.take(item(1, 9)), journal.write([gone], { durable: true })]);
    await disk.process().syncDirectory('/q');
    for (const cut of powerCuts(disk)) expect(unfilled(cut.disk.files())[doneFile(7)]).toContain('gone');
  });

  it.each(['power', 'process'] as const)(
    'says that an item is done once that is written down as safely as was promised (%s)',
    async (durability) => {
      const { disk, fs, journal, notes } = settling({ durability });
      await Promise.all([journal.finish(item(1, 1)), journal.finish(item(1, 2))]);
      await nextTurn();
      await journal.finish(item(1, 3));
      expect(unfilled(disk.files())).toEqual({ [doneFile(7)]: records(`done\t${id(1, 1)}\t2`, `done\t${id(1, 3)}`) });
      expect(notes.filter((note) => note.startsWith('finished'))).toEqual(['finished 1-1', 'finished 1-2', 'finished 1-3']);
      expect(fs.calls.filter(({ operation }) => operation === 'syncNow')).toHaveLength(durability === 'power' ? 2 : 0);
    },
  );

  it('writes any lines together, and notes that the producer closed', async () => {
    const { disk, journal, notes } = settling();
    await journal.write([
      { kind: 'done', run: 1, sequence: 1, count: 1 },
      { kind: 'released', run: 1, sequence: 2, attempt: 1 },
      { kind: 'closed' },
    ]);
    expect(disk.files()).toEqual({ [doneFile(7)]: records(`done\t${id(1, 1)}`, `released\t${id(1, 2)}\t1`, 'closed') });
    expect(notes).toEqual(['begun 0000000001', 'about 1-1, 1', 'about 1-2, 1', 'closed']);
  });

  it('begins each segment with what must be known though those before it go', async () => {
    const { disk, journal, notes } = settling({
      segmentBytes: 40,
      head: () => [{ kind: 'gone', run: 3, sequence: 0, count: 0, total: 9 }],
    });
    for (const sequence of [1, 2]) await journal.finish(item(1, sequence));
    const head = `gone\t${id(3, 0)}\t0\t9`;
    expect(unfilled(disk.files())).toEqual({
      [doneFile(7)]: records(head, `done\t${id(1, 1)}`),
      [doneFile(7, 2)]: records(head, `done\t${id(1, 2)}`),
    });
    expect(notes.filter((note) => note.startsWith('begun'))).toEqual(['begun 0000000001', 'begun 0000000002']);
  });
});

describe('a head that somebody waits for', () => {
  const head = (): readonly DoneLine[] => [{ kind: 'read', file: 'older', bytes: 99 }];

  it.each(['power', 'process'] as const)('is there, as safe as was promised, and nothing else (%s)', async (durability) => {
    const { disk, fs, journal, notes } = settling({ durability, head });
    await journal.begin();
    expect(disk.files()).toEqual({ [doneFile(7)]: records('read\tolder\t99') });
    expect(fs.calls.filter(({ operation }) => operation === 'syncNow')).toHaveLength(durability === 'power' ? 1 : 0);
    expect(notes).toEqual(['begun 0000000001']);
    await journal.finish(item(1, 1));
    expect(Object.keys(disk.files())).toEqual([doneFile(7)]);
  });

  it('needs no journal where there is nothing to say', async () => {
    const { disk, journal } = settling();
    await journal.begin();
    expect(disk.files()).toEqual({});
  });

  it('is refused where it can’t be written, and may be waited for again', async () => {
    const { disk, journal } = settling({ head, faults: [{ at: nth('write', 1), errno: 'ENOSPC' }] });
    await expect(journal.begin()).rejects.toMatchObject({ code: 'ERR_DISK', errno: 'ENOSPC' });
    await journal.begin();
    expect(Object.values(disk.files()).join('')).toContain('99');
  });
});

describe('what can’t be written down', () => {
  it('leaves a delivery undelivered and an item unfinished, and is told to both', async () => {
    for (const durability of ['power', 'process'] as const) {
      const { disk, journal, notes, fs } = settling({
        durability,
        faults: [{ at: ({ operation }) => operation === 'write', errno: 'ENOSPC' }],
      });
      const outcomes = await Promise.allSettled([
        journal.take(item(1, 1)),
        journal.finish(item(1, 2)),
        journal.write([{ kind: 'closed' }]),
      ]);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { errno: 'ENOSPC' } });
      expect(notes.slice(1).sort()).toEqual(['undelivered 1-1', 'unfinished 1-2']);
      fs.heal();
      await rest();
      await journal.finish(item(1, 2));
      expect(disk.files(), durability).toEqual({ [doneFile(7)]: records(`done\t${id(1, 2)}`) });
    }
  });

  it('is told to a single one as well', async () => {
    let writes = 0;
    const { journal, notes } = settling({
      durability: 'process',
      faults: [{ at: ({ operation }) => operation === 'write' && (writes += 1) > 1, errno: 'EIO' }],
    });
    await journal.take(item(1, 1));
    await rest();
    await expect(journal.take(item(1, 2))).rejects.toMatchObject({ errno: 'EIO' });
    await rest();
    await expect(journal.finish(item(1, 1))).rejects.toMatchObject({ errno: 'EIO' });
    expect(notes.slice(2)).toEqual(['undelivered 1-2', 'unfinished 1-1']);
  });

  it('is not written down later, with what is delivered next', async () => {
    const { disk, fs, journal } = settling({ faults: [{ at: ({ operation }) => operation === 'open', errno: 'ENOSPC' }] });
    const refused = await Promise.allSettled([1, 2, 3].map((sequence) => journal.take(item(1, sequence))));
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    fs.heal();
    await journal.take(item(1, 1));
    expect(Object.values(disk.files()).join('')).toBe(records(`taken\t${id(1, 1)}\t1\t1`));
  });

  it('leaves a delivery delivered when only the sync it was written with fails', async () => {
    const { journal, notes } = settling({ durability: 'power', faults: [{ at: nth('syncNow', 1), errno: 'EIO' }] });
    const first = journal.take(item(1, 1));
    const failing = expect(journal.finish(item(1, 2))).rejects.toMatchObject({ code: 'ERR_QUEUE_BROKEN' });
    expect(await first).toMatchObject({ message: { sequence: 1 } });
    await failing;
    expect(notes).not.toContain('undelivered 1-1');
    expect(notes).toContain('unfinished 1-2');
  });

  it('does not keep who flushes waiting', async () => {
    const { journal } = settling({ faults: [{ at: nth('write', 1), errno: 'EIO' }] });
    const told = expect(journal.finish(item(1, 1))).rejects.toMatchObject({ errno: 'EIO' });
    await journal.flush();
    await told;
  });
});
