/** What may be typed after `dibs batch work`. */
export interface WorkOptions {
  readonly concurrency: number;
  readonly reduce?: string;
  readonly failOn?: ReadonlySet<number>;
  readonly stdin?: boolean;
  /** In milliseconds. */
  readonly timeout?: number;
  readonly lease?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}
