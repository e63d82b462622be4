import type { ConsumeProgress } from '../../queues/consume-report.ts';
import { quoteCommand } from '../child/command-template.ts';
import type { OutputSource } from '../child/program-output.ts';
import type { Output } from '../output.ts';
import { formatPace, PaceMeter } from './pace.ts';
import { formatCount, formatDuration, formatNumberOf } from './quantity.ts';
import { clipText } from './text-width.ts';
import { formatSentence, formatValue } from './visible-text.ts';
import type { FailedAttempt, WorkDisplay, WorkSummary } from './work-display.ts';

const LINE_EVERY_MS = 10_000;
const VALUE_WIDTH = 60;

/** Whole lines on stderr, for logs: failures as they come, progress now and then, a summary. Programs write to our own stdout and stderr. */
export class PlainDisplay implements WorkDisplay {
  readonly progressIntervalMs: number | null;
  readonly #out: Output;
  readonly #err: Output;
  readonly #quiet: boolean;
  readonly #pace = new PaceMeter();

  constructor(out: Output, err: Output, { quiet }: { readonly quiet: boolean }) {
    this.#out = out;
    this.#err = err;
    this.#quiet = quiet;
    this.progressIntervalMs = quiet ? null : LINE_EVERY_MS;
  }

  progress(progress: ConsumeProgress, total: number): void {
    if (progress.state === 'ended') return; // the summary says it
    const pace = formatPace(this.#pace.look(progress.elapsedMs, progress.done, Math.max(0, total - progress.done - progress.failed)));
    const failed = progress.failed > 0 ? `, ${formatCount(progress.failed)} failed` : '';
    // A line that can't be written is no reason to stop the work.
    this.notice(`${formatCount(progress.done)} of ${formatCount(total)} done${failed}${pace === '' ? '' : `, ${pace}`}`).catch(() => {});
  }

  output(from: OutputSource, lines: Buffer): Promise<void> {
    return (from === 'stdout' ? this.#out : this.#err).write(lines);
  }

  async done(): Promise<void> {}

  failed(attempt: FailedAttempt): Promise<void> {
    return this.#err.line(`dibs: ${describeFailure(attempt)}`);
  }

  notice(sentence: string): Promise<void> {
    return this.#err.line(`dibs: ${sentence}`);
  }

  async report(summary: WorkSummary): Promise<void> {
    if (!this.#quiet) for (const line of describeSummary(summary)) await this.notice(line);
  }
}

export function describeFailure({ id, value, attempt, maxAttempts, givenUp, error }: FailedAttempt): string {
  const shown = value === undefined ? '' : ` (${clipText(formatValue(value), VALUE_WIDTH)})`;
  return `${formatSentence(id)}${shown} ${givenUp ? 'given up' : 'failed'} at attempt ${attempt} of ${maxAttempts}: ${formatSentence(error.message)}`;
}

export function describeSummary({ directory, report, left, failed, failedBefore }: WorkSummary): string[] {
  const parts = [`${formatNumberOf(report.done, 'message')} done`];
  if (report.failed > 0) parts.push(`${formatCount(report.failed)} given up`);
  if (report.released + report.lost > 0) parts.push(`${formatCount(report.released + report.lost)} given back`);
  const end = report.interrupted
    ? `interrupted, ${formatNumberOf(left, 'message')} left`
    : left > 0
      ? `${formatNumberOf(left, 'message')} left`
      : 'nothing left';
  const lines = [`${parts.join(', ')} in ${formatDuration(report.durationMs)}; ${end}`];
  if (failed > 0) {
    const where = quoteCommand([directory]);
    const all = `${formatNumberOf(failed, 'message')} failed${describeBefore(failedBefore, failed)}`;
    lines.push(`${all}. Reasons: dibs failed ${where}. Try again: dibs retry ${where}`);
  }
  return lines;
}

/** The exit code counts them too, so it is said where they come from. */
function describeBefore(before: number, failed: number): string {
  if (before === 0) return '';
  return before === failed ? ', before this' : `, ${formatCount(before)} of them before this`;
}
