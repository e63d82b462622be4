import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LineBuffer } from '../../src/formats/line-buffer.ts';
import { JournalWriter } from '../../src/journals/journal-writer.ts';
import type { JournalWriterOptions } from '../../src/journals/journal-writer.ts';
import { QueueGuard } from '../../src/journals/queue-guard.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import type { Call, Fault } from '../support/fault-plan.ts';
import { NotedBatch } from '../support/noted-batch.ts';
import { scanned } from '../support/scanned.ts';

interface Setting extends Partial<Pick<JournalWriterOptions, 'durability' | 'segmentBytes' | 'head'>> {
  readonly faults?: readonly Fault[];
  readonly isOurs?: () => boolean;
}

/** A writer whose records are gathered as those of a queue are. */
function writing({ faults = [], isOurs = () => true, ...options }: Setting = {}) {
  const disk = new CrashingDisk({ '/q/': '' });
  const fs = disk.process({ faults });
  const notes: string[] = [];
  const rolled: string[] = [];
  let gathered: NotedBatch | undefined;
  let names = 0;
  const writer = new JournalWriter({
    fs,
    clock: manualClock(),
    directory: '/q',
    durability: 'power',
    segmentBytes: 1_000_000,
    guard: new QueueGuard('/q', isOurs),
    nextName: () => `segment-${(names += 1)}`,
    rolled: (name) => void rolled.push(name),
    gather: () => {
      const batch = gathered;
      gathered = undefined;
      return batch;
    },
    ...options,
  });
  const put = (body: string): void => {
    gathered ??= new NotedBatch(notes);
    gathered.bodies.push(body);
    writer.schedule();
  };
  const files = (): Record<string, readonly string[]> =>
    Object.fromEntries(Object.entries(disk.files()).map(([path, text]) => [path.slice(3), scanned(Buffer.from(text)).records]));
  const calls = (operation: Call['operation']): Call[] => fs.calls.filter((call) => call.operation === operation);
  return { fs, disk, writer, put, notes, rolled, files, calls };
}

async function rest(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
}

function nth(operation: Call['operation'], n: number): (call: Call) => boolean {
  let met = 0;
  return (call) => call.operation === operation && (met += 1) === n;
}

describe('a journal', () => {
  it('writes what one tick brings at once, syncs it once, and acknowledges it then', async () => {
    const { put, notes, files, calls } = writing();
    for (const body of ['a', 'b', 'c']) put(body);
    expect(notes).toEqual([]);
    await rest();
    expect(files()).toEqual({ 'segment-1': ['a', 'b', 'c'] });
    expect(calls('write')).toHaveLength(1);
    expect(calls('syncNow')).toHaveLength(1);
    expect(notes).toEqual(['a b c written', 'a b c safe']);
  });

  it('joins those who waited together and put again: their ticks become one write', async () => {
    const { put, files, calls } = writing();
    put('a');
    put('b');
    await rest();
    put('c');
    await Promise.resolve();
    await Promise.resolve();
    put('d');
    await rest();
    expect(files()).toEqual({ 'segment-1': ['a', 'b', 'c', 'd'] });
    // The third fills the file ahead.
    expect(calls('write')).toHaveLength(3);
    expect(calls('syncNow')).toHaveLength(2);
  });

  it('syncs nothing that is to survive the process alone, nor what no promise hangs on', async () => {
    const { put, notes, calls } = writing({ durability: 'process' });
    put('a');
    await rest();
    expect(notes).toEqual(['a written', 'a safe']);
    expect([...calls('sync'), ...calls('syncNow'), ...calls('syncDirectory')]).toEqual([]);
  });

  it('begins no file before there is something to write', async () => {
    const { writer, files } = writing();
    writer.close();
    await rest();
    expect(files()).toEqual({});
  });
});

describe('a single record', () => {
  it('is written at once where it needs no sync, the first of a tick, and the rest of the tick is joined', async () => {
    const { writer, put, notes, files, calls } = writing({ durability: 'process' });
    expect(writer.ready, 'there is no file yet').toBe(false);
    put('a');
    await rest();
    expect(writer.ready).toBe(true);
    writer.lines.append('b');
    writer.writeNow();
    expect(files()).toEqual({ 'segment-1': ['a', 'b'] });
    expect(writer.ready).toBe(false);
    put('c');
    put('d');
    await rest();
    expect(notes.at(-1)).toBe('c d safe');
    expect(calls('write')).toHaveLength(3);
  });

  it('is never written at once where it needs a sync', async () => {
    const { writer, put } = writing();
    put('a');
    await rest();
    expect(writer.ready).toBe(false);
  });

  it('leaves nothing behind when it is refused', async () => {
    const { writer, put, files, fs } = writing({ durability: 'process', faults: [{ at: nth('write', 2), errno: 'ENOSPC' }] });
    put('a');
    await rest();
    writer.lines.append('refused');
    expect(() => writer.writeNow()).toThrow(expect.objectContaining({ name: 'DiskError', errno: 'ENOSPC' }));
    fs.heal();
    put('b');
    await rest();
    expect(files()).toEqual({ 'segment-1': ['a', 'b'] });
  });
});

describe('a batch that can’t be written', () => {
  it('is refused alone: the next one is written', async () => {
    const { put, notes, files } = writing({ faults: [{ at: nth('write', 2), errno: 'ENOSPC' }] });
    for (const body of ['a', 'refused', 'b']) {
      put(body);
      await rest();
    }
    expect(notes).toEqual(['a written', 'a safe', 'refused failed: DiskError', 'b written', 'b safe']);
    expect(files()).toEqual({ 'segment-1': ['a', 'b'] });
  });

  it('is not acknowledged when its sync fails, and nothing is after it', async () => {
    const { put, notes, files, fs, calls } = writing({ faults: [{ at: nth('syncNow', 2), errno: 'EIO' }] });
    for (const body of ['a', 'b', 'c']) {
      put(body);
      await rest();
      if (body === 'b') fs.heal();
    }
    expect(notes).toEqual(['a written', 'a safe', 'b written', 'b failed: QueueBrokenError', 'c failed: QueueBrokenError']);
    expect(files()).toEqual({ 'segment-1': ['a', 'b'] });
    expect(calls('syncNow')).toHaveLength(2);
  });

  it('is not acknowledged once the queue was taken over, and nothing is written after it', async () => {
    let isOurs = true;
    const { put, notes, files } = writing({ isOurs: () => isOurs });
    put('a');
    await rest();
    isOurs = false;
    for (const body of ['b', 'c']) {
      put(body);
      await rest();
    }
    expect(notes.slice(2)).toEqual(['b failed: QueueTakenError', 'c failed: QueueTakenError']);
    expect(files()).toEqual({ 'segment-1': ['a', 'b'] });
  });
});

describe('a segment that is full', () => {
  const head = (): LineBuffer => {
    const lines = new LineBuffer();
    lines.append('head');
    return lines;
  };

  it('is followed by another, which begins with its head', async () => {
    const { put, notes, rolled, files } = writing({ segmentBytes: 30, head });
    for (const body of ['a', 'b', 'c']) {
      put(body);
      await rest();
    }
    expect(rolled).toEqual(['segment-1', 'segment-2']);
    expect(files()).toEqual({ 'segment-1': ['head', 'a', 'b'], 'segment-2': ['head', 'c'] });
    expect(notes.filter((note) => note.endsWith('safe'))).toHaveLength(3);
  });

  it('takes what is gathered while the next one is made', async () => {
    const { put, notes, files } = writing({ segmentBytes: 10 });
    put('a');
    await rest();
    put('b');
    await Promise.resolve();
    await Promise.resolve();
    put('c');
    await rest();
    expect(files()).toEqual({ 'segment-1': ['a'], 'segment-2': ['b', 'c'] });
    expect(notes.slice(2)).toEqual(['b c written', 'b c safe']);
  });

  it('refuses what is gathered when the disk has no room for the next one, and tries again with the next batch', async () => {
    const { put, notes, rolled, files, fs } = writing({
      segmentBytes: 10,
      faults: [{ at: ({ operation, path }) => operation === 'open' && path !== '/q/segment-1', errno: 'ENOSPC' }],
    });
    for (const body of ['a', 'refused', 'refused too']) {
      put(body);
      await rest();
    }
    fs.heal();
    put('b');
    await rest();
    expect(notes).toEqual(['a written', 'a safe', 'refused failed: DiskError', 'refused too failed: DiskError', 'b written', 'b safe']);
    expect(rolled).toEqual(['segment-1', 'segment-4']);
    expect(files()).toEqual({ 'segment-1': ['a'], 'segment-4': ['b'] });
  });

  it('closes every file that it makes, also one that could not be begun', async () => {
    for (const fault of [
      { at: nth('syncDirectory', 2), errno: 'EIO' },
      { at: nth('write', 3), errno: 'ENOSPC' },
    ]) {
      const { put, writer, calls } = writing({ segmentBytes: 20, head, faults: [fault] });
      for (const body of ['a', 'b', 'c']) {
        put(body);
        await rest();
      }
      writer.close();
      expect(calls('close').length, JSON.stringify(fault)).toBe(calls('open').length);
    }
  });

  it('is synced before it is left, so that what it holds is acknowledged', async () => {
    const { put, disk } = writing({ segmentBytes: 10 });
    for (const body of ['a', 'b']) {
      put(body);
      await rest();
    }
    expect([...disk.walk()].map(([path, file]) => [path, file.isDurable])).toEqual([
      ['/q/segment-1', true],
      ['/q/segment-2', true],
    ]);
  });
});
