import { describe, expect, expectTypeOf, it } from 'vitest';
import { consume } from '../../src/queues/consume.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { FakeQueue, type FakeItem } from '../support/fake-queue.ts';
import { gate, type Gate } from '../support/gate.ts';

const NOW = { backoff: false } as const;

/** A handler that stops at a gate of its own for each item. */
function gated(ids: string): { gates: Record<string, Gate>; handler: (item: FakeItem<string>) => Promise<void>; started: string[] } {
  const gates = Object.fromEntries(Array.from(ids, (id) => [id, gate()]));
  const started: string[] = [];
  const handler = async (item: FakeItem<string>): Promise<void> => {
    started.push(item.id);
    await gates[item.id]?.opened;
  };
  return { gates, handler, started };
}

describe('consume', () => {
  it('hands every item to the handler, in order, one at a time, and marks it done', async () => {
    const queue = new FakeQueue(['a', 'b', 'c']);
    const seen: string[] = [];
    const report = await consume(queue, (item) => {
      expectTypeOf(item.value).toEqualTypeOf<string>();
      seen.push(item.value);
    });
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(queue.ledger).toEqual(['done a', 'done b', 'done c']);
    expect(queue.mostHeld).toBe(1);
    expect(report).toMatchObject({ taken: 3, done: 3, failed: 0, retried: 0, released: 0, lost: 0, interrupted: null, errors: [] });
  });

  it('resolves at once for a queue that is closed and empty', async () => {
    expect(await consume(new FakeQueue([]), () => {})).toMatchObject({ taken: 0 });
  });

  it('W-01 runs as many handlers at once as it is told, and never takes more', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('abcde');
    const { gates, handler, started } = gated('abcde');
    const report = consume(queue, handler, { concurrency: 3, clock });
    await clock.advance(0);
    expect(started).toEqual(['a', 'b', 'c']);
    expect([...queue.held.keys()]).toEqual(['a', 'b', 'c']);
    gates['b']?.open();
    await clock.advance(0);
    expect(started).toEqual(['a', 'b', 'c', 'd']);
    for (const one of Object.values(gates)) one.open();
    expect(await report).toMatchObject({ taken: 5, done: 5 });
    expect(queue.mostHeld).toBe(3);
  });

  it('W-01 keeps a slot until its item is settled', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('ab');
    const settled = gate();
    const started: string[] = [];
    const slow = { maxAttempts: 3, get: async () => withDone(await queue.get(), settled) };
    const report = consume(slow, (item) => void started.push(item.id), { clock });
    await clock.advance(0);
    expect(started).toEqual(['a']);
    settled.open();
    expect(await report).toMatchObject({ done: 2 });
  });

  it('waits for what an open queue has yet to get, and ends when it is closed', async () => {
    const clock = manualClock();
    const queue = new FakeQueue<string>([], { closed: false });
    const report = consume(queue, () => {}, { clock, concurrency: 2 });
    await clock.advance(0);
    queue.put('late');
    await clock.advance(0);
    expect(queue.ledger).toEqual(['done late']);
    queue.close();
    expect(await report).toMatchObject({ taken: 1, done: 1 });
  });

  it('asks again after it settled what it held, since that may come again', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('a');
    const { gates, handler } = gated('a');
    const report = consume(queue, handler, { concurrency: 2, clock });
    await clock.advance(0);
    // There was nothing left but what it held itself, and now there is.
    queue.put('b');
    gates['a']?.open();
    expect(await report).toMatchObject({ done: 2 });
  });

  it('does not take an answer for the last that was asked for while it held an item', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('a');
    const answers: Gate[] = [];
    const slowToAnswer = {
      maxAttempts: 3,
      get: async () => {
        const item = await queue.get();
        if (item === undefined && answers.length === 0) {
          answers.push(gate());
          await answers[0]?.opened;
        }
        return item;
      },
    };
    const fails = gate();
    const report = consume(
      slowToAnswer,
      async (item) => {
        if (item.attempt > 1) return;
        await fails.opened;
        throw new Error('once');
      },
      { concurrency: 2, clock, ...NOW },
    );
    await clock.advance(0);
    fails.open();
    await clock.advance(0);
    expect(queue.waiting).toEqual(['a']); // back, while the answer "nothing" was on its way
    answers[0]?.open();
    expect(await report).toMatchObject({ taken: 2, done: 1, retried: 1 });
  });

  it('counts an item that its handler settled as the handler did', async () => {
    const queue = new FakeQueue('abcd');
    const report = await consume(
      queue,
      async (item) => {
        if (item.id === 'a') await item.done();
        if (item.id === 'b' && item.attempt === 1) await item.fail(new Error('no'));
        if (item.id === 'c') {
          await item.done();
          throw new Error('after it was done');
        }
      },
      NOW,
    );
    expect(report).toMatchObject({ taken: 5, done: 4, retried: 1, failed: 0 });
    expect(queue.ledger).toEqual(['done a', 'failed b 1', 'done b', 'done c', 'done d']);
  });

  it('counts an item as lost whose claim went while it was worked on, and goes on', async () => {
    const queue = new FakeQueue('abc');
    const aborted: string[] = [];
    const report = await consume(queue, (item, { signal }) => {
      if (item.id !== 'b') return;
      signal.addEventListener('abort', () => aborted.push(item.id));
      queue.takeBack('b');
    });
    expect(report).toMatchObject({ taken: 3, done: 2, lost: 1 });
    expect(aborted).toEqual(['b']);
  });

  it('counts it as lost also if its handler never asked for the signal', async () => {
    const queue = new FakeQueue('ab');
    const report = await consume(queue, ({ id }) => queue.takeBack(id));
    expect(report).toMatchObject({ taken: 2, lost: 2 });
  });

  it('hands out a signal that is aborted already when it is asked for too late', async () => {
    const queue = new FakeQueue('a');
    const late: boolean[] = [];
    const report = await consume(queue, ({ id }, context) => {
      queue.takeBack(id);
      late.push(context.signal.aborted);
    });
    expect(report).toMatchObject({ taken: 1, lost: 1 });
    expect(late).toEqual([true]);
  });

  it.each(['done', 'fail'] as const)(
    'stops with the error of a queue that can not write down a %s, after what runs is settled',
    async (which) => {
      const clock = manualClock();
      const queue = new FakeQueue('abc', { maxAttempts: 1 });
      const { gates, handler } = gated('a');
      queue.refuse.set(which, new Error('disk full'));
      const report = consume(
        queue,
        async (item) => {
          await handler(item);
          if (item.id === 'b' && which === 'fail') throw new Error('handler');
        },
        { concurrency: 2, clock, onError: 'continue' },
      );
      const rejected = expect(report).rejects.toThrow('disk full');
      await clock.advance(0);
      gates['a']?.open();
      await rejected;
      expect(queue.ledger).toEqual(['done a']);
      expect(queue.waiting).toEqual(['c']);
    },
  );

  it('stops with the error that get rejects with, after what runs is settled', async () => {
    const clock = manualClock();
    const queue = new FakeQueue('a', { closed: false });
    const { gates, handler } = gated('a');
    const report = consume(queue, handler, { concurrency: 2, clock });
    const rejected = expect(report).rejects.toThrow('upstream failed');
    await clock.advance(0);
    queue.breakWith(new Error('upstream failed'));
    await clock.advance(0);
    expect(queue.held.size).toBe(1);
    gates['a']?.open();
    await rejected;
    expect(queue.ledger).toEqual(['done a']);
  });

  it('stops with what a queue throws synchronously', async () => {
    const queue = {
      get: (): Promise<undefined> => {
        throw new Error('no queue at all');
      },
    };
    await expect(consume(queue, () => {})).rejects.toThrow('no queue at all');
  });

  it('leaves nothing behind on a signal that outlives it', async () => {
    const { signal } = new AbortController();
    const listening = { added: 0, removed: 0 };
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...listener: Parameters<typeof add>) => {
      listening.added += 1;
      add(...listener);
    };
    signal.removeEventListener = (...listener: Parameters<typeof remove>) => {
      listening.removed += 1;
      remove(...listener);
    };
    await consume(new FakeQueue('abcdef'), () => {}, { signal, forceSignal: signal });
    expect(listening).toEqual({ added: 2, removed: 2 });
  });
});

/** The item with a `done` that takes until the gate opens. */
function withDone(item: FakeItem<string> | undefined, settled: Gate): FakeItem<string> | undefined {
  if (item === undefined) return undefined;
  const done = async (): Promise<void> => {
    await settled.opened;
    await item.done();
  };
  return { ...item, done };
}
