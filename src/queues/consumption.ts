import PQueue from 'p-queue';
import { ItemSettledError } from '../errors.ts';
import { pause } from './consume-abort.ts';
import { type Again, againAfter, MOST_ELSEWHERE } from './consume-again.ts';
import { Attempt, type Handler, type Outcome } from './consume-attempt.ts';
import type { ConsumeSettings } from './consume-options.ts';
import { ProgressTeller } from './consume-progress.ts';
import { type ConsumeReport, type Held, type Interruption, type Place, type Settled, settledBefore, Tally } from './consume-report.ts';
import type { ShutdownSignal } from './consume-signals.ts';
import type { ConsumableQueue, SettleableItem } from './queue.ts';

/** Items that may wait for their next attempt, for each slot: more, and nothing is taken until one of them comes again. */
const WAITING_PER_SLOT = 10;

/** One call of `consume`. */
export class Consumption<I extends SettleableItem> {
  readonly #queue: ConsumableQueue<I>;
  readonly #handler: Handler<I>;
  readonly #settings: ConsumeSettings;
  readonly #slots: PQueue;
  readonly #tally: Tally;
  readonly #progress: ProgressTeller;
  /** Aborts when nothing more is to be taken: it ends the wait for an item and every wait for a next attempt. */
  readonly #stopping = new AbortController();
  readonly #running = new Set<Attempt<I>>();
  /** Waiting, since somebody else has what they are about. */
  #elsewhere = 0;
  #failure: { readonly error: unknown } | undefined;
  #interruption: Interruption | null = null;
  #ended = false;
  #wake: () => void = () => {};

  constructor(queue: ConsumableQueue<I>, handler: Handler<I>, settings: ConsumeSettings) {
    this.#queue = queue;
    this.#handler = handler;
    this.#settings = settings;
    const { clock, concurrency, progress, progressIntervalMs } = settings;
    this.#tally = new Tally(clock);
    this.#progress = new ProgressTeller({
      clock,
      intervalMs: progressIntervalMs,
      tell: progress,
      look: () => this.#tally.progress(this.#ended ? 'ended' : this.#stopped ? 'stopping' : 'working'),
      onError: (error) => this.#fail(error),
    });
    // Never p-queue's own timeout: it frees the slot while the task still runs.
    this.#slots = new PQueue({ concurrency });
    this.#slots.on('next', () => this.#wake());
  }

  async finish(): Promise<ConsumeReport> {
    try {
      await this.#takeAll();
    } catch (error) {
      this.#fail(error);
    }
    await this.#until(() => this.#tally.held === 0);
    this.#ended = true;
    await this.#progress.end();
    if (this.#failure) throw this.#failure.error;
    return this.#tally.report(this.#interruption);
  }

  interrupt(how: Interruption['how'], signal: ShutdownSignal | null): void {
    const before = this.#interruption;
    this.#interruption = { how: before?.how === 'forced' ? 'forced' : how, signal: signal ?? before?.signal ?? null };
    this.#stop();
    if (how !== 'forced') return;
    for (const attempt of this.#running) attempt.force(new DOMException('The work was told to end now.', 'AbortError'));
  }

  async #takeAll(): Promise<void> {
    for (;;) {
      await this.#until(() => this.#stopped || this.#hasRoom);
      if (this.#stopped) return;
      const { held, settled } = this.#tally;
      const item = await this.#next();
      if (item !== undefined) void this.#serve(item);
      // The last word only if nothing was held when it was asked for: what is held may come again.
      else if (held === 0) return;
      else await this.#until(() => this.#stopped || this.#tally.settled > settled);
    }
  }

  async #next(): Promise<I | undefined> {
    const { signal } = this.#stopping;
    try {
      return await this.#queue.get({ signal });
    } catch (error) {
      if (signal.aborted && error === signal.reason) return undefined;
      throw error;
    }
  }

  /** One delivery, from its take to its end. Never rejects. */
  async #serve(item: I): Promise<void> {
    this.#tally.take();
    this.#progress.changed();
    const again = await this.#slots.add(() => this.#work(item));
    if (again === undefined) return;
    // The claim is kept and the slot is free. Nobody waits while the work stops: it comes again to whoever is next.
    const isElsewhere = again.as === 'released';
    if (isElsewhere) this.#elsewhere += 1;
    if (again.afterMs > 0) await pause(this.#settings.clock, again.afterMs, [this.#stopping.signal, item.signal]);
    if (isElsewhere) this.#elsewhere -= 1;
    await this.#settle(item, 'waitingForRetry', again.as, again.error);
  }

  /** What needs a slot. The result is what is to wait for its next attempt. */
  async #work(item: I): Promise<Again | undefined> {
    try {
      if (this.#stopped) return await this.#settle(item, 'running', 'released');
      const outcome = await this.#try(item);
      if (outcome.kind === 'threw') return await this.#afterThrow(item, outcome.error);
      if (outcome.kind === 'lost') return this.#move('running', 'lost');
      return await this.#settle(item, 'running', outcome.kind === 'returned' ? 'done' : 'released');
    } catch (error) {
      this.#fail(error);
      return this.#settle(item, 'running', 'released');
    }
  }

  async #try(item: I): Promise<Outcome> {
    const { clock, timeoutMs } = this.#settings;
    const attempt = new Attempt(item, clock);
    this.#running.add(attempt);
    const outcome = await attempt.run(this.#handler, timeoutMs);
    this.#running.delete(attempt);
    return outcome;
  }

  async #afterThrow(item: I, error: unknown): Promise<Again | undefined> {
    const { backoff, onError } = this.#settings;
    const again = againAfter(error, { attempt: item.attempt, maxAttempts: this.#queue.maxAttempts }, backoff);
    if (again !== undefined) {
      this.#move('running', 'waitingForRetry');
      return again;
    }
    // What the handler settled itself before it threw stays as it settled it.
    if (!(await this.#end(item, 'running', 'failed', error))) return undefined;
    this.#tally.keep({ id: item.id, attempt: item.attempt, error });
    if (onError === 'stop') this.#fail(error);
    return undefined;
  }

  async #settle(item: I, from: Held, to: Exclude<Settled, 'lost'>, error?: unknown): Promise<undefined> {
    await this.#end(item, from, to, error);
  }

  /** False if it ended otherwise. */
  async #end(item: I, from: Held, to: Exclude<Settled, 'lost'>, error: unknown): Promise<boolean> {
    try {
      if (to === 'done') await item.done();
      else if (to === 'released') await item.release();
      else await item.fail(error);
      this.#move(from, to);
      return true;
    } catch (problem) {
      const before = problem instanceof ItemSettledError ? settledBefore(problem, item.attempt, this.#queue.maxAttempts) : undefined;
      this.#move(from, before ?? 'lost');
      // A claim that was lost is somebody else's work; anything else means that the queue can't go on.
      if (before === undefined && !item.signal.aborted) this.#fail(problem);
      return false;
    }
  }

  #move(from: Held, to: Place): undefined {
    this.#tally.move(from, to);
    this.#progress.changed();
    this.#wake();
  }

  /** The first failure is the one that is told. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stop();
  }

  #stop(): void {
    this.#stopping.abort(new DOMException('Nothing more is taken.', 'AbortError'));
    this.#progress.changed();
    this.#wake();
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  get #hasRoom(): boolean {
    const { concurrency } = this.#settings;
    const waiting = this.#tally.waiting - Math.min(this.#elsewhere, MOST_ELSEWHERE);
    return this.#slots.pending + this.#slots.size < concurrency && waiting < WAITING_PER_SLOT * concurrency;
  }

  /** Waits for a condition that a settled delivery, a free slot or a stop can bring about. One waits at a time. */
  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}
