import type { Clock } from '../clock.ts';
import type { FileSystem } from '../fs/file-system.ts';
import type { Backoff } from '../machines/retry-policy.ts';
import { TASK_STATUSES } from '../machines/task-lifecycle.ts';
import { checkOptions, hasMethods, type OptionRules } from '../queues/check-options.ts';
import type { PayloadSchema } from '../queues/schema.ts';
import type { StatusCodes } from './status-codes.ts';

/** How long a failed task waits: anything from nothing to a ceiling that grows with each failure. */
export interface TaskBackoff {
  /** The ceiling after the first failure, in milliseconds. @default 1000 */
  readonly firstMs?: number;
  /** What the ceiling is multiplied by with each further failure. @default 2 */
  readonly factor?: number;
  /** What the ceiling never goes above, in milliseconds. @default 3600000, an hour */
  readonly maxMs?: number;
  /** A number from 0 up to 1, drawn once a wait. @default Math.random */
  readonly chance?: () => number;
}

export interface TaskTrackerOptions<T> {
  /** What the tasks are for. Use cases never see each other's tasks. */
  readonly useCase: string;
  /** So many failures in a row, deaths of its process among them, and a task is given up: `ignored`. @default 3 */
  readonly maxAttempts?: number;
  /** How long a process may show no sign of life before others may take its tasks, in milliseconds. @default 30000 */
  readonly leaseMs?: number;
  /** How long a failed task is not due; `false` for not at all. */
  readonly backoff?: TaskBackoff | false;
  /** Numbers for the statuses of this step, where a task goes through several. */
  readonly statuses?: StatusCodes;
  /** Codes of other steps that this one starts from: that of the success of the one before. */
  readonly startsFrom?: number | readonly number[];
  /** What data must be like: asked when a task is created, and when it succeeds. */
  readonly schema?: PayloadSchema<T>;
  /** What is acknowledged survives: `'power'` a power cut too, `'process'` the end of any process. @default 'power' */
  readonly durability?: 'power' | 'process';
  /** @default the machine's disk */
  readonly fileSystem?: FileSystem;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

const BACKOFF: Backoff = { firstMs: 1_000, factor: 2, maxMs: 3_600_000 };
const DEFAULTS = { maxAttempts: 3, leaseMs: 30_000, durability: 'power' } as const satisfies Partial<TaskTrackerOptions<unknown>>;

export interface TrackerSettings {
  readonly maxAttempts: number;
  readonly leaseMs: number;
  /** Undefined for no wait at all. */
  readonly backoff: Backoff | undefined;
  readonly chance: () => number;
  readonly startsFrom: readonly number[];
  readonly durability: 'power' | 'process';
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1;
const isCode = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < 1e9;
export const areCodes = (value: unknown): boolean => isCode(value) || (Array.isArray(value) && value.every(isCode));
const isBetween = (value: unknown, least: number, most: number): boolean => typeof value === 'number' && value >= least && value <= most;
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const RULES: Readonly<Record<keyof TaskTrackerOptions<unknown>, OptionRules[string]>> = {
  useCase: { wants: 'a name', test: (value) => typeof value === 'string' },
  maxAttempts: { wants: 'a whole number from 1', test: isCount },
  leaseMs: { wants: 'milliseconds, from 100 to a week', test: (value) => isBetween(value, 100, 7 * 24 * 3_600_000) },
  backoff: { wants: '{ firstMs, factor, maxMs } or false', test: (value) => value === false || isObject(value) },
  statuses: {
    wants: `{ ${TASK_STATUSES.join(', ')} }, each a whole number from 0`,
    test: (value) => isObject(value) && TASK_STATUSES.every((status) => isCode(Reflect.get(value, status))),
  },
  startsFrom: { wants: 'a code, or a list of codes', test: areCodes },
  schema: { wants: 'a Standard Schema', test: (value) => (isObject(value) || typeof value === 'function') && '~standard' in Object(value) },
  durability: { wants: "'power' or 'process'", test: (value) => value === 'power' || value === 'process' },
  fileSystem: { wants: 'a FileSystem', test: (value) => hasMethods(value, 'open', 'readdir', 'link', 'rename', 'unlink') },
  clock: { wants: 'a Clock', test: (value) => hasMethods(value, 'monotonic', 'wall', 'after') },
};

/** A hundred years: with more, dates come to an end. */
const LONGEST_WAIT_MS = 100 * 366 * 24 * 3_600_000;

const BACKOFF_RULES: Readonly<Record<keyof TaskBackoff, OptionRules[string]>> = {
  firstMs: { wants: 'milliseconds, from 0 to a hundred years', test: (value) => isBetween(value, 0, LONGEST_WAIT_MS) },
  factor: { wants: 'a number from 1', test: (value) => isBetween(value, 1, 1_000) },
  maxMs: { wants: 'milliseconds, from 0 to a hundred years', test: (value) => isBetween(value, 0, LONGEST_WAIT_MS) },
  chance: { wants: 'a function', test: (value) => typeof value === 'function' },
};

/** Checks the options, and fills in what they leave open. @throws TypeError */
export function trackerSettings<T>(options: TaskTrackerOptions<T>): TrackerSettings {
  checkOptions('TaskTracker.open', options, RULES);
  if (!isObject(options) || options.useCase === undefined) throw new TypeError('TaskTracker.open: useCase must be a name, got nothing.');
  const { maxAttempts = DEFAULTS.maxAttempts, leaseMs = DEFAULTS.leaseMs, durability = DEFAULTS.durability, backoff = {} } = options;
  if (backoff !== false) checkOptions('TaskTracker.open: backoff', backoff, BACKOFF_RULES);
  return {
    maxAttempts,
    leaseMs,
    durability,
    startsFrom: codesOf(options.startsFrom),
    backoff: backoff === false ? undefined : filled(backoff),
    chance: (backoff !== false && backoff.chance) || Math.random,
  };
}

function filled({ firstMs = BACKOFF.firstMs, factor = BACKOFF.factor, maxMs = BACKOFF.maxMs }: TaskBackoff): Backoff {
  return { firstMs, factor, maxMs };
}

export function codesOf(codes: number | readonly number[] | undefined): readonly number[] {
  if (codes === undefined) return [];
  return typeof codes === 'number' ? [codes] : codes;
}
