import type { Pace } from './render/pace.ts';
import type { Paint } from './render/paint.ts';

/** How a queue of either kind stands, and how that is shown. */
export interface StatusSource<S> {
  look(): Promise<S>;
  /** How many are done; null where that is not known. */
  done(status: S): number | null;
  /** How many still have to be. */
  left(status: S): number;
  /** Nothing is left, and nobody is there who could put more. */
  isOver(status: S): boolean;
  /** `pace` when it is looked at again and again. */
  render(status: S, paint: Paint, pace?: Pace): string[];
  /** The same on one line, for a log. */
  renderLine(status: S, pace?: Pace): string;
}
