import { doneHead } from '../journals/done-head.ts';
import { Backlog } from '../journals/backlog.ts';
import { Deferred } from '../journals/deferred.ts';
import { DoneJournal } from '../journals/done-journal.ts';
import { Holdings } from '../journals/holdings.ts';
import { KeyRegistry } from '../journals/key-registry.ts';
import { PutJournal } from '../journals/put-journal.ts';
import { Removal } from '../journals/removal.ts';
import type { Segment } from '../journals/segment.ts';
import { formatJournalName, parseJournalName } from '../formats/journal-name.ts';
import { Consumer } from './consumer.ts';
import { Delivery } from './delivery.ts';
import type { Listable } from './listing.ts';
import type { OpenedQueue } from './open-queue.ts';
import { Putting } from './putting.ts';
import type { QueueItem } from './queue-item.ts';
import type { PersistentQueueOptions } from './queue-options.ts';
import { Settling } from './settling.ts';
import { Taking } from './taking.ts';
import { QueueClosedError } from '../errors.ts';

const DEFAULTS = { segmentBytes: 8 * 1024 * 1024, maxAttempts: 3 } as const;

/** - `open`: takes and gives - `closing`: the same being written down as - `closed`: gives what is left - `failed`, `disposed`: neither */
type State = 'open' | 'closing' | 'closed' | 'failed' | 'disposed';

/** The parts of a queue of values, put together. */
export class QueueCore<T> {
  readonly opened: OpenedQueue;
  readonly options: PersistentQueueOptions<T>;
  readonly holdings: Holdings;
  readonly putting: Putting<T>;
  readonly taking: Taking<T>;
  readonly settling: Settling<T>;
  readonly delivery: Delivery<T>;
  readonly puts: PutJournal;
  readonly dones: DoneJournal<QueueItem<T>>;
  readonly removal: Removal;
  /** This process, among those who take items. */
  readonly local = new Consumer<T>();
  readonly consumers = new Set<Consumer<T>>([this.local]);
  /** Workers that it is shared with. */
  readonly sharings = new Set<{ stop(): void }>();
  state: State = 'open';
  #older: Backlog<T> | undefined;
  readonly #own: Backlog<T>;
  /** A `close` under way. */
  closing: Promise<void> | undefined;
  #joining: Deferred<void>[] = [];
  #ended: Error | undefined;

  constructor(opened: OpenedQueue, options: PersistentQueueOptions<T>) {
    this.opened = opened;
    this.options = options;
    const { context, clock, name, durability, guard, leftovers, ownership } = opened;
    this.holdings = new Holdings(opened.load, (segment) => this.removal.ask(segment));
    this.#own = this.#backlog(this.holdings.own);
    if (options.resume ?? true) this.#older = this.#backlog([...this.holdings.older]);
    this.delivery = new Delivery({
      codec: options.codec,
      older: () => this.#older,
      own: this.#own,
      found: () => this.settling.found(),
      isEnd: (consumer) => this.#isEnd(consumer),
    });
    const journal = {
      ...context,
      clock,
      name,
      durability,
      guard,
      run: ownership.run,
      segmentBytes: options.segmentBytes ?? DEFAULTS.segmentBytes,
    };
    this.puts = new PutJournal({
      ...journal,
      begun: (segment) => this.holdings.begin(segment),
      safe: (segment, first, texts, bytes) => this.#safe(segment, first, texts, bytes),
      failed: (error) => this.putting.failed(error),
    });
    this.dones = this.#makeDones(journal);
    this.removal = new Removal(
      { ...context, durability, guard, leftovers, write: (lines) => this.dones.write(lines), dropped: (segment) => this.#drop(segment) },
      this.holdings,
    );
    this.settling = this.#makeSettling();
    this.taking = this.#makeTaking();
    this.putting = this.#makePutting();
  }

  get maxAttempts(): number {
    return this.options.maxAttempts ?? DEFAULTS.maxAttempts;
  }

  /** Why nothing is handed out any more, once that is so. */
  get ended(): Error | undefined {
    return this.#ended;
  }

  /** What lists its messages needs. */
  get listable(): Listable<T> {
    const { ledger, kept, older, own } = this.holdings;
    // Kept files that came to be in this run are no part of what is delivered in order.
    const segments = (): Segment[] => [...kept.segments, ...older.filter(({ name }) => name.kind === 'put'), ...own];
    return {
      context: this.opened.context,
      ledger,
      kept: kept.ids,
      segments,
      codec: this.options.codec,
      inHands: this.settling.inHands(),
      settled: () => this.removal.settled(),
    };
  }

  /** Whether older messages are delivered. */
  get admitsOlder(): boolean {
    return this.#older !== undefined;
  }

  /** Delivers what earlier runs left, too. */
  admitOlder(): void {
    this.#older ??= this.#backlog([...this.holdings.older]);
    this.delivery.serve();
  }

  /** Who waits for an end should look again. */
  changed(): void {
    this.delivery.serve();
    if (this.#joining.length === 0 || !this.isIdle) return;
    for (const joining of this.#joining.splice(0)) joining.resolve();
  }

  /** Whether nothing that is to be delivered is left to do. */
  get isIdle(): boolean {
    return this.settling.isIdle && this.delivery.isEmpty;
  }

  /** Resolves when it is idle. */
  idle(): Deferred<void> {
    const joining = new Deferred<void>();
    this.#joining.push(joining);
    // Journals may have to be read before it is known.
    this.delivery.advance();
    this.changed();
    return joining;
  }

  leave(joining: Deferred<void>): void {
    const index = this.#joining.indexOf(joining);
    if (index >= 0) this.#joining.splice(index, 1);
  }

  /** Nothing is handed out any more, and who waits is told why. */
  end(error: Error): void {
    this.#ended ??= error;
    this.taking.end(error);
    for (const joining of this.#joining.splice(0)) joining.reject(error);
  }

  closeFiles(): void {
    this.#older?.close();
    this.#own.close();
    this.puts.close();
    this.dones.close();
    this.opened.leftovers.close();
  }

  /** Asked where others may have changed it meanwhile. */
  is(state: State): boolean {
    return this.state === state;
  }

  /** Messages may be settled until it is disposed. */
  assertInUse(operation: string): void {
    this.opened.guard.assertWhole();
    if (this.state === 'disposed') throw new QueueClosedError(operation, this.opened.context.directory, this.state);
  }

  assertOpen(operation: string): void {
    this.opened.guard.assertWhole();
    if (this.state !== 'open') throw new QueueClosedError(operation, this.opened.context.directory, this.state);
  }

  /** What a consumer that finds nothing is told: nothing will come, or (if it holds items itself) nothing now. */
  #isEnd(consumer: Consumer<T>): boolean {
    return this.state === 'closed' && (consumer.held.size > 0 || !this.settling.othersHold(consumer));
  }

  #safe(segment: Segment, first: number, texts: readonly string[], bytes: number): void {
    this.holdings.put(segment, texts.length);
    this.#own.push(segment, first, texts, bytes);
    if (this.delivery.isAwaited) this.delivery.serve();
  }

  #drop(segment: Segment): void {
    this.#older?.drop(segment);
    this.#own.drop(segment);
  }

  #backlog(segments: Segment[]): Backlog<T> {
    return new Backlog<T>(
      {
        ...this.opened.context,
        codec: this.options.codec,
        holdings: this.holdings,
        passed: (segment) => this.holdings.passed(segment),
        changed: () => this.changed(),
      },
      segments,
    );
  }

  #makeDones(
    journal: Omit<
      ConstructorParameters<typeof DoneJournal<QueueItem<T>>>[0],
      'head' | 'begun' | 'wrote' | 'finished' | 'unfinished' | 'undelivered'
    >,
  ): DoneJournal<QueueItem<T>> {
    return new DoneJournal<QueueItem<T>>({
      ...journal,
      head: () => doneHead(this.holdings, this.opened.ownership.run),
      begun: (file) => {
        const name = parseJournalName(file);
        if (name !== null) this.holdings.beginDone({ file, name, speaksOf: new Set(), closes: false });
      },
      wrote: (about) => this.holdings.spoke(about),
      finished: (items) => this.settling.finished(items),
      unfinished: (item) => this.settling.unfinished(item),
      undelivered: (item) => this.settling.undelivered(item),
    });
  }

  #makeSettling(): Settling<T> {
    return new Settling<T>({
      maxAttempts: this.maxAttempts,
      holdings: this.holdings,
      delivery: this.delivery,
      dones: () => this.dones,
      consumers: () => this.consumers,
      settled: () => this.changed(),
      outstanding: (change) => this.putting.outstanding(change),
    });
  }

  #makeTaking(): Taking<T> {
    const { context, clock } = this.opened;
    const { holdings, delivery, settling, maxAttempts } = this;
    const isEnd = (consumer: Consumer<T>): boolean => this.#isEnd(consumer);
    return new Taking<T>({
      directory: context.directory,
      clock,
      maxAttempts,
      schema: this.options.schema,
      holdings,
      delivery,
      settling,
      isEnd,
    });
  }

  #makePutting(): Putting<T> {
    const { context, clock } = this.opened;
    const { codec, schema, capacity } = this.options;
    const keys = new KeyRegistry(context, this.holdings, formatJournalName(this.opened.leftovers.keys.name));
    const { holdings } = this;
    return new Putting<T>({
      context,
      clock,
      codec,
      schema,
      capacity,
      holdings,
      keys,
      journal: () => this.puts,
      assertOpen: (operation) => this.assertOpen(operation),
    });
  }
}
