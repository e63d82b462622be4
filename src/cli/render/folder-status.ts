import type { ClaimStatus, FolderStatus } from '../../folders/folder-status.ts';
import type { ProducerStatus } from '../../folders/producer-status.ts';
import { formatPace } from './pace.ts';
import type { Pace } from './pace.ts';
import type { Paint } from './paint.ts';
import { formatCount, formatDuration, formatNumberOf } from './quantity.ts';
import { renderTable } from './table.ts';
import { clipText } from './text-width.ts';
import { formatSentence, formatValue } from './visible-text.ts';

/** A file that somebody has, and for how long, as far as the file system's times tell. */
export type HeldClaim = ClaimStatus & { readonly heldMs: number | null };

export type ShownFolderStatus = Omit<FolderStatus, 'claims'> & { readonly claims: readonly HeldClaim[] };

/** As many lines of each list are shown: what is drawn over must fit on a screen. */
const SHOWN = 10;
const NAME_WIDTH = 40;

/** The lines of `dibs status` for a folder. */
export function renderFolderStatus(status: ShownFolderStatus, paint: Paint, pace?: Pace): string[] {
  const { counts, extension, maxAttempts, version, warnings } = status;
  const facts: readonly (readonly [string, string])[] = [
    ['state', paint.bold(describeState(status))],
    ['ready', formatCount(counts.ready)],
    ['claimed', formatCount(counts.claimed)],
    ['done', counts.done === null ? 'not kept' : formatCount(counts.done)],
    ['failed', counts.failed > 0 ? paint.red(formatCount(counts.failed)) : '0'],
    ...(pace ? ([['pace', formatPace(pace) || '-']] as const) : []),
  ];
  const rules = `folder of ${extension} files, ${formatNumberOf(maxAttempts, 'attempt')} each, format ${version}`;
  return [
    `${formatSentence(status.directory)}: ${rules}`,
    ...facts.map(([name, text]) => `  ${name.padEnd(8)}  ${text}`),
    ...renderClaims(status),
    ...renderConsumers(status),
    ...renderProducers(status),
    ...renderList(warnings.map(({ file, message }) => `  ! ${file === null ? '' : `${formatValue(file)}: `}${formatSentence(message)}`)),
  ];
}

/** The same on one line, for a log. */
export function renderFolderStatusLine(status: ShownFolderStatus, pace?: Pace): string {
  const { ready, claimed, done, failed } = status.counts;
  const parts = [
    ...(done === null ? [] : [`${formatCount(done)} done`]),
    `${formatCount(ready)} ready`,
    `${formatCount(claimed)} claimed`,
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
    ...(pace && pace.donePerSecond !== null ? [formatPace(pace)] : []),
  ];
  return `${describeState(status)}: ${parts.join(', ')}`;
}

function describeState({ counts, producers, consumers }: ShownFolderStatus): string {
  if (producers.some(({ state }) => state === 'failed')) return 'a producer failed';
  if (producers.some(({ state }) => state === 'lost')) return 'a producer is lost';
  const isOpen = producers.some(({ state }) => state === 'open');
  if (counts.ready + counts.claimed > 0) return consumers.some(({ standing }) => standing !== 'dead') ? 'in work' : 'waiting for a worker';
  if (isOpen) return 'waiting for producers';
  return producers.length > 0 ? 'finished' : 'nothing to do';
}

function renderClaims({ claims, counts }: ShownFolderStatus): string[] {
  const rows = claims
    .slice(0, SHOWN)
    .map(({ name, consumer, standing, attempt, heldMs }) => [
      clipText(formatValue(name), NAME_WIDTH),
      formatSentence(consumer),
      heldMs === null ? '-' : formatDuration(heldMs),
      String(attempt),
      standing,
    ]);
  return renderTitled(['claimed', 'by', 'for', 'attempt', 'who is'], rows, counts.claimed);
}

function renderConsumers({ consumers }: ShownFolderStatus): string[] {
  const rows = consumers
    .slice(0, SHOWN)
    .map(({ name, host, pid, since, standing }) => [formatSentence(name), describePlace(host, pid), since ?? '-', standing]);
  return renderTitled(['consumer', 'where', 'since', 'is'], rows, consumers.length);
}

function renderProducers({ producers }: ShownFolderStatus): string[] {
  const rows = producers
    .slice(0, SHOWN)
    .map((producer) => [
      formatValue(producer.name ?? '-'),
      describePlace(producer.host, producer.pid),
      producer.since ?? '-',
      describeProducer(producer),
    ]);
  return renderTitled(['producer', 'where', 'since', 'is'], rows, producers.length);
}

function describeProducer({ state, standing, reason }: ProducerStatus): string {
  if (state === 'failed') return reason === null ? 'failed' : `failed: ${formatSentence(reason)}`;
  return state === 'open' ? `at work, ${standing ?? 'never beats'}` : state === 'lost' ? 'lost: dead without a last word' : state;
}

function describePlace(host: string | null, pid: number | null): string {
  return host === null ? '-' : `process ${pid} on ${formatSentence(host)}`;
}

function renderTitled(titles: readonly string[], rows: readonly (readonly string[])[], all: number): string[] {
  if (rows.length === 0) return [];
  const hidden = all - rows.length;
  const lines = renderTable(
    titles.map((title) => ({ title })),
    rows,
  );
  return ['', ...lines.map((line) => `  ${line}`), ...(hidden > 0 ? [`  and ${formatCount(hidden)} more`] : [])];
}

function renderList(lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const hidden = lines.length - SHOWN;
  return ['', ...lines.slice(0, SHOWN), ...(hidden > 0 ? [`  and ${formatCount(hidden)} more`] : [])];
}
