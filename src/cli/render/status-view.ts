import type { Output } from '../output.ts';
import type { StatusSource } from '../status-source.ts';
import { formatJsonLine } from './json.ts';
import type { Pace } from './pace.ts';
import type { Paint } from './paint.ts';
import { clipText } from './text-width.ts';

/** Shows how a queue stands, again and again. */
export type StatusView<S> = (status: S, pace: Pace) => Promise<void>;

/** The whole status with its pace, a line a look. */
export function jsonStatusView<S>(out: Output): StatusView<S> {
  return (status, pace) => out.line(formatJsonLine({ ...status, ...pace }));
}

/** A line whenever something changed. */
export function plainStatusView<S>(out: Output, source: StatusSource<S>): StatusView<S> {
  let last = '';
  return async (status, pace) => {
    const counts = source.renderLine(status);
    if (counts === last) return;
    last = counts;
    await out.line(source.renderLine(status, pace));
  };
}

/** Draws over what it drew before. */
export function liveStatusView<S>(out: Output, paint: Paint, source: StatusSource<S>): StatusView<S> {
  let drawn = 0;
  return async (status, pace) => {
    // A line that the terminal breaks would be two, and the next drawing would begin too low.
    const lines = source.render(status, paint, pace).map((line) => (line.includes('\u001b') ? line : clipText(line, out.columns - 1)));
    await out.write(`${drawn > 0 ? `\u001b[${drawn}A\u001b[J` : ''}${lines.join('\n')}\n`);
    drawn = lines.length;
  };
}
