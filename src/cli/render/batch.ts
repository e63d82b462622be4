import type { BatchStatus, StrayTask } from '../../batches/batch-status.ts';
import type { DamagedPart } from '../../batches/batch-damaged-error.ts';
import { TASK_STATUSES } from '../../machines/task-lifecycle.ts';
import { formatCount, formatNumberOf } from './quantity.ts';
import { describeHolding } from './task.ts';
import { formatSentence, formatValue } from './visible-text.ts';

/** How a batch stands, in lines. */
export function renderBatch(status: BatchStatus): string[] {
  const { id, state, total, remaining, progress, parts, damaged, strays, running, reduce, reason, metadata, createdAt } = status;
  const counts = TASK_STATUSES.flatMap((one) => (parts[one] > 0 ? [`${formatCount(parts[one])} ${one}`] : []));
  return [
    ['batch', formatSentence(id)],
    ['state', reason === undefined ? state : `${state}: ${formatSentence(reason)}`],
    // Rounded down: 100 % is all.
    ['done', `${formatCount(total - remaining)} of ${formatCount(total)} parts, ${Math.floor(progress * 100)} %`],
    ['parts', counts.length > 0 ? counts.join(', ') : 'none'],
    ...running
      .slice(0, MOST_NAMED)
      .map((one) => ['running', `${one.partId === 'reduce' ? 'the reduce' : `part ${one.partId}`}: ${describeHolding(one)}`]),
    ...renderDamaged(damaged).map((line) => ['damaged', line]),
    ...renderStrays(strays).map((line) => ['stray', line]),
    ['reduce', reduce ?? (state === 'failed' ? 'never' : 'not yet')],
    ['created', createdAt],
    ['metadata', formatValue(metadata)],
  ].map(([name = '', text]) => `${name.padEnd(8)}  ${text}`);
}

/** More would fill the screen. */
const MOST_NAMED = 20;

/** What keeps a batch from its end, and what to do about it. */
function renderDamaged(damaged: readonly DamagedPart[]): string[] {
  if (damaged.length === 0) return [];
  const advice = `${formatNumberOf(damaged.length, 'part')} in all; to make them anew: dibs batch retry`;
  return [...damaged.slice(0, MOST_NAMED).map(describeDamage), advice];
}

/** What is in nobody's way, but was perhaps to be a part. */
function renderStrays(strays: readonly StrayTask[]): string[] {
  const more = strays.length - MOST_NAMED;
  const named = strays
    .slice(0, MOST_NAMED)
    .map(({ id, status }) => `${status}/${formatSentence(id)} is no part: neither run nor waited for`);
  return more > 0 ? [...named, `and ${formatCount(more)} more`] : named;
}

/** A part that can't be worked on, in a line. */
export function describeDamage({ partId, path, reason }: DamagedPart): string {
  return `part ${partId}: ${path === null ? '' : `${formatSentence(path)} can't be read: `}${formatSentence(reason)}`;
}
