import type { Clock } from '../clock.ts';
import { UsageError } from './usage-error.ts';

/** A time that was typed: at a date, or so long from now. */
export type When = (clock: Clock) => Date;

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;
const DURATION = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/;

/** A hundred years: with more, dates come to an end. */
const LONGEST_MS = 100 * 366 * 24 * 3_600_000;

/** Whether a date names a day that there is: others would be taken for one of the next month. */
export function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.split(/[-T]/, 3).map(Number);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}

/** Reads a date of ISO 8601, of this machine's time zone unless it names one; or how long from now, in seconds or another unit. */
export function when(option: string): (text: string) => When {
  return (text) => {
    const at = DATE.test(text) && isDay(text) ? Date.parse(text.includes('T') ? text : `${text}T00:00`) : Number.NaN;
    if (!Number.isNaN(at)) return () => new Date(at);
    const [, count = '', unit = ''] = DURATION.exec(text) ?? [];
    const afterMs = count === '' ? Number.NaN : Number(count) * (UNITS[unit] ?? 1_000);
    if (afterMs <= LONGEST_MS) return (clock) => new Date(clock.wall().getTime() + afterMs);
    throw new UsageError(`${option} takes a date, as 2026-11-28T06:00, or how long from now, as 90, 10m, 2h or 1d, not '${text}'`);
  };
}
