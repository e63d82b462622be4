import { describe, expect, it } from 'vitest';
import { parseJournalName } from '../../src/formats/journal-name.ts';
import type { Holdings } from '../../src/journals/holdings.ts';
import { Segment } from '../../src/journals/segment.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import type { Files } from '../support/crashing-disk.ts';
import { doneFile, id, keptFile, putFile, putLine, puts, records } from '../support/journal-text.ts';
import { readHoldings } from '../support/read-holdings.ts';

const ERROR = '{"name":"Error","message":"no"}';

async function holding(files: Files) {
  const read = await readHoldings(new CrashingDisk(files).process());
  return { ...read, count: () => read.holdings.count(read.context) };
}

function numbers(holdings: Holdings): { unfinished: number; done: number; failed: number } {
  return { unfinished: holdings.unfinished, done: holdings.finishedMessages, failed: holdings.ledger.failed.size };
}

function nameOf(path: string): string {
  return path.slice(3);
}

const LEFT: Files = {
  [putFile(1)]: puts(1, 1, '1', '2', '3'),
  [putFile(2)]: puts(2, 1, '1', '2'),
  [doneFile(2)]: records(`done\t${id(1, 1)}`, `failed\t${id(1, 2)}\t3\t${ERROR}`, `done\t${id(2, 1)}`, `done\t${id(2, 2)}`),
};

describe('what a queue holds', () => {
  it('is counted once, of all that earlier runs left, however often it is asked', async () => {
    const { holdings, count, idle, context } = await holding(LEFT);
    await Promise.all([count(), count()]);
    await count();
    expect(numbers(holdings)).toEqual({ unfinished: 1, done: 3, failed: 1 });
    expect(idle).toEqual([putFile(2)]);
    expect(context.damage.count).toBe(0);
  });

  it('is the same whether messages are met one by one or counted, and in whatever order both come', async () => {
    const { holdings, count } = await holding(LEFT);
    const [first] = holdings.older;
    if (first === undefined) throw new Error('nothing left');
    expect([1, 2].map((sequence) => holdings.meet(first, 1, sequence, false))).toEqual([false, false]);
    await count();
    expect(holdings.meet(first, 1, 3, false)).toBe(true);
    expect(numbers(holdings)).toEqual({ unfinished: 1, done: 3, failed: 1 });
  });

  it('is no failure of a journal that is gone between two others, once the one before it was read', async () => {
    const { holdings, count } = await holding({
      [putFile(1)]: puts(1, 1, '1', '2'),
      [putFile(1, 5)]: puts(1, 5, '5'),
      [keptFile(1)]: records(`${id(1, 4)}\t\t3\t0\t${ERROR}\t"4"`),
      [doneFile(1)]: records(`done\t${id(1, 2)}`, ...[1, 3, 4].map((sequence) => `failed\t${id(1, sequence)}\t3\t${ERROR}`)),
    });
    await count();
    expect(numbers(holdings)).toEqual({ unfinished: 1, done: 1, failed: 2 });
    expect(holdings.older.map(({ failed }) => failed)).toEqual([0, 1, 0]);
  });

  it('changes with each message that is done, given up or put back to work', async () => {
    const { holdings, count, idle } = await holding(LEFT);
    await count();
    const [done, failed] = [
      { run: 1, sequence: 3 },
      { run: 1, sequence: 2 },
    ];
    holdings.retry(failed, 3);
    expect(numbers(holdings)).toEqual({ unfinished: 2, done: 3, failed: 0 });
    for (const message of [done, failed]) {
      holdings.ledger.finish(message.run, message.sequence);
      holdings.done(message);
      holdings.finished(message, 1);
    }
    expect(numbers(holdings)).toEqual({ unfinished: 0, done: 5, failed: 0 });
    expect(idle).toEqual([putFile(2), putFile(1)]);
  });

  it('is right though a message is settled before its journal was read that far', async () => {
    const { holdings, count } = await holding({ [putFile(1)]: puts(1, 1, '1', '2', '3') });
    const [segment] = holdings.older;
    if (segment === undefined) throw new Error('nothing left');
    holdings.meet(segment, 1, 1, false);
    for (const sequence of [1, 3]) {
      holdings.ledger.finish(1, sequence);
      holdings.finished({ run: 1, sequence }, 1);
    }
    await count();
    expect(numbers(holdings)).toEqual({ unfinished: 1, done: 2, failed: 0 });
  });

  it('has what was given up out of the way, and says so of a message that is delivered from elsewhere', async () => {
    const { holdings } = await holding(LEFT);
    const [segment] = holdings.older;
    if (segment === undefined) throw new Error('nothing left');
    holdings.retry({ run: 1, sequence: 2 }, 3);
    expect(holdings.meet(segment, 1, 2, false), 'not from the journal as well').toBe(false);
    expect(segment.unfinished).toBe(1);
  });

  it('knows whether a journal has keys', async () => {
    const { holdings, count } = await holding({ [putFile(1)]: records(putLine(1, 1, '1')), [putFile(2)]: records(putLine(2, 1, '1', '')) });
    await count();
    expect(holdings.older.map(({ hasKeys }) => hasKeys)).toEqual([false, true]);
  });

  it('does not let go of a journal with damage, though all that can be read of it is done', async () => {
    const { holdings, count, idle } = await holding({ ...LEFT, [putFile(2)]: puts(2, 1, '1', '2').replace('\t2\n', '\t3\n') });
    await count();
    expect(idle).toEqual([]);
    expect(holdings.unfinished).toBe(1);
  });
});

describe('messages that were kept', () => {
  const kept = {
    [putFile(1)]: puts(1, 1, '1', '2', '3'),
    [keptFile(2)]: records(`${id(1, 1)}\t\t3\t0\t${ERROR}\t1`, `${id(0, 7)}\t\t1\t0\t\t7`),
    [doneFile(2)]: records(`failed\t${id(1, 1)}\t3\t${ERROR}`, `done\t${id(1, 2)}`),
  };

  it('count once, though the journal that they lay in is still there', async () => {
    const { holdings, count } = await holding(kept);
    await count();
    expect(numbers(holdings)).toEqual({ unfinished: 2, done: 1, failed: 1 });
    holdings.retry({ run: 1, sequence: 1 }, 3);
    expect(numbers(holdings)).toEqual({ unfinished: 3, done: 1, failed: 0 });
    for (const message of [
      { run: 1, sequence: 1 },
      { run: 0, sequence: 7 },
    ]) {
      holdings.ledger.finish(message.run, message.sequence);
      holdings.done(message);
      holdings.finished(message, 1);
    }
    expect(numbers(holdings)).toEqual({ unfinished: 1, done: 3, failed: 0 });
  });

  it('stay done when the journal that they lay in is dropped', async () => {
    const { holdings, count } = await holding(kept);
    await count();
    holdings.retry({ run: 1, sequence: 1 }, 3);
    for (const sequence of [1, 3]) {
      holdings.ledger.finish(1, sequence);
      holdings.done({ run: 1, sequence });
      holdings.finished({ run: 1, sequence }, 1);
    }
    const segment = holdings.older.find(({ name }) => name.kind === 'put');
    if (segment !== undefined) holdings.drop(segment, 2);
    expect(holdings.isFinished(1, 1)).toBe(true);
    expect([holdings.gone, holdings.goneRun]).toEqual([2, 1]);
  });
});

describe('journals of this run', () => {
  function segment(first: number): Segment {
    const name = parseJournalName(nameOf(putFile(5, first)));
    if (name === null) throw new Error('no name');
    return new Segment(nameOf(putFile(5, first)), name, 0, { own: true });
  }

  it('are done with once another one follows and all that is in them is finished', async () => {
    const { holdings, idle } = await holding({ '/q/': '' });
    const [one, other] = [segment(1), segment(3)];
    holdings.begin(one);
    holdings.put(one, 2);
    const finish = (sequence: number): void => {
      holdings.ledger.finish(5, sequence);
      holdings.finished({ run: 5, sequence }, 1);
    };
    finish(1);
    finish(2);
    expect(idle, 'it is still written').toEqual([]);
    Object.assign(one, { end: 3, isGrowing: false });
    holdings.begin(other);
    expect(idle).toEqual([putFile(5)]);
    holdings.put(other, 1);
    expect(numbers(holdings)).toEqual({ unfinished: 1, done: 2, failed: 0 });
  });

  it('are told apart by the ids that lie in them', async () => {
    const { holdings } = await holding({ '/q/': '' });
    const [one, other] = [segment(1), segment(3)];
    for (const [own, count] of [
      [one, 2],
      [other, 2],
    ] as const) {
      holdings.begin(own);
      holdings.put(own, count);
    }
    Object.assign(one, { end: 3, isGrowing: false });
    for (const sequence of [3, 2, 4]) holdings.finished({ run: 5, sequence }, 1);
    expect([one.unfinished, other.unfinished]).toEqual([1, 0]);
  });
});
