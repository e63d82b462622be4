import type { SyncFinding } from './directory-sync.ts';
import type { KindFinding } from './file-system-kind.ts';
import type { TimesFinding } from './file-times.ts';
import type { LinkFinding } from './links.ts';
import type { ListingFinding } from './listing.ts';
import type { FoldingFinding } from './name-folding.ts';
import type { NameLimits } from './name-limits.ts';
import type { RacesFinding } from './races.ts';
import type { OtherRun } from './seeing-others.ts';
import type { ThroughputFinding } from './throughput.ts';
import type { WatchFinding } from './watch-events.ts';

/** What was found in a folder. */
export interface Findings {
  readonly kind: KindFinding;
  readonly sync: SyncFinding;
  readonly links: LinkFinding;
  readonly listing: ListingFinding;
  readonly times: TimesFinding;
  readonly folding: FoldingFinding;
  readonly names: NameLimits;
  readonly watch: WatchFinding;
  readonly throughput: ThroughputFinding;
  readonly races: RacesFinding;
  /** What was seen of each other run; null if none was asked. */
  readonly others: readonly OtherRun[] | null;
}
