import type { PlaceOptions } from '../folders/folder-flags.ts';

/** What may be typed after `dibs tail`. */
export interface TailOptions extends PlaceOptions {
  readonly interval?: number;
  readonly json?: boolean;
}
