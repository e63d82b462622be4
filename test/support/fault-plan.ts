import type { FileSystem, OpenFile } from '../../src/fs/file-system.ts';

/** One call of the port, by its place in the life of a process. */
export interface Call {
  /** From 1. */
  readonly number: number;
  readonly operation: keyof FileSystem | keyof OpenFile;
  readonly path: string;
  /** The second path of a link or rename, the mode of an open. */
  readonly to?: string | undefined;
  /** How many bytes a write is to take. */
  readonly length?: number | undefined;
  /** Whether it changes what the disk holds, or how safely. */
  readonly changes: boolean;
}

/** Where a process ends. In a write, after it took some bytes. */
export type Stop =
  { readonly call: number; readonly when: 'before' | 'after' } | { readonly call: number; readonly when: 'in'; readonly bytes: number };

/** A call that fails, before it is done or, as when a reply is lost, after; or a write that takes only some bytes. */
export type Fault =
  | { at(call: Call): boolean; readonly errno: string; readonly reply?: 'before' | 'after' }
  | { at(call: Call): boolean; readonly bytes: number };

export interface FaultPlan {
  readonly stop?: Stop | undefined;
  readonly faults?: readonly Fault[];
  /** What somebody else does just before a call, all at once: this process stood still meanwhile. */
  readonly meanwhile?: { readonly call: number; readonly act: () => void };
}

/** Whether the call is refused before anything is done. */
export function isRefusal(fault: Fault | undefined): fault is Fault & { readonly errno: string } {
  return fault !== undefined && 'errno' in fault && fault.reply !== 'after';
}

/** A call in words: `3, rename /a → /b`. */
export function describeCall({ number, operation, path, to, length }: Call): string {
  const more = to === undefined ? '' : operation === 'open' ? ` to ${to}` : ` → ${to}`;
  return `${number}, ${operation} ${path}${more}${length === undefined ? '' : ` (${length} B)`}`;
}
