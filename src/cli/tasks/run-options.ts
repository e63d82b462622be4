import type { TaskOptions } from './task-options.ts';

/** What may be typed after `dibs task run`. */
export interface RunOptions extends TaskOptions {
  readonly retries?: number;
  /** In milliseconds. */
  readonly backoff?: number;
  readonly timeout?: number;
  readonly lease?: number;
  readonly stdin?: boolean;
}
