import type { Findings } from './findings.ts';
import type { PromiseVerdict } from './verdict.ts';

/** What a folder can do, and which promises hold in it: plain data, as `dibs doctor --json` prints it. */
export interface FolderReport {
  readonly directory: string;
  /** Whether all promises hold, as far as can be seen from here. */
  readonly holds: boolean;
  readonly promises: readonly PromiseVerdict[];
  /** What to do, in plain words. */
  readonly advice: readonly string[];
  /** What else to know. */
  readonly notes: readonly string[];
  readonly findings: Findings;
}
