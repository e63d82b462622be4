import type { OpenFile } from './file-system.ts';

/** Closes a file that was only read. What was read was read: a disk that refuses this changes nothing about it. */
export function closeRead(file: OpenFile | undefined): void {
  try {
    file?.close();
  } catch {
    // The number is free all the same, or nobody can free it.
  }
}
