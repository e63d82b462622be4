import type { QueueStatus } from '../../queues/queue-status.ts';
import { formatPace } from './pace.ts';
import type { Pace } from './pace.ts';
import type { Paint } from './paint.ts';
import { formatBytes, formatCount, formatNumberOf } from './quantity.ts';
import { renderTable } from './table.ts';
import { formatSentence } from './visible-text.ts';

// With more runs than this only the newest are shown: a queue that is reopened all day has hundreds.
const RUNS_SHOWN = 10;

/** The lines of `dibs status`. */
export function renderStatus(status: QueueStatus, paint: Paint, pace?: Pace): string[] {
  const { counts } = status;
  const facts: readonly (readonly [string, string])[] = [
    ['state', paint.bold(describeState(status))],
    ['load', describeLoad(status)],
    ['holder', describeHolder(status)],
    ['waiting', formatCount(counts.waiting)],
    ['taken', formatCount(counts.taken)],
    ['done', formatCount(counts.done)],
    ['failed', emphasise(counts.failed, paint)],
    ['damaged', emphasise(counts.damaged, paint)],
    [
      'size',
      status.runs.length > 0 ? `${formatBytes(status.bytes)} in ${formatNumberOf(status.runs.length, 'run')}` : formatBytes(status.bytes),
    ],
    ...(pace ? ([['pace', formatPace(pace) || '-']] as const) : []),
  ];
  return [
    `${formatSentence(status.directory)}: ${status.kind} '${formatSentence(status.name)}', format ${status.version}`,
    ...facts.map(([name, text]) => `  ${name.padEnd(8)}  ${text}`.trimEnd()),
    ...renderRuns(status),
  ];
}

/** The same on one line, for a log. */
export function renderStatusLine(status: QueueStatus, pace?: Pace): string {
  const { waiting, taken, done, failed, damaged } = status.counts;
  const parts = [`${formatCount(done)} done`, `${formatCount(waiting)} waiting`, `${formatCount(taken)} taken`];
  if (failed > 0) parts.push(`${formatCount(failed)} failed`);
  if (damaged > 0) parts.push(`${formatCount(damaged)} damaged`);
  if (pace && pace.donePerSecond !== null) parts.push(formatPace(pace));
  return `${describeState(status)}: ${parts.join(', ')}`;
}

function describeState({ finished, holder, counts }: QueueStatus): string {
  if (finished) return 'finished';
  if (counts.waiting + counts.taken === 0) return 'nothing to do';
  return holder?.alive ? 'in work' : 'waiting for a worker';
}

function describeLoad({ finished, closed }: QueueStatus): string {
  if (finished) return 'all done; the next put begins a new one';
  return closed ? 'closed: finished when all is done' : 'open: more may be put';
}

function describeHolder({ holder }: QueueStatus): string {
  if (holder === null) return 'nobody';
  const who = `process ${holder.pid} on ${formatSentence(holder.host)}, since ${holder.since}`;
  return holder.alive ? who : `${who}, dead: the next opening takes over`;
}

function emphasise(count: number, paint: Paint): string {
  return count > 0 ? paint.red(formatCount(count)) : '0';
}

function renderRuns({ runs }: QueueStatus): string[] {
  if (runs.length === 0) return [];
  const shown = runs.slice(-RUNS_SHOWN);
  const rows = shown.map(({ run, puts, dones, bytes }) => [String(run), formatCount(puts), formatCount(dones), formatBytes(bytes)]);
  const columns = ['run', 'put', 'done', 'size'].map((title) => ({ title, align: 'right' as const }));
  const hidden = runs.length - shown.length;
  return [
    '',
    ...renderTable(columns, rows).map((line) => `  ${line}`),
    ...(hidden > 0 ? [`  and ${formatNumberOf(hidden, 'run')} before`] : []),
  ];
}
