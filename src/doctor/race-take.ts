import type { RaceTake } from './race.ts';

/** What a racer says it got, as it goes between processes and machines; null if it is anything else. */
export function parseTake(value: unknown): RaceTake | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!('racer' in value && 'won' in value && 'lied' in value && 'odd' in value)) return null;
  const { racer, won, lied, odd } = value;
  if (typeof racer !== 'string' || !areNumbers(won) || !areNumbers(lied) || !areTexts(odd)) return null;
  return { racer, won, lied, odd };
}

/** What the racers of one run got, as one line. */
export function formatTakes(takes: readonly RaceTake[]): string {
  return JSON.stringify(takes);
}

export function parseTakes(text: string): RaceTake[] | null {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(values)) return null;
  const takes = values.map(parseTake).filter((take) => take !== null);
  return takes.length === values.length ? takes : null;
}

function areNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one));
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
