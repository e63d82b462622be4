import type { QueueStatus } from '../../queues/queue-status.ts';
import { readQueue } from '../library.ts';
import { renderStatus, renderStatusLine } from '../render/status.ts';
import type { StatusSource } from '../status-source.ts';

/** How a queue of values stands. */
export async function valuesStatus(directory: string): Promise<StatusSource<QueueStatus>> {
  const reader = await readQueue(directory);
  return {
    look: () => reader.status(),
    done: ({ counts }) => counts.done,
    left,
    isOver: (status) => status.finished || (left(status) === 0 && !status.holder?.alive),
    // What is drawn over must fit on a screen.
    render: (status, paint, pace) => renderStatus(pace ? { ...status, runs: [] } : status, paint, pace),
    renderLine: renderStatusLine,
  };
}

function left({ counts }: QueueStatus): number {
  return counts.waiting + counts.taken;
}
