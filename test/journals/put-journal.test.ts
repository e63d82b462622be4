import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Durability } from '../../src/journals/batch.ts';
import { PutJournal } from '../../src/journals/put-journal.ts';
import { QueueGuard } from '../../src/journals/queue-guard.ts';
import type { Segment } from '../../src/journals/segment.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import type { Call, Fault } from '../support/fault-plan.ts';
import { putFile, putLine, puts, records, unfilled } from '../support/journal-text.ts';

/** The put journal of run 7. */
function putting({
  durability = 'power',
  segmentBytes = 1_000_000,
  faults = [],
}: { durability?: Durability; segmentBytes?: number; faults?: readonly Fault[] } = {}) {
  const disk = new CrashingDisk({ '/q/': '' });
  const fs = disk.process({ faults });
  const segments: Segment[] = [];
  const safe: string[] = [];
  const failures: unknown[] = [];
  const journal = new PutJournal({
    fs,
    clock: manualClock(),
    directory: '/q',
    durability,
    segmentBytes,
    guard: new QueueGuard('/q', () => true),
    name: 'queue',
    run: 7,
    hooks: {
      begun: (segment) => void segments.push(segment),
      failed: (error) => void failures.push(error),
      safe: (segment, first, texts, bytes) => void safe.push(`${segment.file.slice(15, 25)} ${first} ${texts.join(' ')} ${bytes}`),
    },
  });
  return { disk, fs, journal, segments, safe, failures };
}

function nth(operation: Call['operation'], n: number): (call: Call) => boolean {
  let met = 0;
  return (call) => call.operation === operation && (met += 1) === n;
}

describe('a put journal', () => {
  it('numbers messages as they come, and says where they end once they are safe', async () => {
    const { disk, journal, safe, segments } = putting();
    await Promise.all([journal.put('1'), journal.put('2', 'k')]);
    await journal.put('3');
    const [first, second] = [records(putLine(7, 1, '1'), putLine(7, 2, '2', 'k')), records(putLine(7, 3, '3'))];
    expect(unfilled(disk.files())).toEqual({ [putFile(7)]: first + second });
    expect(safe).toEqual([`0000000001 1 1 2 ${first.length}`, `0000000001 3 3 ${first.length + second.length}`]);
    expect(segments.map(({ hasKeys, isGrowing }) => [hasKeys, isGrowing])).toEqual([[true, true]]);
  });

  it('names each segment after its first message, so that names alone say where one lies', async () => {
    const { disk, journal, segments } = putting({ segmentBytes: 60 });
    for (const text of ['1', '2', '3', '4', '5']) await journal.put(text);
    expect(Object.keys(disk.files())).toEqual([putFile(7), putFile(7, 3), putFile(7, 5)]);
    expect(segments.map(({ end, isGrowing }) => [end, isGrowing])).toEqual([
      [3, false],
      [5, false],
      [Number.POSITIVE_INFINITY, true],
    ]);
  });

  it.each(['power', 'process'] as const)('does not use the number of a refused message again (%s)', async (durability) => {
    const { disk, journal, safe, failures } = putting({ durability, faults: [{ at: nth('write', 2), errno: 'ENOSPC' }] });
    await journal.put('1');
    await nextTurn();
    await expect(journal.put('refused')).rejects.toMatchObject({ name: 'DiskError', errno: 'ENOSPC' });
    await nextTurn();
    await journal.put('3');
    expect(unfilled(disk.files())).toEqual({ [putFile(7)]: records(putLine(7, 1, '1'), putLine(7, 3, '3')) });
    expect(safe.map((text) => text.split(' ')[1])).toEqual(['1', '3']);
    expect(failures).toHaveLength(1);
  });

  it('names a segment after a message that is in it, though those before it were refused with the file', async () => {
    const { disk, journal } = putting({ faults: [{ at: nth('open', 1), errno: 'ENOSPC' }] });
    const refused = await Promise.allSettled([journal.put('1'), journal.put('2')]);
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await journal.put('3');
    expect(disk.files()).toEqual({ [putFile(7, 3)]: puts(7, 3, '3') });
  });

  it('writes what was gathered before a single message that comes later', async () => {
    for (const durability of ['power', 'process'] as const) {
      const { disk, journal } = putting({ durability });
      await journal.put('1');
      await nextTurn();
      const all = [journal.putSoon('2'), journal.put('3'), journal.putSoon('4')];
      await journal.flush();
      await Promise.all(all);
      expect(unfilled(disk.files()), durability).toEqual({ [putFile(7)]: puts(7, 1, '1', '2', '3', '4') });
    }
  });

  it('writes what it gathered by itself once there is much of it, and the rest when it is told to', async () => {
    const { fs, journal } = putting({ durability: 'process' });
    await journal.put('0');
    const writes = (): number => fs.calls.filter(({ operation }) => operation === 'write').length;
    const before = writes();
    for (let index = 0; index < 6; index += 1) void journal.putSoon('x'.repeat(100_000));
    expect(writes() - before).toBe(2);
    void journal.putSoon('y');
    expect(writes() - before).toBe(2);
    await journal.flush();
    expect(writes() - before).toBe(3);
  });

  it('is flushed when all that was put is safe or refused: the refusal is told by the put', async () => {
    const { journal, safe } = putting({ faults: [{ at: nth('write', 1), errno: 'EIO' }] });
    const put = journal.put('1');
    const told = expect(put).rejects.toMatchObject({ errno: 'EIO' });
    await journal.flush();
    await told;
    await journal.put('2');
    expect(safe).toHaveLength(1);
    await journal.flush();
  });
});
