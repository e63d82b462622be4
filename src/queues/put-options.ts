import { type OptionRules, show } from './check-options.ts';

export interface PutOptions {
  /** The message is refused if one with this key was put in this load, done or not. */
  readonly key?: string;
  /** How long to wait for room, in milliseconds; then a `QueueTimeoutError`. @default for ever */
  readonly timeoutMs?: number;
  /** Ends the wait for room with its reason; nothing is put. */
  readonly signal?: AbortSignal;
}

export interface PutManyOptions<T> {
  /** The key of each value, if it is to have one. */
  readonly key?: (value: T) => string | undefined;
  /** Ends the putting with its reason; what was put before stays. */
  readonly signal?: AbortSignal;
}

/** Keys are held in memory, all of a load. */
const MOST_KEY_CHARACTERS = 1_048_576;
const KEY_WANTS = `a string of at most ${MOST_KEY_CHARACTERS} characters`;

function isKey(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MOST_KEY_CHARACTERS;
}

const isSignal = { wants: 'an AbortSignal', test: (value: unknown) => value instanceof AbortSignal };
export const PUT_RULES: OptionRules = {
  key: { wants: KEY_WANTS, test: isKey },
  timeoutMs: { wants: 'milliseconds, from 0', test: (value) => typeof value === 'number' && value >= 0 },
  signal: isSignal,
};
export const PUT_MANY_RULES: OptionRules = { key: { wants: 'a function', test: (value) => typeof value === 'function' }, signal: isSignal };

/** The key that a value is to have, as the caller's function gives it. */
export function keyOf<T>(value: T, of: PutManyOptions<T>['key']): string | undefined {
  const key: unknown = of?.(value);
  if (key === undefined || isKey(key)) return key;
  throw new TypeError(`putMany: key must give ${KEY_WANTS}, or undefined, got ${show(key)}.`);
}
