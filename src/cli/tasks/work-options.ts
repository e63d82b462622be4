import type { RunOptions } from './run-options.ts';

/** What may be typed after `dibs task work`. */
export interface WorkOptions extends RunOptions {
  readonly concurrency: number;
  readonly follow?: boolean;
  readonly quiet?: boolean;
}
