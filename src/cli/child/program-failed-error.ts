import { WorkQueueError } from '../../errors.ts';
import { formatDuration } from '../render/quantity.ts';

/** How a program ended that did not end well. */
export type BadEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'timeout'; readonly timeoutMs: number }
  | { readonly kind: 'start'; readonly errno: string };

/** A program failed at a message: the reason that `dibs failed` shows. */
export class ProgramFailedError extends WorkQueueError {
  readonly code = 'ERR_PROGRAM_FAILED';
  readonly end: BadEnd;

  /** `lastWords` is the last line that the program wrote to stderr. */
  constructor(end: BadEnd, lastWords: string, options?: ErrorOptions) {
    super(lastWords === '' ? describe(end) : `${describe(end)}: ${lastWords}`, options);
    // Ours would say where in dibs the end was noticed, which helps nobody.
    this.stack = `${this.name}: ${this.message}`;
    this.end = end;
  }
}

function describe(end: BadEnd): string {
  switch (end.kind) {
    case 'exit':
      return `exit code ${end.code}`;
    case 'signal':
      return `killed by ${end.signal}`;
    case 'timeout':
      return `timed out after ${formatDuration(end.timeoutMs)}`;
    case 'start':
      return `can't be started (${end.errno})`;
  }
}
