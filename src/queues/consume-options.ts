import { systemClock, type Clock } from '../clock.ts';
import type { Backoff } from '../machines/retry-policy.ts';
import { checkOptions, type OptionRules } from './check-options.ts';
import type { ConsumeProgress } from './consume-report.ts';

/** How the wait after a failed attempt is drawn: evenly from nothing up to a ceiling, which grows with each attempt. */
export interface BackoffOptions {
  /** The ceiling after the first attempt, in milliseconds. @default 1000 */
  readonly firstMs?: number;
  /** What the ceiling is multiplied by with each further attempt, at least 1. @default 2 */
  readonly factor?: number;
  /** What the ceiling never goes above, in milliseconds. @default 60000 */
  readonly maxMs?: number;
  /** A number from 0 up to 1, drawn once a wait. @default Math.random */
  readonly chance?: () => number;
}

export interface ConsumeOptions {
  /** How many handlers run at once. @default 1 */
  readonly concurrency?: number;
  /** The wait before a failed item comes again; `false` for none. */
  readonly backoff?: BackoffOptions | false;
  /**
   * What an item that is given up for good does. `'stop'`: nothing more is taken, what runs is finished, and `consume`
   * rejects with the handler's error. `'continue'`: the others go on, and the report lists it. @default 'stop'
   */
  readonly onError?: 'stop' | 'continue';
  /** How long a handler may take, in milliseconds. Then its signal aborts, and its end is a failed attempt. @default no limit */
  readonly timeoutMs?: number;
  /** Drains when it aborts: nothing more is taken, what runs is finished, the report says so. */
  readonly signal?: AbortSignal;
  /** Forces when it aborts: the handlers' signals abort, and what they held is given back. */
  readonly forceSignal?: AbortSignal;
  /** The first SIGINT or SIGTERM drains, the second forces, and the process's exit code is 128 + the signal's number. @default false */
  readonly handleSignals?: boolean;
  /** Told how far it is: at most every `progressIntervalMs` while that changes, and once at the end. */
  readonly progress?: (progress: ConsumeProgress) => unknown;
  /** The shortest time between two calls of `progress`, in milliseconds. @default 250 */
  readonly progressIntervalMs?: number;
  /** @default the machine's own */
  readonly clock?: Clock;
}

/** The options, checked, every default filled in. */
export interface ConsumeSettings {
  readonly concurrency: number;
  readonly backoff: Backoff & { readonly chance: () => number };
  readonly onError: 'stop' | 'continue';
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly forceSignal: AbortSignal | undefined;
  readonly handleSignals: boolean;
  readonly progress: ((progress: ConsumeProgress) => unknown) | undefined;
  readonly progressIntervalMs: number;
  readonly clock: Clock;
}

const DEFAULTS = { concurrency: 1, onError: 'stop', handleSignals: false, progressIntervalMs: 250 } as const satisfies ConsumeOptions;
const BACKOFF_DEFAULTS = { firstMs: 1_000, factor: 2, maxMs: 60_000, chance: Math.random } as const satisfies BackoffOptions;
const NO_BACKOFF = { ...BACKOFF_DEFAULTS, firstMs: 0, maxMs: 0 };

/** Longer than this, a timer of Node fires at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

const WAIT = { wants: `milliseconds, from 0 to ${LONGEST_TIMER_MS}`, test: (value: unknown) => isBetween(value, 0, LONGEST_TIMER_MS) };
const FUNCTION = { wants: 'a function', test: (value: unknown) => typeof value === 'function' };
const SIGNAL = { wants: 'an AbortSignal', test: (value: unknown) => value instanceof AbortSignal };

export const CONSUME_RULES: Readonly<Record<keyof ConsumeOptions, OptionRules[string]>> = {
  concurrency: { wants: 'a whole number from 1', test: (value) => Number.isSafeInteger(value) && Number(value) >= 1 },
  backoff: { wants: 'false or an object', test: (value) => value === false || isObject(value) },
  onError: { wants: "'stop' or 'continue'", test: (value) => value === 'stop' || value === 'continue' },
  timeoutMs: { wants: `milliseconds, from 1 to ${LONGEST_TIMER_MS}`, test: (value) => isBetween(value, 1, LONGEST_TIMER_MS) },
  signal: SIGNAL,
  forceSignal: SIGNAL,
  handleSignals: { wants: 'a boolean', test: (value) => typeof value === 'boolean' },
  progress: FUNCTION,
  progressIntervalMs: WAIT,
  clock: { wants: 'a Clock', test: isObject },
};

const BACKOFF_RULES: Readonly<Record<keyof BackoffOptions, OptionRules[string]>> = {
  firstMs: WAIT,
  factor: { wants: 'a number from 1', test: (value) => isBetween(value, 1, Number.MAX_VALUE) },
  maxMs: WAIT,
  chance: FUNCTION,
};

/** Checks the options once, at the door. @throws TypeError that names the option, what came and what was expected */
export function checkConsumeOptions(options: ConsumeOptions): ConsumeSettings {
  checkOptions('consume', options, CONSUME_RULES);
  return {
    concurrency: options.concurrency ?? DEFAULTS.concurrency,
    backoff: checkBackoff(options.backoff),
    onError: options.onError ?? DEFAULTS.onError,
    timeoutMs: options.timeoutMs,
    signal: options.signal,
    forceSignal: options.forceSignal,
    handleSignals: options.handleSignals ?? DEFAULTS.handleSignals,
    progress: options.progress,
    progressIntervalMs: options.progressIntervalMs ?? DEFAULTS.progressIntervalMs,
    clock: options.clock ?? systemClock,
  };
}

function checkBackoff(backoff: BackoffOptions | false = {}): ConsumeSettings['backoff'] {
  if (backoff === false) return NO_BACKOFF;
  checkOptions('consume: backoff', backoff, BACKOFF_RULES);
  return {
    firstMs: backoff.firstMs ?? BACKOFF_DEFAULTS.firstMs,
    factor: backoff.factor ?? BACKOFF_DEFAULTS.factor,
    maxMs: backoff.maxMs ?? BACKOFF_DEFAULTS.maxMs,
    chance: backoff.chance ?? BACKOFF_DEFAULTS.chance,
  };
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
