import type { ConsumeProgress, ConsumeReport } from '../../queues/consume-report.ts';
import type { OutputSource } from '../child/program-output.ts';
import type { Standing } from '../work-item.ts';

/** What `dibs work` has to tell. How it looks is up to who shows it: on a terminal, in a log, as JSON. */
export interface WorkDisplay {
  /** How often it wants to hear of progress, at most; null if never. */
  readonly progressIntervalMs: number | null;
  /** `total` is what was outstanding at the beginning; where others work on it too, what is ours of it. */
  progress(progress: ConsumeProgress, total: number): void;
  /** Whole lines that a program wrote. */
  output(from: OutputSource, lines: Buffer): Promise<void>;
  /** The end of a message's work, on disk. */
  done(attempt: Attempt): Promise<void>;
  /** A program failed. */
  failed(attempt: FailedAttempt): Promise<void>;
  /** A sentence for the person: what it waits for, what a second Ctrl-C does. */
  notice(sentence: string): Promise<void>;
  /** Nothing is left, or it was interrupted. */
  report(summary: WorkSummary): Promise<void>;
}

/** One run of the program for one message. */
export interface Attempt {
  readonly id: string;
  readonly attempt: number;
  readonly durationMs: number;
}

export interface FailedAttempt extends Attempt {
  /** Undefined where the id says it all: a file's name. */
  readonly value: unknown;
  readonly maxAttempts: number;
  /** It does not come again: the attempts are used up, or no other can help. */
  readonly givenUp: boolean;
  readonly error: { readonly name: string; readonly message: string };
}

/** What was done, and what is in the queue now. */
export interface WorkSummary extends Standing {
  readonly directory: string;
  readonly report: Omit<ConsumeReport, 'errors'>;
  /** How many of the failed were given up before this began: earlier in this load, or in one before it. Nothing tells which. */
  readonly failedBefore: number;
}
