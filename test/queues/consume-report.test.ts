import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PermanentError } from '../../src/errors.ts';
import type { ConsumeProgress, ConsumeReport } from '../../src/queues/consume-report.ts';
import { consume, type HandlerContext } from '../../src/queues/consume.ts';
import { manualClock, type ManualClock } from '../../src/testing/manual-clock.ts';
import { FakeQueue, type FakeItem } from '../support/fake-queue.ts';

/** What a handler does with one delivery. */
const DEED = fc.constantFrom('return', 'return later', 'throw', 'throw later', 'permanent', 'take back', 'settle', 'give back', 'sleep');

interface Plan {
  readonly deeds: readonly string[];
  readonly concurrency: number;
  readonly maxAttempts: number;
  readonly onError: 'stop' | 'continue';
  readonly timeoutMs: number;
  readonly drainAt: number;
  readonly forceAt: number;
  readonly refuse: 'done' | 'fail' | 'release' | 'nothing';
}

const PLAN: fc.Arbitrary<Plan> = fc.record({
  deeds: fc.array(DEED, { maxLength: 60 }),
  concurrency: fc.integer({ min: 1, max: 5 }),
  maxAttempts: fc.integer({ min: 1, max: 4 }),
  onError: fc.constantFrom('stop', 'continue'),
  timeoutMs: fc.integer({ min: 5, max: 100 }),
  drainAt: fc.integer({ min: 0, max: 1_000 }),
  forceAt: fc.integer({ min: 0, max: 1_000 }),
  refuse: fc.constantFrom('done', 'fail', 'release', 'nothing', 'nothing', 'nothing'),
});

it('W-07 adds up, whatever happens to the items, and agrees with what the queue was told', async () => {
  await fc.assert(
    fc.asyncProperty(PLAN, async (plan) => {
      const { report, told, queue } = await carryOut(plan);
      for (const now of told) {
        const settled = now.done + now.failed + now.retried + now.released + now.lost;
        expect(now.taken).toBe(settled + now.running + now.waitingForRetry);
      }
      const end = told.at(-1);
      expect(end).toMatchObject({ state: 'ended', running: 0, waitingForRetry: 0 });
      if (report) expect(end).toMatchObject(countsOf(report));
      const ledger = (what: string): number => queue.ledger.filter((line) => line.startsWith(what)).length;
      expect(end).toMatchObject({
        done: ledger('done'),
        released: ledger('released'),
        failed: ledger('given up'),
        retried: ledger('failed'),
      });
      expect(queue.held.size).toBeLessThanOrEqual(end?.lost ?? 0);
    }),
    { numRuns: 300 },
  );
});

interface Outcome {
  /** Undefined when it rejected. */
  readonly report: ConsumeReport | undefined;
  readonly told: readonly ConsumeProgress[];
  readonly queue: FakeQueue<number>;
}

async function carryOut(plan: Plan): Promise<Outcome> {
  const clock = manualClock();
  const { concurrency, onError, timeoutMs, maxAttempts } = plan;
  const queue = new FakeQueue(plan.deeds.keys(), { maxAttempts });
  if (plan.refuse !== 'nothing') queue.refuse.set(plan.refuse, new Error('the disk refused'));
  const [drain, force] = [new AbortController(), new AbortController()];
  clock.after(plan.drainAt, () => drain.abort());
  clock.after(plan.forceAt, () => force.abort());
  const told: ConsumeProgress[] = [];
  const limits = { concurrency, onError, timeoutMs, backoff: { firstMs: 20 } };
  const handler = async (item: FakeItem<number>, { signal }: HandlerContext): Promise<void> => {
    const deed = plan.deeds[(item.value + item.attempt) % plan.deeds.length];
    await act(deed, item, signal, queue, clock);
  };
  const progress = (now: ConsumeProgress): unknown => told.push(now);
  const signals = { signal: drain.signal, forceSignal: force.signal };
  const working = consume(queue, handler, { ...limits, ...signals, progress, progressIntervalMs: 0, clock });
  const report = working.catch(() => undefined);
  await clock.advance(5_000);
  return { report: await report, told, queue };
}

async function act(
  deed: string | undefined,
  item: FakeItem<number>,
  signal: AbortSignal,
  queue: FakeQueue<number>,
  clock: ManualClock,
): Promise<void> {
  if (deed?.endsWith('later')) await after(clock, 10);
  if (deed === 'sleep') await after(clock, 3_000);
  if (deed === 'take back') queue.takeBack(item.id);
  if (deed === 'settle') await item.done();
  if (deed === 'give back') await (item.attempt > 1 || signal.aborted ? item.done() : item.fail(new Error('by hand')));
  if (deed?.startsWith('throw')) throw new Error(deed);
  if (deed === 'permanent') throw new PermanentError(deed);
}

function after(clock: ManualClock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}

function countsOf({ taken, done, failed, retried, released, lost }: ConsumeReport): Partial<ConsumeProgress> {
  return { taken, done, failed, retried, released, lost };
}
