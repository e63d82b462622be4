import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { PermanentError, QueueClosedError } from '../../src/errors.ts';
import type { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import type { Item } from '../../src/queues/queue.ts';
import { listed, QueueLives } from '../support/queue-lives.ts';
import { type ModelMessage, QueueModel } from '../support/queue-model.ts';

const DEEP = process.env['DIBS_DEEP'] === '1';
const MAX_ATTEMPTS = 2;
const KINDS = ['kills', 'retries'] as const;
type Kind = (typeof KINDS)[number];
const DURABILITIES = ['power', 'process'] as const;

/**
 * One thing that happens to a queue. Numbers choose among what is there. A retry may bring back what outlived its journal,
 * and that comes before all else at the next opening: so where there are retries nothing is said of the order, and nobody
 * is killed (what kills too often is given up when its turn comes).
 */
const steps = (kind: Kind) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('put' as const),
        key: fc.option(fc.constantFrom('k1', 'k2', 'k3', 'k4'), { nil: undefined }),
        isWide: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('putMany' as const), count: fc.integer({ min: 0, max: 6 }), isWide: fc.boolean() }),
    },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('take' as const), count: fc.integer({ min: 1, max: 4 }) }) },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constantFrom('done' as const, 'done' as const, 'release' as const, 'fail' as const, 'giveUp' as const),
        which: fc.nat(),
      }),
    },
    { weight: kind === 'retries' ? 2 : 0, arbitrary: fc.record({ do: fc.constant('retry' as const), which: fc.nat(), all: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('markAllDone' as const, 'close' as const, 'requeueOutstanding' as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('reopen' as const),
        after: kind === 'retries' ? fc.constant('dispose' as const) : fc.constantFrom('dispose' as const, 'kill' as const),
        resume: fc.constantFrom(true, true, true, false),
      }),
    },
  );
type Step = ReturnType<typeof steps> extends fc.Arbitrary<infer S> ? S : never;

/** A real queue and the model of it, that go the same way. */
class Pair {
  readonly #lives: QueueLives<string>;
  readonly #model = new QueueModel(MAX_ATTEMPTS);
  readonly #held = new Map<Item<string>, ModelMessage>();
  #queue: PersistentQueue<string>;
  #values = 0;
  readonly #isOrdered: boolean;

  private constructor(lives: QueueLives<string>, queue: PersistentQueue<string>, isOrdered: boolean) {
    this.#lives = lives;
    this.#queue = queue;
    this.#isOrdered = isOrdered;
    this.#model.open('kill', true);
  }

  static async make(durability: 'power' | 'process', { isOrdered }: { isOrdered: boolean }): Promise<Pair> {
    const lives = new QueueLives<string>({ durability, segmentBytes: 1024, maxAttempts: MAX_ATTEMPTS });
    return new Pair(lives, await lives.open(), isOrdered);
  }

  async go(next: Step): Promise<void> {
    switch (next.do) {
      case 'put':
        return this.#put(this.#value(next.isWide), next.key);
      case 'putMany':
        return this.#putMany(Array.from({ length: next.count }, () => this.#value(next.isWide)));
      case 'take':
        for (let left = next.count; left > 0; left -= 1) await this.#take();
        return;
      case 'retry':
        return this.#retry(next.all, next.which);
      case 'markAllDone':
        expect(await this.#queue.markAllDone()).toBe(this.#model.markAllDone());
        return this.#held.clear();
      case 'close':
        await this.#queue.close();
        return this.#model.close();
      case 'requeueOutstanding':
        await this.#queue.requeueOutstanding();
        return this.#model.requeueOutstanding();
      case 'reopen':
        return this.#reopen(next.after, next.resume);
      default:
        return this.#settle(next.do, next.which);
    }
  }

  async compare(): Promise<void> {
    const model = this.#model;
    const describe = ({ id, key, value, attempts }: ModelMessage): object => ({ id, key, value, attempts });
    const byId = (a: { id: string }, b: { id: string }): number => a.id.localeCompare(b.id);
    const outstanding = await listed(this.#queue.outstanding());
    if (!this.#isOrdered) outstanding.sort(byId);
    expect(outstanding, 'outstanding()').toEqual(model.in('waiting', 'taken').map(describe));
    // What outlived its journal is listed first.
    const listing = (await listed(this.#queue.failed())).toSorted(byId);
    const failed = listing.map(({ id, key, value, attempts }) => ({ id, key, value, attempts }));
    expect(failed, 'failed()').toEqual(model.in('failed').map(describe));
    const counts = {
      waiting: model.in('waiting').length,
      taken: model.in('taken').length,
      done: model.in('done').length,
      failed: failed.length,
      damaged: 0,
    };
    expect(await this.#queue.counts(), 'counts()').toEqual(counts);
  }

  async end(): Promise<void> {
    while (await this.#take());
    await this.compare();
    await this.#queue.dispose();
  }

  #value(isWide: boolean): string {
    this.#values += 1;
    return `${this.#values}${isWide ? '.'.repeat(400) : ''}`;
  }

  async #put(value: string, key: string | undefined): Promise<void> {
    const put = this.#queue.put(value, key === undefined ? undefined : { key });
    if (this.#model.isClosed) await expect(put).rejects.toBeInstanceOf(QueueClosedError);
    else expect(await put).toBe(this.#model.put(value, key));
    if (this.#model.isClosed) await this.#queue.flush().catch(() => undefined);
  }

  async #putMany(values: readonly string[]): Promise<void> {
    if (this.#model.isClosed) return;
    expect(await this.#queue.putMany(values)).toBe(values.length);
    for (const value of values) this.#model.put(value);
  }

  async #take(): Promise<boolean> {
    const item = await this.#queue.tryGet();
    const expected = this.#model.take(this.#isOrdered ? undefined : item?.id);
    expect(item && { id: item.id, value: item.value, attempt: item.attempt }, 'tryGet()').toEqual(
      expected && { id: expected.id, value: expected.value, attempt: expected.attempts },
    );
    if (item && expected) this.#held.set(item, expected);
    return item !== undefined;
  }

  async #settle(how: 'done' | 'release' | 'fail' | 'giveUp', which: number): Promise<void> {
    const [item, message] = [...this.#held][which % Math.max(1, this.#held.size)] ?? [];
    if (item === undefined || message === undefined) return;
    this.#held.delete(item);
    if (how === 'done' || how === 'release') {
      await item[how]();
      return this.#model[how](message);
    }
    await item.fail(how === 'giveUp' ? new PermanentError('no') : new Error('no'));
    this.#model.fail(message, how === 'giveUp');
  }

  async #retry(all: boolean, which: number): Promise<void> {
    const failed = this.#model.in('failed').map(({ id }) => id);
    const ids = all ? failed : failed.slice(which % Math.max(1, failed.length)).slice(0, 1);
    expect(await this.#queue.retry(all ? undefined : ids), 'retry()').toBe(this.#model.retry(ids));
  }

  async #reopen(after: 'dispose' | 'kill', resume: boolean): Promise<void> {
    if (after === 'dispose') await this.#queue.dispose();
    this.#held.clear();
    this.#queue = await this.#lives.open({ resume });
    this.#model.open(after, resume);
  }
}

const variants = KINDS.flatMap((kind) => DURABILITIES.map((durability, index) => ({ kind, durability, seed: index + 1 })));

it.each(variants)('does, step by step, what a simple model in memory does ($kind, $durability)', async ({ kind, durability, seed }) => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps(kind), { minLength: 1, maxLength: 50, size: 'max' }), async (all) => {
      const pair = await Pair.make(durability, { isOrdered: kind !== 'retries' });
      for (const next of all) {
        await pair.go(next);
        await pair.compare();
      }
      await pair.end();
    }),
    { numRuns: DEEP ? 5_000 : 8, seed, ...(DEEP && { endOnFailure: true }) },
  );
});
