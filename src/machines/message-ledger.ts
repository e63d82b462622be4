import { IdMap } from './id-map.ts';
import { IdSet } from './id-set.ts';

/** Given up: after how many attempts, and why. */
export interface Failure<Reason> {
  readonly attempt: number;
  readonly reason: Reason;
}

/** `taken` events are told apart from the rest only when there are many: then those of finished messages are forgotten. */
const SETTLE_EVERY = 65_536;

/**
 * What became of each message: a fold over all that was ever written down about them, in that order. What is not in
 * here was put and not yet touched. Attempts of one message only grow, and a retry forgives those before it, so that
 * a line about a message that was carried over since changes nothing.
 */
export class MessageLedger<Reason> {
  readonly done = new IdSet();
  readonly failed = new IdMap<Failure<Reason>>();
  /** How often each unfinished message was delivered and not released, where that is not never. */
  readonly #attempts = new IdMap<number>();
  /** Attempts that a retry forgave. */
  readonly #forgiven = new IdMap<number>();
  /** Deliveries not yet counted: run, sequence, attempt, count, again and again. */
  #taken: number[] = [];

  take(run: number, sequence: number, attempt: number, count: number): void {
    this.#taken.push(run, sequence, attempt, count);
    if (this.#taken.length > 4 * SETTLE_EVERY) this.settle();
  }

  /** False if it was done before. */
  finish(run: number, sequence: number): boolean {
    this.failed.delete(run, sequence);
    return this.done.add(run, sequence);
  }

  /** The same for `count` messages with consecutive numbers. How many of them were not done before. */
  finishRange(run: number, first: number, count: number): number {
    if (this.failed.size > 0) for (let sequence = first; sequence < first + count; sequence++) this.failed.delete(run, sequence);
    return this.done.addRange(run, first, count);
  }

  /** That attempt does not count. */
  release(run: number, sequence: number, attempt: number): void {
    this.settle();
    if (this.#attempts.get(run, sequence) === attempt) this.count(run, sequence, attempt - 1);
  }

  giveUp(run: number, sequence: number, attempt: number, reason: Reason): void {
    this.settle();
    if (this.done.has(run, sequence) || attempt < (this.failed.get(run, sequence)?.attempt ?? 0)) return;
    // A line from before the retry that undid it: the message was carried over meanwhile, the line was not removed.
    if (attempt <= (this.#forgiven.get(run, sequence) ?? -1)) return;
    this.count(run, sequence, attempt);
    this.failed.set(run, sequence, { attempt, reason });
  }

  /** Puts what was given up at or before that attempt back to work. */
  retry(run: number, sequence: number, attempt: number): void {
    this.settle();
    if ((this.failed.get(run, sequence)?.attempt ?? 0) > attempt) return;
    this.failed.delete(run, sequence);
    this.#forgiven.set(run, sequence, Math.max(attempt, this.#forgiven.get(run, sequence) ?? 0));
    this.count(run, sequence, Math.max(attempt, this.#attempts.get(run, sequence) ?? 0));
  }

  /** Sets how often a message was delivered. */
  count(run: number, sequence: number, attempts: number): void {
    if (attempts > 0) this.#attempts.set(run, sequence, attempts);
    else this.#attempts.delete(run, sequence);
  }

  /** How often a message was delivered, over all its life. */
  attempts(run: number, sequence: number): number {
    return this.#attempts.get(run, sequence) ?? 0;
  }

  /** Of those, how many count against it: the ones since its last retry. */
  countedAttempts(run: number, sequence: number): number {
    return this.attempts(run, sequence) - this.forgiven(run, sequence);
  }

  forgiven(run: number, sequence: number): number {
    return this.#forgiven.get(run, sequence) ?? 0;
  }

  /** How many messages were delivered and neither settled nor released since. Those that failed and wait are among them. */
  inHands(): number {
    this.settle();
    let count = 0;
    for (const { run, sequence } of this.#attempts.entries()) if (!this.done.has(run, sequence) && !this.failed.has(run, sequence)) count++;
    return count;
  }

  /** Drops what is known of a message that is finished or gone, but for its being done. */
  forget(run: number, sequence: number): void {
    this.#attempts.delete(run, sequence);
    this.#forgiven.delete(run, sequence);
  }

  /**
   * Forgets what is known of messages that lie nowhere, of all runs or of one. Their journals are gone, and what said last
   * that they are done may be gone with them, while an older line stays that says that they were given up.
   */
  forgetAllBut(isThere: (run: number, sequence: number) => boolean, only?: number): void {
    for (const map of [this.failed, this.#attempts, this.#forgiven])
      for (const run of only === undefined ? map.runs() : [only]) map.retain(run, (sequence) => isThere(run, sequence));
  }

  /** Counts the deliveries of what is not finished. */
  settle(): void {
    const taken = this.#taken;
    this.#taken = [];
    for (let i = 0; i < taken.length; i += 4) {
      const run = taken[i] ?? 0;
      const first = taken[i + 1] ?? 0;
      const attempt = taken[i + 2] ?? 0;
      const count = taken[i + 3] ?? 0;
      if (this.done.hasRange(run, first, count)) continue;
      for (let sequence = first; sequence < first + count; sequence++) {
        if (!this.done.has(run, sequence) && attempt > this.attempts(run, sequence)) this.count(run, sequence, attempt);
      }
    }
  }
}
