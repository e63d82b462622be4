import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AppendLog } from '../../src/fs/append-log.ts';
import { QueueGuard } from '../../src/journals/queue-guard.ts';
import { SyncGroup } from '../../src/journals/sync-group.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { NotedBatch } from '../support/noted-batch.ts';
import { slowSyncs } from '../support/slow-syncs.ts';

/** On a disk whose syncs take long: the first is waited for, and from then on it is known. */
async function slowly(isOurs: () => boolean = () => true) {
  const { fs, syncs } = slowSyncs(new CrashingDisk({ '/q/': '' }).process());
  const notes: string[] = [];
  const guard = new QueueGuard('/q', isOurs);
  const group = new SyncGroup(hastyClock({ ticksMs: 100 }), guard);
  const log = await AppendLog.create(fs, '/q', 'log', { durable: false });
  const add = (name: string, to = log): void => group.add(new NotedBatch(notes, [name]), to);
  add('first');
  notes.length = 0;
  return { fs, syncs, notes, guard, group, log, add };
}

describe('a group of syncs', () => {
  it('waits for a disk that is quick: the next batch is as safe as soon as it is written', async () => {
    const fs = new CrashingDisk({ '/q/': '' }).process();
    const notes: string[] = [];
    const group = new SyncGroup(manualClock(), new QueueGuard('/q', () => true));
    const log = await AppendLog.create(fs, '/q', 'log', { durable: false });
    for (const name of ['a', 'b', 'c']) group.add(new NotedBatch(notes, [name]), log);
    expect(notes).toEqual(['a safe', 'b safe', 'c safe']);
    expect(fs.calls.filter(({ operation }) => operation === 'syncNow')).toHaveLength(3);
  });

  it('waits for it on, though one sync took long, and not where several did', async () => {
    const { fs, syncs } = slowSyncs(new CrashingDisk({ '/q/': '' }).process());
    const took = [0.1, 500, 0.1, 0.1, 0.1, 500, 500];
    let now = 0;
    let looks = 0;
    const monotonic = (): number => (now += (looks += 1) % 2 === 0 ? (took[looks / 2 - 1] ?? 0) : 0);
    const notes: string[] = [];
    const group = new SyncGroup({ ...manualClock(), monotonic }, new QueueGuard('/q', () => true));
    const log = await AppendLog.create(fs, '/q', 'log', { durable: false });
    for (const name of took) group.add(new NotedBatch(notes, [String(name)]), log);
    expect(notes).toHaveLength(took.length);
    expect(syncs).toEqual([]);
    group.add(new NotedBatch(notes, ['next']), log);
    expect(syncs).toHaveLength(1);
  });

  it('covers with one sync all that was written while the one before ran', async () => {
    const { syncs, notes, add } = await slowly();
    add('a');
    for (const name of ['b', 'c', 'd']) add(name);
    expect(syncs).toHaveLength(1);
    syncs[0]?.end();
    await nextTurn();
    expect(notes).toEqual(['a safe']);
    expect(syncs).toHaveLength(2);
    syncs[1]?.end();
    await nextTurn();
    expect(notes).toEqual(['a safe', 'b safe', 'c safe', 'd safe']);
    expect(syncs).toHaveLength(2);
  });

  it('refuses what it covered, and what was written meanwhile, when one fails', async () => {
    const { syncs, notes, guard, add } = await slowly();
    add('a');
    add('b');
    syncs[0]?.fail(new Error('EIO'));
    await nextTurn();
    expect(notes).toEqual(['a failed: QueueBrokenError', 'b failed: QueueBrokenError']);
    expect(guard.end).toMatchObject({ name: 'QueueBrokenError' });
    add('c');
    await nextTurn();
    expect(notes.at(-1)).toBe('c failed: QueueBrokenError');
    expect(syncs, 'no other sync proves anything').toHaveLength(1);
  });

  it('acknowledges nothing once the queue was taken over, though the sync went well', async () => {
    let isOurs = true;
    const { syncs, notes, add } = await slowly(() => isOurs);
    add('a');
    isOurs = false;
    syncs[0]?.end();
    await nextTurn();
    expect(notes).toEqual(['a failed: QueueTakenError']);
    add('b');
    syncs[1]?.end();
    await nextTurn();
    expect(notes.at(-1)).toBe('b failed: QueueTakenError');
  });
});

describe('a log that is left', () => {
  it('is synced once more, for what was not', async () => {
    const { syncs, notes, group, log, add } = await slowly();
    add('a');
    add('b');
    const leaving = group.leave(log);
    for (const sync of syncs) sync.end();
    await nextTurn();
    for (const sync of syncs) sync.end();
    await leaving;
    expect(notes).toEqual(['a safe', 'b safe']);
  });

  it('is not synced for nothing', async () => {
    const { syncs, group, log } = await slowly();
    await group.leave(log);
    expect(syncs).toEqual([]);
  });

  it('has all of its batches acknowledged in the order in which they were written, whichever sync is faster', async () => {
    const { syncs, notes, group, log, add } = await slowly();
    add('a');
    add('b');
    const leaving = group.leave(log);
    await nextTurn();
    // The later sync, if there is one by now, is over before the one that was begun first.
    for (const sync of [...syncs].reverse()) {
      sync.end();
      await nextTurn();
    }
    for (const sync of syncs) sync.end();
    await leaving;
    expect(notes).toEqual(['a safe', 'b safe']);
  });

  it('has what was written to the next one synced there', async () => {
    const { fs, syncs, notes, group, log, add } = await slowly();
    const next = await AppendLog.create(fs, '/q', 'next', { durable: false });
    add('a');
    const leaving = group.leave(log);
    add('b', next);
    expect(syncs.map(({ path }) => path)).toEqual(['/q/log']);
    syncs[0]?.end();
    await leaving;
    await nextTurn();
    expect(syncs.map(({ path }) => path)).toEqual(['/q/log', '/q/next']);
    syncs[1]?.end();
    await nextTurn();
    expect(notes).toEqual(['a safe', 'b safe']);
  });

  it('refuses what it can’t sync', async () => {
    const { syncs, notes, group, log, add } = await slowly();
    add('a');
    add('b');
    const leaving = group.leave(log);
    for (const sync of syncs) sync.fail(new Error('EIO'));
    await nextTurn();
    for (const sync of syncs) sync.fail(new Error('EIO'));
    await leaving;
    expect([...notes].sort()).toEqual(['a failed: QueueBrokenError', 'b failed: QueueBrokenError']);
  });
});
