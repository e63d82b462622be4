import type { Clock } from '../clock.ts';
import type { TaskStore } from '../stores/store.ts';
import type { OutputFiles } from './output-files.ts';
import type { StepPlaces } from './status-codes.ts';
import type { TrackerSettings } from './tracker-options.ts';

/** What all calls of one tracker stand on. */
export interface TrackerGround extends TrackerSettings {
  readonly useCase: string;
  readonly store: TaskStore;
  readonly places: StepPlaces;
  readonly outputs: OutputFiles;
  readonly clock: Clock;
  /** Whether a task is one of those that are taken as they come. @default all are */
  readonly isForAnybody?: (id: string) => boolean;
  /** Asked of each that was taken as it came: if not, it is given back, uncounted, and no more are taken. @default all may */
  readonly mayStart?: () => Promise<boolean>;
  /** Asked when nothing was found that is left: whether to look again all the same, as for what moved meanwhile. @default no */
  readonly mayHaveMore?: () => Promise<boolean>;
  /** Whether one that is named is started before its time too. @default false */
  readonly isEarly?: boolean;
  /** What a schema makes of data. @throws InvalidValueError */
  readonly valid: (data: unknown) => unknown;
}

export function nowOf({ clock }: Pick<TrackerGround, 'clock'>): string {
  return clock.wall().toISOString();
}
