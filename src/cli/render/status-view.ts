import type { QueueStatus } from '../../queues/queue-status.ts';
import type { Output } from '../output.ts';
import { formatJsonLine } from './json.ts';
import type { Pace } from './pace.ts';
import type { Paint } from './paint.ts';
import { renderStatus, renderStatusLine } from './status.ts';
import { clipText } from './text-width.ts';

/** Shows how a queue stands, again and again. */
export type StatusView = (status: QueueStatus, pace: Pace) => Promise<void>;

/** The whole status with its pace, a line a look. */
export function jsonStatusView(out: Output): StatusView {
  return (status, pace) => out.line(formatJsonLine({ ...status, ...pace }));
}

/** A line whenever something changed. */
export function plainStatusView(out: Output): StatusView {
  let last = '';
  return async (status, pace) => {
    const counts = renderStatusLine(status);
    if (counts === last) return;
    last = counts;
    await out.line(renderStatusLine(status, pace));
  };
}

/** Draws over what it drew before. */
export function liveStatusView(out: Output, paint: Paint): StatusView {
  let drawn = 0;
  return async (status, pace) => {
    // A line that the terminal breaks would be two, and the next drawing would begin too low.
    const lines = renderStatus({ ...status, runs: [] }, paint, pace).map((line) =>
      line.includes('\u001b') ? line : clipText(line, out.columns - 1),
    );
    await out.write(`${drawn > 0 ? `\u001b[${drawn}A\u001b[J` : ''}${lines.join('\n')}\n`);
    drawn = lines.length;
  };
}
