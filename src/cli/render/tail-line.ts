import type { Failure } from '../tail/failure-of.ts';
import type { Happening } from '../tail/happenings.ts';
import type { ProducerWord } from '../tail/producer-words.ts';
import type { Paint } from './paint.ts';
import { formatReason } from './reason.ts';
import { formatSentence, formatValue } from './visible-text.ts';

/** A line of `dibs tail`, as `12:03:04  claimed   sales-01.tsv  by etl-1-4711-9f3ac2d1, attempt 1`. */
export function renderHappening(
  at: Date,
  { event, name, consumer, attempt }: Happening,
  failure: Failure | undefined,
  paint: Paint,
): string {
  const facts = [
    ...(consumer === undefined ? [] : [`by ${formatSentence(consumer)}`]),
    ...(attempt === undefined ? [] : [`attempt ${attempt}`]),
  ].join(', ');
  const reason = failure === undefined ? '' : `: ${formatReason(failure)}`;
  const line = [timeOf(at), event.padEnd(8), formatValue(name), `${facts}${reason}`].join('  ').trimEnd();
  return event === 'failed' ? paint.red(line) : line;
}

export function renderProducerWord(at: Date, { says, producer, host, pid, reason }: ProducerWord, paint: Paint): string {
  const who = `${formatValue(producer ?? 'a producer')} (process ${pid} on ${formatSentence(host)})`;
  const line = `${timeOf(at)}  producer  ${who} says ${says.toUpperCase()}${reason === undefined ? '' : `: ${formatSentence(reason)}`}`;
  return says === 'failed' ? paint.red(line) : line;
}

/** The time of day, where this runs. */
function timeOf(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
