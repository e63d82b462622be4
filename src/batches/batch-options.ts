import type { Clock } from '../clock.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { checkOptions, hasMethods, type OptionRules } from '../queues/check-options.ts';
import { isStore } from '../tasks/is-store.ts';
import type { Store } from '../stores/store.ts';
import { BATCH_STATES, type BatchState } from './batch-status.ts';
import type { ReduceWork } from './reduce-work.ts';

/** Where batches are, and how they are worked on. */
export interface BatchPlaceOptions {
  /** The address of a store, as `file:./load`, or one that is open. */
  readonly store: string | Store;
  /** How long a process may show no sign of life before others may take its parts, in milliseconds. @default 30000 */
  readonly leaseMs?: number;
  /** What is acknowledged survives: `'power'` a power cut too, `'process'` the end of any process. @default 'power' */
  readonly durability?: 'power' | 'process';
  /** @default the machine's disk */
  readonly fileSystem?: FileSystem;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

export interface OpenBatchOptions<P = unknown, R = unknown> extends BatchPlaceOptions {
  /**
   * Run once, by whoever of those that bring one is first, when all parts have succeeded: what `work`, `part` and `reduce` of this
   * batch run where they are given no other. It is not kept with the batch: who opens it elsewhere brings one of their own.
   */
  readonly reduce?: ReduceWork<P, R, unknown>;
}

/** A batch of no parts is reduced at once if `reduce` is given: before `createBatch` resolves. */
export interface CreateBatchOptions<P = unknown, R = unknown> extends OpenBatchOptions<P, R> {
  /** @default one that nobody has */
  readonly id?: string;
  /** Kept with the batch as it is, and never touched. */
  readonly metadata?: unknown;
  /** So many times a part, or the reduce, fails in a row before it is given up. @default 3 */
  readonly maxAttempts?: number;
  /** Whether the batch goes when its reduce has succeeded. @default false */
  readonly deleteWhenDone?: boolean;
  /**
   * Called with each part once it can be worked on: to put it on a queue, for one. Up to 64 calls are under way at the same
   * time, begun in the order of the parts. A crash may have it called again for some.
   */
  readonly publish?: (message: PartMessage) => unknown;
}

export interface ListBatchesOptions extends BatchPlaceOptions {
  /** Only those in this state, or in one of these. @default all */
  readonly state?: BatchState | readonly BatchState[];
}

/** A part, as it is sent to whoever is to work on it. */
export interface PartMessage {
  readonly batchId: string;
  readonly partId: string;
  readonly part: unknown;
  readonly metadata: unknown;
}

const PLACE_RULES: OptionRules = {
  store: {
    wants: 'the address of a store, or a store',
    test: (value) => typeof value === 'string' || isStore(value),
  },
  leaseMs: {
    wants: 'milliseconds, from 100 to a week',
    test: (value) => typeof value === 'number' && value >= 100 && value <= 7 * 24 * 3_600_000,
  },
  durability: { wants: "'power' or 'process'", test: (value) => value === 'power' || value === 'process' },
  fileSystem: { wants: 'a FileSystem', test: (value) => hasMethods(value, 'open', 'readdir', 'link', 'rename', 'unlink') },
  clock: { wants: 'a Clock', test: (value) => hasMethods(value, 'monotonic', 'wall', 'after') },
};

const OPEN_RULES: OptionRules = {
  ...PLACE_RULES,
  reduce: { wants: 'a function', test: (value) => typeof value === 'function' },
};

const CREATE_RULES: OptionRules = {
  ...OPEN_RULES,
  id: { wants: 'a name', test: (value) => typeof value === 'string' },
  metadata: { wants: 'what JSON can write', test: () => true },
  maxAttempts: { wants: 'a whole number from 1', test: (value) => Number.isSafeInteger(value) && Number(value) >= 1 },
  deleteWhenDone: { wants: 'a boolean', test: (value) => typeof value === 'boolean' },
  publish: { wants: 'a function', test: (value) => typeof value === 'function' },
};

const LIST_RULES: OptionRules = {
  ...PLACE_RULES,
  state: {
    wants: `one of ${BATCH_STATES.join(', ')}, or a list of them`,
    test: (value) => (Array.isArray(value) ? value : [value]).every((one) => BATCH_STATES.some((state) => state === one)),
  },
};

/** @throws TypeError */
export function checkPlaceOptions(where: string, options: BatchPlaceOptions): void {
  check(where, options, PLACE_RULES);
}

/** @throws TypeError */
export function checkOpenOptions<P, R>(options: OpenBatchOptions<P, R>): void {
  check('openBatch', options, OPEN_RULES);
}

/** @throws TypeError */
export function checkCreateOptions<P, R>(options: CreateBatchOptions<P, R>): void {
  check('createBatch', options, CREATE_RULES);
}

/** @throws TypeError */
export function checkListOptions(options: ListBatchesOptions): void {
  check('listBatches', options, LIST_RULES);
}

function check(where: string, options: BatchPlaceOptions, rules: OptionRules): void {
  checkOptions(where, options, rules);
  if (options?.store === undefined) throw new TypeError(`${where}: store must be the address of a store, as file:./load is, got nothing.`);
}
