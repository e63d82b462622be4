import type { PlaceOptions } from '../folders/folder-flags.ts';

/** What may be typed after `dibs verify`. */
export interface VerifyOptions extends PlaceOptions {
  readonly json?: boolean;
}
