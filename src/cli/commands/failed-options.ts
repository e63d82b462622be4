/** What may be typed after `dibs failed`. */
export interface FailedOptions {
  readonly limit?: number;
  readonly failedDir?: string;
  readonly json?: boolean;
}
