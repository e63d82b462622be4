import { UsageError } from './usage-error.ts';

// Longer timers than this fire at once in Node (2^31 - 1 ms).
const LONGEST_SECONDS = 2_147_483;

/** Reads a whole number of at least `least`. */
export function wholeNumber(option: string, least: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least) return value;
    throw new UsageError(`${option} takes a whole number from ${least}, not '${text}'`);
  };
}

/** Reads seconds, with decimals if need be, as milliseconds. */
export function seconds(option: string): (text: string) => number {
  return (text) => {
    const value = /^\d+(\.\d*)?$|^\.\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value > 0 && value <= LONGEST_SECONDS) return Math.max(1, Math.round(value * 1_000));
    throw new UsageError(`${option} takes seconds, above 0 and up to ${LONGEST_SECONDS}, not '${text}'`);
  };
}

const WEEK_MS = 7 * 24 * 3_600_000;

/** Reads a lease in seconds, as milliseconds. */
export function leaseSeconds(text: string): number {
  const ms = seconds('--lease')(text);
  if (ms >= 100 && ms <= WEEK_MS) return ms;
  throw new UsageError(`--lease takes seconds, from 0.1 to a week, not '${text}'`);
}

/** Reads seconds, or 0 for none. */
export function secondsOrNone(option: string): (text: string) => number {
  return (text) => (/^0*(\.0*)?$/.test(text) && /0/.test(text) ? 0 : seconds(option)(text));
}

export function directory(option: string): (text: string) => string {
  return (text) => {
    if (text !== '') return text;
    throw new UsageError(`${option} takes a directory, not empty text`);
  };
}
