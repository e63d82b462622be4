import type { Clock } from '../clock.ts';
import { QueueClosedError } from '../errors.ts';
import type { Codec } from '../formats/codec.ts';
import { formatJournalName, parseJournalName } from '../formats/journal-name.ts';
import { Backlog } from '../journals/backlog.ts';
import type { Deferred } from '../journals/deferred.ts';
import { doneHead } from '../journals/done-head.ts';
import { DoneJournal } from '../journals/done-journal.ts';
import { Footing } from '../journals/footing.ts';
import { Holdings } from '../journals/holdings.ts';
import { KeyRegistry } from '../journals/key-registry.ts';
import type { ScanContext } from '../journals/message-scan.ts';
import { PutJournal } from '../journals/put-journal.ts';
import { Removal, type RemovalOptions } from '../journals/removal.ts';
import type { Segment } from '../journals/segment.ts';
import { Consumer } from './consumer.ts';
import { Delivery, type DeliveryHost } from './delivery.ts';
import { Joining } from './joining.ts';
import type { Listable } from './listing.ts';
import type { OpenedQueue } from './open-queue.ts';
import { Putting, type PuttingHost } from './putting.ts';
import type { QueueItem } from './queue-item.ts';
import type { PersistentQueueOptions } from './queue-options.ts';
import type { PayloadSchema } from './schema.ts';
import { Settling, type SettlingHost } from './settling.ts';
import { Taking, type TakingHost } from './taking.ts';

const DEFAULTS = { segmentBytes: 8 * 1024 * 1024, maxAttempts: 3 } as const;

/** - `open`: takes and gives - `closing`: the same being written down as - `closed`: gives what is left - `failed`, `disposed`: neither */
type State = 'open' | 'closing' | 'closed' | 'failed' | 'disposed';

/**
 * The parts of a queue of values, put together. Each part is given the queue, and says by a `…Host` what it needs of it.
 * Methods rather than functions made for each queue: what was compiled for one queue serves the next.
 */
export class QueueCore<T> implements DeliveryHost<T>, PuttingHost<T>, SettlingHost<T>, TakingHost<T> {
  readonly opened: OpenedQueue;
  readonly context: ScanContext;
  readonly directory: string;
  readonly clock: Clock;
  readonly codec: Codec<T> | undefined;
  readonly schema: PayloadSchema<T> | undefined;
  readonly capacity: number | undefined;
  readonly maxAttempts: number;
  readonly holdings: Holdings;
  readonly footing: Footing;
  /** Messages of earlier runs, if they are delivered, and of this one. */
  older: Backlog<T> | undefined;
  readonly own: Backlog<T>;
  readonly keys: KeyRegistry;
  readonly delivery = new Delivery<T>(this);
  readonly settling = new Settling<T>(this);
  readonly taking = new Taking<T>(this);
  readonly putting: Putting<T>;
  readonly puts: PutJournal;
  readonly dones: DoneJournal<QueueItem<T>>;
  readonly removal: Removal;
  /** This process, among those who take items. */
  readonly local = new Consumer<QueueItem<T>>();
  readonly consumers = new Set<Consumer<QueueItem<T>>>([this.local]);
  /** Workers that it is shared with. */
  readonly sharings = new Set<{ stop(): void }>();
  state: State = 'open';
  /** A `close` under way. */
  closing: Promise<void> | undefined;
  readonly #joining = new Joining();
  #ended: Error | undefined;

  constructor(opened: OpenedQueue, options: PersistentQueueOptions<T>) {
    const { context, clock, name, durability, guard, leftovers, ownership } = opened;
    const { codec, schema, capacity, resume = true, maxAttempts = DEFAULTS.maxAttempts, segmentBytes = DEFAULTS.segmentBytes } = options;
    this.opened = opened;
    this.context = context;
    this.directory = context.directory;
    this.clock = clock;
    this.codec = codec;
    this.schema = schema;
    this.capacity = capacity;
    this.maxAttempts = maxAttempts;
    this.holdings = new Holdings(opened.load, (segment) => this.removal.ask(segment));
    this.footing = new Footing({ ...context, durability, guard }, this.holdings);
    this.own = this.#backlog(this.holdings.own);
    if (resume) this.older = this.#backlog([...this.holdings.older]);
    this.keys = new KeyRegistry(context, this.holdings, formatJournalName(leftovers.keys.name));
    this.putting = new Putting<T>(this);
    const journal = { ...context, clock, name, durability, guard, run: ownership.run, segmentBytes };
    this.puts = new PutJournal({ ...journal, first: () => this.dones.begin(), hooks: this.putting });
    this.dones = new DoneJournal<QueueItem<T>>({
      ...journal,
      hooks: this.settling,
      head: () => doneHead(this.holdings, ownership.run),
      begun: (file) => this.#begunDone(file),
    });
    const write: RemovalOptions['write'] = (lines, options) => this.dones.write(lines, options);
    const dropped = (segment: Segment): void => this.#drop(segment);
    this.removal = new Removal({ ...context, durability, guard, footing: this.footing, leftovers, write, dropped }, this.holdings);
  }

  /** Why nothing is handed out any more, once that is so. */
  get ended(): Error | undefined {
    return this.#ended;
  }

  /** What lists its messages needs. */
  get listable(): Listable<T> {
    const { context, codec } = this;
    const { ledger, kept, older, own } = this.holdings;
    // Kept files that came to be in this run are no part of what is delivered in order.
    const segments = (): Segment[] => [...kept.segments, ...older.filter(({ name }) => name.kind === 'put'), ...own];
    const inHands = this.settling.hands.attempts();
    return { context, ledger, kept: kept.ids, segments, codec, inHands, settled: () => this.removal.settled() };
  }

  /** Delivers what earlier runs left, too. */
  admitOlder(): void {
    this.older ??= this.#backlog([...this.holdings.older]);
    this.delivery.serve();
  }

  /** Who waits for an end should look again. */
  changed(): void {
    this.delivery.serve();
    if (this.#joining.isAwaited && this.isIdle) this.#joining.resolve();
  }

  found(): void {
    this.settling.hands.found();
  }

  outstanding(change: number): void {
    this.putting.reservations.outstanding(change);
  }

  /** Whether nothing that is to be delivered is left to do. */
  get isIdle(): boolean {
    return this.settling.hands.isIdle && this.delivery.isEmpty;
  }

  /** Resolves when it is idle. */
  idle(): Deferred<void> {
    const joining = this.#joining.wait();
    // Journals may have to be read before it is known.
    this.delivery.advance();
    this.changed();
    return joining;
  }

  leave(joining: Deferred<void>): void {
    this.#joining.leave(joining);
  }

  /** Nothing is handed out any more, and who waits is told why. */
  end(error: Error): void {
    this.#ended ??= error;
    this.taking.end(error);
    this.#joining.reject(error);
  }

  closeFiles(): void {
    for (const open of [this.older, this.own, this.puts, this.dones, this.opened.leftovers]) open?.close();
  }

  /** Asked where others may have changed it meanwhile. */
  is(state: State): boolean {
    return this.state === state;
  }

  /** Messages may be settled until it is disposed. */
  assertInUse(operation: string): void {
    // Once the queue is given back the guard's reason names no call that was made.
    if (!(this.opened.guard.end instanceof QueueClosedError)) this.opened.guard.assertWhole();
    if (this.state === 'disposed') throw new QueueClosedError(operation, this.directory, this.state);
  }

  assertOpen(operation: string): void {
    this.assertInUse(operation);
    if (this.state !== 'open') throw new QueueClosedError(operation, this.directory, this.state);
  }

  isEnd(consumer: Consumer<QueueItem<T>>): boolean {
    return this.state === 'closed' && (consumer.held.size > 0 || !this.settling.hands.othersHave(consumer));
  }

  #begunDone(file: string): void {
    const name = parseJournalName(file);
    if (name !== null) this.holdings.doneFiles.begin({ file, name, speaksOf: new Set(), closes: false });
  }

  #drop(segment: Segment): void {
    this.older?.drop(segment);
    this.own.drop(segment);
  }

  #backlog(segments: Segment[]): Backlog<T> {
    const { context, codec, holdings, footing } = this;
    const passed = (segment: Segment): void => holdings.passed(segment);
    return new Backlog<T>({ ...context, codec, holdings, footing, passed, changed: () => this.changed() }, segments);
  }
}
