import type { BatchStatus } from '../../batches/batch-status.ts';
import { TASK_STATUSES } from '../../machines/task-lifecycle.ts';
import { formatCount } from './quantity.ts';
import { formatSentence, formatValue } from './visible-text.ts';

/** How a batch stands, in lines. */
export function renderBatch(status: BatchStatus): string[] {
  const { id, state, total, remaining, progress, parts, reduce, reason, metadata, createdAt } = status;
  const counts = TASK_STATUSES.flatMap((one) => (parts[one] > 0 ? [`${formatCount(parts[one])} ${one}`] : []));
  return [
    ['batch', formatSentence(id)],
    ['state', reason === undefined ? state : `${state}: ${formatSentence(reason)}`],
    // Rounded down: 100 % is all.
    ['done', `${formatCount(total - remaining)} of ${formatCount(total)} parts, ${Math.floor(progress * 100)} %`],
    ['parts', counts.length > 0 ? counts.join(', ') : 'none'],
    ['reduce', reduce ?? (state === 'failed' ? 'never' : 'not yet')],
    ['created', createdAt],
    ['metadata', formatValue(metadata)],
  ].map(([name = '', text]) => `${name.padEnd(8)}  ${text}`);
}
