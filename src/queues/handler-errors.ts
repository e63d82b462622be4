import { WorkQueueError } from '../errors.ts';

/** A handler took longer than it may. It counts as a failed attempt, whatever the handler did after its signal aborted. */
export class HandlerTimeoutError extends WorkQueueError {
  readonly code = 'ERR_HANDLER_TIMEOUT';
  readonly id: string;
  readonly timeoutMs: number;

  constructor(id: string, timeoutMs: number, options?: ErrorOptions) {
    super(`The handler of ${id} took longer than ${timeoutMs} ms. Give it a longer timeoutMs, or less to do.`, options);
    this.id = id;
    this.timeoutMs = timeoutMs;
  }
}

/** The value does not fit the queue's schema. The queue is as it was. */
export class InvalidValueError extends WorkQueueError {
  readonly code = 'ERR_INVALID_VALUE';
  /** The schema's complaints, each with the path to what it is about. */
  readonly issues: readonly { readonly message: string; readonly path?: readonly PropertyKey[] }[];

  constructor(issues: InvalidValueError['issues'], options?: ErrorOptions) {
    const first = issues
      .slice(0, 3)
      .map((issue) => (issue.path?.length ? `${issue.path.map(String).join('.')}: ${issue.message}` : issue.message));
    super(`The value does not fit the schema: ${first.join('; ')}${issues.length > 3 ? ` and ${issues.length - 3} more` : ''}.`, options);
    this.issues = issues;
  }
}
