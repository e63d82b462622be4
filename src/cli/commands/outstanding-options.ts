/** What may be typed after `dibs outstanding`. */
export interface OutstandingOptions {
  readonly limit?: number;
  readonly json?: boolean;
}
