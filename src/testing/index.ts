/** For the tests of those who use dibs: a disk in memory and a clock that is moved by hand. */
export { manualClock } from './manual-clock.ts';
export type { ManualClock } from './manual-clock.ts';
export { memoryDisk } from './memory-disk.ts';
