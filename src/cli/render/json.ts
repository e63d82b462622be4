import type { OutputSource } from '../child/program-output.ts';
import type { Output } from '../output.ts';
import type { Attempt, FailedAttempt, WorkDisplay, WorkSummary } from './work-display.ts';

/** One object on one line: what the library returned. JSON itself escapes control characters and lone surrogates. */
export function formatJsonLine(value: unknown): string {
  return JSON.stringify(value);
}

/** A line of JSON on stdout for each end of a program, and a report. What the programs write goes to stderr, all of it. */
export class JsonDisplay implements WorkDisplay {
  readonly progressIntervalMs = null;
  readonly #out: Output;
  readonly #err: Output;

  constructor(out: Output, err: Output) {
    this.#out = out;
    this.#err = err;
  }

  progress(): void {}

  output(_from: OutputSource, lines: Buffer): Promise<void> {
    return this.#err.write(lines);
  }

  done({ id, attempt, durationMs }: Attempt): Promise<void> {
    return this.#event({ event: 'done', id, attempt, durationMs });
  }

  failed({ id, attempt, durationMs, givenUp, error }: FailedAttempt): Promise<void> {
    return this.#event({ event: 'failed', id, attempt, durationMs, givenUp, error });
  }

  notice(sentence: string): Promise<void> {
    return this.#err.line(`dibs: ${sentence}`);
  }

  report({ report, counts, failedBefore }: WorkSummary): Promise<void> {
    const { taken, done, failed, retried, released, lost, interrupted, durationMs } = report;
    return this.#event({
      event: 'report',
      taken,
      done,
      failed,
      retried,
      released,
      lost,
      interrupted,
      durationMs: Math.round(durationMs),
      counts,
      failedBefore,
    });
  }

  #event(event: object): Promise<void> {
    return this.#out.line(formatJsonLine(event));
  }
}
