import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageLedger } from '../../src/machines/message-ledger.ts';

type Ledger = MessageLedger<string>;
/** One line about a message, as a done journal has it. */
type Line = (ledger: Ledger, sequence: number) => void;

const taken =
  (attempt: number): Line =>
  (ledger, sequence) =>
    ledger.take(1, sequence, attempt, 1);
const released =
  (attempt: number): Line =>
  (ledger, sequence) =>
    ledger.release(1, sequence, attempt);
const failed =
  (attempt: number): Line =>
  (ledger, sequence) =>
    ledger.giveUp(1, sequence, attempt, `at ${attempt}`);
const retried =
  (attempt: number): Line =>
  (ledger, sequence) =>
    ledger.retry(1, sequence, attempt);
const finished: Line = (ledger, sequence) => void ledger.finish(1, sequence);

function fold(lines: readonly Line[], ledger: Ledger = new MessageLedger(), sequence = 1): Ledger {
  for (const line of lines) line(ledger, sequence);
  ledger.settle();
  return ledger;
}

/** All that anybody asks of one message. */
function standing(ledger: Ledger, sequence = 1): unknown {
  return {
    done: ledger.done.has(1, sequence),
    failed: ledger.failed.get(1, sequence),
    counted: ledger.countedAttempts(1, sequence),
  };
}

type Event = 'release' | 'kill' | 'fail' | 'done';

/** A life of a message as the queue writes it, up to its last line. Attempts grow; what is given up is retried. */
function linesOf(events: readonly Event[]): { lines: Line[]; attempt: number; state: 'waiting' | 'failed' | 'done' } {
  const lines: Line[] = [];
  let attempt = 0;
  let state: 'waiting' | 'failed' | 'done' = 'waiting';
  for (const event of events) {
    if (state === 'done') break;
    if (state === 'failed') lines.push(retried(attempt));
    attempt += 1;
    lines.push(taken(attempt));
    state = 'waiting';
    if (event === 'release') lines.push(released(attempt--));
    if (event === 'fail') lines.push(failed(attempt));
    if (event === 'done') lines.push(finished);
    if (event === 'fail') state = 'failed';
    if (event === 'done') state = 'done';
  }
  return { lines, attempt, state };
}

const events = fc.array(fc.constantFrom<Event>('release', 'kill', 'kill', 'fail', 'fail', 'done'), { maxLength: 8 });

describe('what became of a message', () => {
  it('is nothing before anything was written about it', () => {
    expect(standing(new MessageLedger())).toEqual({ done: false, failed: undefined, counted: 0 });
  });

  it.each([
    ['delivered', [taken(1)], { done: false, failed: undefined, counted: 1 }],
    ['delivered again after a kill', [taken(1), taken(2)], { done: false, failed: undefined, counted: 2 }],
    ['given back', [taken(1), taken(2), released(2)], { done: false, failed: undefined, counted: 1 }],
    ['given back and delivered again', [taken(1), released(1), taken(1)], { done: false, failed: undefined, counted: 1 }],
    ['given up', [taken(1), taken(2), failed(2)], { done: false, failed: { attempt: 2, reason: 'at 2' }, counted: 2 }],
    ['put back to work', [taken(1), taken(2), failed(2), retried(2)], { done: false, failed: undefined, counted: 0 }],
    [
      'given up again',
      [taken(1), failed(1), retried(1), taken(2), failed(2)],
      { done: false, failed: { attempt: 2, reason: 'at 2' }, counted: 1 },
    ],
    ['done', [taken(1), finished], { done: true, failed: undefined, counted: 0 }],
    ['done after all', [taken(1), failed(1), finished], { done: true, failed: undefined, counted: 1 }],
  ] as const)('is that it was %s', (_, lines, expected) => {
    expect(standing(fold(lines))).toEqual(expected);
  });

  it('is done once and for ever', () => {
    const ledger = fold([taken(1), finished]);
    expect(ledger.finish(1, 1)).toBe(false);
    for (const line of [failed(1), failed(9), retried(9)]) line(ledger, 1);
    expect(ledger.done.has(1, 1)).toBe(true);
    expect(ledger.failed.size).toBe(0);
  });

  it('is counted for each of a line that speaks of many', () => {
    const ledger: Ledger = new MessageLedger();
    ledger.finish(1, 11);
    ledger.take(1, 10, 3, 4);
    ledger.settle();
    expect([9, 10, 11, 12, 13, 14].map((sequence) => ledger.attempts(1, sequence))).toEqual([0, 3, 0, 3, 3, 0]);
    expect(ledger.inHands()).toBe(3);
  });

  it('is done of a range as of each message in it', () => {
    const sequences = [1, 2, 3, 4, 5, 6];
    const both = [0, 1].map(() => {
      const ledger: Ledger = new MessageLedger();
      ledger.finish(1, 3);
      for (const sequence of sequences) if (sequence % 2 === 0 || sequence === 1) fold([taken(1), failed(1)], ledger, sequence);
      return ledger;
    });
    const [one, each] = both;
    expect(one?.finishRange(1, 2, 4)).toBe(3);
    for (const sequence of [2, 3, 4, 5]) each?.finish(1, sequence);
    const [ofRange, ofEach] = both.map((ledger) => sequences.map((sequence) => standing(ledger, sequence)));
    expect(ofRange).toEqual(ofEach);
    expect(each?.failed.size).toBe(2);
    expect(one?.finishRange(1, 1, 6)).toBe(2);
    expect([one?.failed.size, one?.done.size, one?.finishRange(2, 1, 2)]).toEqual([0, 6, 2]);
  });

  it('is what the last line about an attempt says', () => {
    const again: Line = (ledger, sequence) => ledger.giveUp(1, sequence, 1, 'again');
    expect(standing(fold([taken(1), failed(1), again]))).toMatchObject({ failed: { attempt: 1, reason: 'again' } });
  });

  it('does not depend on how the lines about different messages are mixed', () => {
    fc.assert(
      fc.property(fc.array(events, { minLength: 1, maxLength: 4 }), fc.infiniteStream(fc.nat(3)), (lives, choices) => {
        const mixed: Ledger = new MessageLedger();
        const left = lives.map((life) => [...linesOf(life).lines]);
        for (const choice of choices) {
          const open = left.flatMap((lines, index) => (lines.length > 0 ? [index] : []));
          const index = open[choice % Math.max(1, open.length)];
          if (index === undefined) break;
          left[index]?.shift()?.(mixed, index + 1);
        }
        mixed.settle();
        for (const [index, life] of lives.entries()) {
          // What a finished message's attempts were is forgotten sooner or later.
          const alone = fold(linesOf(life).lines, undefined, index + 1);
          if (alone.done.has(1, index + 1)) expect(mixed.done.has(1, index + 1)).toBe(true);
          else expect(standing(mixed, index + 1)).toEqual(standing(alone, index + 1));
        }
      }),
    );
  });

  it('is the same though many deliveries are counted in between', () => {
    const ledger: Ledger = new MessageLedger();
    for (let sequence = 1; sequence <= 70_000; sequence += 1) ledger.take(1, sequence, 1, 1);
    expect(ledger.attempts(1, 1), 'counted by now').toBe(1);
    for (let sequence = 1; sequence <= 70_000; sequence += 1) ledger.finish(1, sequence);
    expect(ledger.inHands()).toBe(0);
  });
});

describe('a line that is older than what is known', () => {
  it.each([
    ['a delivery', taken(2)],
    ['a giving back', released(2)],
    ['an earlier giving up', failed(2)],
    ['a retry of an earlier attempt', retried(2)],
  ] as const)('changes nothing about a message that was carried over, given up: %s', (_, line) => {
    const carried: Line = (ledger) => ledger.count(1, 1, 3);
    expect(standing(fold([carried, failed(3), line]))).toEqual({ done: false, failed: { attempt: 3, reason: 'at 3' }, counted: 3 });
  });

  it('changes nothing about a message that was carried over, put back to work since: an earlier retry', () => {
    const carried: Line = (ledger) => ledger.count(1, 1, 7);
    const ledger = fold([carried, retried(5), retried(2)]);
    expect([ledger.attempts(1, 1), ledger.forgiven(1, 1), ledger.countedAttempts(1, 1)]).toEqual([7, 5, 2]);
  });

  it('does not undo a retry: what was given up before it stays at work', () => {
    const ledger = fold([taken(1), failed(1), retried(1), failed(1)]);
    expect(standing(ledger)).toEqual({ done: false, failed: undefined, counted: 0 });
    expect(standing(fold([failed(2)], ledger))).toMatchObject({ failed: { attempt: 2 }, counted: 1 });
  });

  it('changes nothing, whichever of them are still there after it was carried over, and what comes later counts as before', () => {
    fc.assert(
      fc.property(events, events, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (life, after, stays) => {
        const before = linesOf(life);
        if (before.state !== 'failed') return;
        // The kept line, then whatever done journals were not removed, then what was written since.
        const kept: Line = (ledger, sequence) => {
          ledger.count(1, sequence, before.attempt);
          failed(before.attempt)(ledger, sequence);
        };
        const later = linesOf([...life, ...after]).lines.slice(before.lines.length);
        const stale = before.lines.filter((_, index) => stays[index]);
        const [clean, mixed] = [fold([kept]), fold([kept, ...stale])];
        expect(mixed.failed.get(1, 1)).toEqual(clean.failed.get(1, 1));
        if (later.length > 0) expect(standing(fold([kept, ...stale, ...later]))).toEqual(standing(fold([kept, ...later])));
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is in hands', () => {
  it('was delivered, and neither settled nor given back', () => {
    const ledger: Ledger = new MessageLedger();
    for (const [index, lines] of [[taken(1)], [taken(1), released(1)], [taken(1), finished], [taken(1), failed(1)], []].entries())
      fold(lines, ledger, index + 1);
    expect(ledger.inHands()).toBe(1);
  });

  it('is forgotten with its attempts when its journal goes', () => {
    const ledger = fold([taken(1), failed(1), retried(1), taken(2)]);
    ledger.forget(1, 1);
    expect([ledger.attempts(1, 1), ledger.forgiven(1, 1)]).toEqual([0, 0]);
  });
});

describe('what is known of a message that lies nowhere', () => {
  function known(): MessageLedger<string> {
    const ledger = new MessageLedger<string>();
    for (const run of [1, 2]) {
      ledger.giveUp(run, 1, 3, 'no');
      ledger.retry(run, 2, 2);
      ledger.finish(run, 3);
    }
    return ledger;
  }
  const ofRun = (ledger: MessageLedger<string>, run: number) => [
    ledger.failed.has(run, 1),
    ledger.attempts(run, 1),
    ledger.attempts(run, 2),
    ledger.forgiven(run, 2),
    ledger.done.has(run, 3),
  ];

  it('is forgotten but for its being done, of all runs or of one', () => {
    const ledger = known();
    ledger.forgetAllBut(() => false, 2);
    expect(ofRun(ledger, 1)).toEqual([true, 3, 2, 2, true]);
    expect(ofRun(ledger, 2)).toEqual([false, 0, 0, 0, true]);
    ledger.forgetAllBut((_, sequence) => sequence === 1);
    expect(ofRun(ledger, 1)).toEqual([true, 3, 0, 0, true]);
    ledger.forgetAllBut(() => false);
    expect(ofRun(ledger, 1)).toEqual([false, 0, 0, 0, true]);
    expect(ledger.inHands()).toBe(0);
  });
});
