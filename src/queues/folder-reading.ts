import { ClaimLostError, QueueClosedError } from '../errors.ts';
import { Consumer } from '../folders/consumer.ts';
import type { FolderContext } from '../folders/folder-context.ts';
import type { FolderLook } from '../folders/folder-look.ts';
import { typedError } from '../folders/folder-refusal.ts';
import { FolderSight } from '../folders/folder-sight.ts';
import { makePlaces } from '../folders/keep.ts';
import { sweepLifeStages } from '../folders/life-stages.ts';
import { Neighbours } from '../folders/neighbours.ts';
import { Patrol } from '../folders/patrol.ts';
import { StrangeFiles } from '../folders/strange-files.ts';
import { Upstream } from '../folders/upstream.ts';
import { disk } from '../fs/disk.ts';
import type { FolderEvents } from '../fs/folder-watch.ts';
import { ClaimKeeper } from './claim-keeper.ts';
import { eachItem } from './each-item.ts';
import { FolderChanges } from './folder-changes.ts';
import { FolderHoldings, type Held } from './folder-holdings.ts';
import type { ReadableFolderQueueOptions } from './folder-options.ts';
import { FolderOutlook, type Supply } from './folder-outlook.ts';
import { FolderTaking } from './folder-taking.ts';
import { DEFAULT_LEASE_MS, openFolderContext } from './open-folder.ts';

const DEFAULTS = { pollIntervalMs: 1_000, watch: true } as const satisfies ReadableFolderQueueOptions;

/** What a reader is built on. */
export interface ReadingGround<H extends Held> {
  readonly context: FolderContext;
  readonly consumer: Consumer;
  readonly holdings: FolderHoldings<H>;
  readonly neighbours: Neighbours;
  readonly strange: StrangeFiles;
}

/** What tells a reader of files from one of groups. */
export interface ReadingKind<H extends Held> {
  readonly supply: Supply<H>;
  /** Takes back what was held for too long. */
  readonly expire: (item: H) => Promise<unknown>;
  /** How many names of a listing are kept. */
  readonly limit: number;
  readonly atEnd?: (look: FolderLook) => void;
}

/** All that one reader of a folder is made of. */
export class FolderReading<H extends Held> {
  readonly context: FolderContext;
  readonly consumer: Consumer;
  readonly holdings: FolderHoldings<H>;
  readonly taking: FolderTaking<H>;
  readonly #keeper: ClaimKeeper<H>;
  #disposing: Promise<void> | undefined;

  private constructor(ground: ReadingGround<H>, kind: ReadingKind<H>, options: ReadableFolderQueueOptions) {
    const { context, consumer, holdings, neighbours, strange } = ground;
    const {
      leaseMs = DEFAULT_LEASE_MS,
      pollIntervalMs = DEFAULTS.pollIntervalMs,
      watch = DEFAULTS.watch,
      maxRuntimeMs = Infinity,
    } = options;
    const { supply, expire, limit, atEnd } = kind;
    const { clock, layout, rules } = context;
    const { directory } = layout;
    const keyOf = options.sortKey ? safeKey(options.sortKey, strange) : (name: string) => name;
    // Often enough to tell within a lease who lives.
    const pollMs = Math.min(pollIntervalMs, consumer.everyMs);
    this.context = context;
    this.consumer = consumer;
    this.holdings = holdings;
    const patrol = new Patrol(context, consumer, leaseMs);
    this.#keeper = new ClaimKeeper({ context, consumer, holdings, maxRuntimeMs, expire, patrol: () => patrol.walk() });
    const outlook = new FolderOutlook({
      context,
      consumer,
      holdings,
      supply,
      neighbours,
      sight: new FolderSight(context, { directory, extension: rules.extension, keyOf, limit, strange }),
      upstream: new Upstream(context, { leaseMs, expected: options.expectedProducers, strange }),
      ...(atEnd && { atEnd }),
    });
    const changes = new FolderChanges({ directory, clock, pollMs, events: eventsOf(watch, context) });
    this.taking = new FolderTaking({ context, holdings, supply, outlook, changes });
  }

  static async open<H extends Held>(
    directory: string,
    options: ReadableFolderQueueOptions,
    kindOf: (ground: ReadingGround<H>) => ReadingKind<H>,
  ): Promise<FolderReading<H>> {
    const context = await openFolderContext(directory, options);
    const { leaseMs = DEFAULT_LEASE_MS, maxRuntimeMs } = options;
    await makePlaces(context);
    await sweepLifeStages(context).catch(() => undefined);
    const consumer = await Consumer.open(context, { leaseMs, maxStillMs: maxRuntimeMs }).catch(async (error: unknown) => {
      throw await typedError(context, 'open', context.layout.consumers, error);
    });
    const neighbours = new Neighbours(context, consumer, leaseMs);
    const strange = new StrangeFiles(options.onStrangeFile);
    const ground = { context, consumer, neighbours, strange, holdings: new FolderHoldings<H>(context) };
    return new FolderReading(ground, kindOf(ground), options);
  }

  /** The next; undefined only at the very end, when nothing of what was handed out can come again. */
  async next(): Promise<H | undefined> {
    for (;;) {
      const settled = this.holdings.nextSettled();
      const item = await this.taking.next({});
      if (item === 'over') return undefined;
      if (item !== 'idle') return item;
      await settled;
    }
  }

  /** One after the other, to the very end. What a break or a throw leaves in hands of the loop is given back. */
  all(): AsyncGenerator<H, void, void> {
    return eachItem<H>({
      next: () => this.next(),
      left: async (item) => (item.hold.state === 'taken' ? item.release().catch(unlessLost) : undefined),
    });
  }

  /** @throws QueueClosedError */
  assertInUse(operation: string): void {
    if (this.#disposing !== undefined) throw new QueueClosedError(operation, this.context.layout.directory, 'disposed');
  }

  dispose(reason: Error): Promise<void> {
    this.#disposing ??= this.#dispose(reason);
    return this.#disposing;
  }

  async #dispose(reason: Error): Promise<void> {
    this.#keeper.end();
    try {
      await this.taking.end(reason);
      await this.holdings.releaseAll();
      if (this.holdings.isInDoubt) this.consumer.resign();
      else await this.consumer.end();
    } catch (error) {
      this.consumer.resign();
      throw await typedError(this.context, 'dispose', this.context.layout.directory, error);
    } finally {
      this.holdings.wake();
    }
  }
}

/** What was taken back meanwhile need not be given back. */
function unlessLost(error: unknown): void {
  if (!(error instanceof ClaimLostError)) throw error;
}

/** The system tells of its own disk alone. */
function eventsOf(watch: boolean | FolderEvents, { fs }: FolderContext): FolderEvents | false | undefined {
  if (typeof watch === 'function') return watch;
  return watch && fs === disk ? undefined : false;
}

/** A name that has no place in the order comes after all that have one. */
function safeKey(sortKey: (name: string) => string, strange: StrangeFiles): (name: string) => string {
  return (name) => {
    try {
      const key: unknown = sortKey(name);
      if (typeof key === 'string') return key;
      strange.report(name, `sortKey gave ${typeof key} for it, not a string: it comes last`);
    } catch (error) {
      strange.report(name, `sortKey threw for it: ${error instanceof Error ? error.message : String(error)}. It comes last`);
    }
    return `\u{10ffff}${name}`;
  };
}
