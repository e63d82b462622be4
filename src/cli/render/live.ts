import type { ConsumeProgress } from '../../queues/consume-report.ts';
import type { OutputSource } from '../child/program-output.ts';
import type { Output } from '../output.ts';
import { formatPace, PaceMeter } from './pace.ts';
import type { Paint } from './paint.ts';
import { describeFailure, describeSummary } from './plain.ts';
import { formatCount } from './quantity.ts';
import { clipText } from './text-width.ts';
import type { FailedAttempt, WorkDisplay, WorkSummary } from './work-display.ts';

const ERASE_LINE = '\r\u001b[K';
const REDRAW_EVERY_MS = 100;
const BAR_WIDTH = 24;

/**
 * One line at the foot of a terminal that is drawn again and again; all else scrolls by above it. It is taken away
 * before anything else is written, so no program's output ends up in it.
 */
export class LiveDisplay implements WorkDisplay {
  readonly progressIntervalMs = REDRAW_EVERY_MS;
  readonly #out: Output;
  readonly #err: Output;
  readonly #paint: Paint;
  readonly #pace = new PaceMeter();
  #line = '';
  /** One write after the other: a line is never drawn into another write. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(out: Output, err: Output, paint: Paint) {
    this.#out = out;
    this.#err = err;
    this.#paint = paint;
  }

  progress(progress: ConsumeProgress, total: number): void {
    this.#line = progress.state === 'ended' ? '' : this.#render(progress, total);
    // A line that can't be drawn is no reason to stop the work.
    this.#above(async () => {}).catch(() => {});
  }

  output(from: OutputSource, lines: Buffer): Promise<void> {
    return this.#above(() => (from === 'stdout' ? this.#out : this.#err).write(lines));
  }

  async done(): Promise<void> {}

  failed(attempt: FailedAttempt): Promise<void> {
    const words = describeFailure(attempt);
    return this.#above(() => this.#err.line(`dibs: ${attempt.givenUp ? this.#paint.red(words) : words}`));
  }

  notice(sentence: string): Promise<void> {
    return this.#above(() => this.#err.line(`dibs: ${sentence}`));
  }

  async report(summary: WorkSummary): Promise<void> {
    const [first = '', ...more] = describeSummary(summary);
    this.#line = '';
    await this.notice(summary.failed === 0 ? this.#paint.green(first) : first);
    for (const line of more) await this.notice(line);
  }

  #above(write: () => Promise<void>): Promise<void> {
    const written = this.#last.then(async () => {
      await this.#err.write(ERASE_LINE);
      await write();
      if (this.#line !== '') await this.#err.write(this.#line);
    });
    this.#last = written.catch(() => {}); // told to who wrote
    return written;
  }

  #render({ done, failed, running, waitingForRetry, elapsedMs, state }: ConsumeProgress, total: number): string {
    const pace = formatPace(this.#pace.look(elapsedMs, done, Math.max(0, total - done - failed)));
    const facts = [
      renderBar(done + failed, total),
      `${formatCount(done)}/${formatCount(total)}`,
      `${formatCount(running)} running`,
      ...(waitingForRetry > 0 ? [`${formatCount(waitingForRetry)} to be tried again`] : []),
      ...(failed > 0 ? [`${formatCount(failed)} given up`] : []),
      ...(state === 'stopping' ? ['stopping'] : pace === '' ? [] : [pace]),
    ];
    return this.#paint.bold(clipText(facts.join('  '), Math.max(10, this.#err.columns - 1)));
  }
}

function renderBar(settled: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, settled / total);
  const full = Math.floor(share * BAR_WIDTH);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}]`;
}
