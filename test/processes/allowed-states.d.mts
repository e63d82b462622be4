/** What may lie on a disk after a stop: see allowed-states.mjs. */
export type StateRow = readonly [state: string, names: string, leftBy: readonly string[]];
export const ALLOWED_STATES: {
  readonly queue: readonly StateRow[];
  readonly folder: readonly StateRow[];
  readonly store: readonly StateRow[];
};

/** One name, and what tells the file that has it from others. */
export interface FoundName {
  readonly path: string;
  readonly file: string;
}

export function judgeStates(kind: 'queue' | 'folder' | 'store', found: readonly FoundName[]): string[];
export function namesBelow(directory: string, source?: string): FoundName[];
