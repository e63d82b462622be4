import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { TaskTracker } from '../../src/tasks/task-tracker.ts';
import { program } from './programs.ts';
import { TalkingProcess } from './talking-process.ts';
import { tempFolder } from './temp-folder.ts';

/** Of a test that must not wait for a lease. */
const NEVER_MS = 3_600_000;

export const storeDirectory = (): string => join(tempFolder(), 'store');

/** Beside the store, where what a task writes is looked for. */
export const outputIn = (directory: string): string => join(directory, '..', 'out', 'a.tsv');

/** A process that has a tracker of the tasks in a directory, and does as it is told. */
export async function trackerProcess(directory: string, leaseMs = NEVER_MS): Promise<TalkingProcess> {
  const process = new TalkingProcess(program('tracker-worker.mjs'));
  await process.ask(`open ${directory} ${leaseMs}`);
  return process;
}

/** A tracker of the same tasks, here. */
export async function trackerIn(directory: string, leaseMs = NEVER_MS): Promise<TaskTracker> {
  const tracker = await TaskTracker.open(`file:${directory}`, { useCase: 'load', leaseMs, durability: 'process', backoff: false });
  onTestFinished(() => tracker.dispose());
  return tracker;
}
