import type { ClaimOrder } from '../../folders/ready-listing.ts';
import type { PlaceOptions } from '../folders/folder-flags.ts';
import type { HaltRule } from '../halt.ts';

/** What may be typed after `dibs work`. */
export interface WorkOptions extends PlaceOptions {
  readonly concurrency: number;
  readonly retries?: number;
  /** In milliseconds. */
  readonly backoff?: number;
  readonly timeout?: number;
  readonly stdin?: boolean;
  readonly halt?: HaltRule;
  readonly results?: string;
  readonly follow?: boolean;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly wait?: number;
  readonly extension?: string;
  readonly order?: ClaimOrder;
  /** In milliseconds. */
  readonly lease?: number;
  readonly producers?: number;
  readonly json?: boolean;
}
