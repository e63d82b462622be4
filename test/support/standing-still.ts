import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Resolves once every thread of a process that was sent a SIGSTOP stands still. On a busy machine the one that is to stop the
 * others may wait for its turn, and a heart goes on beating meanwhile. Where there is no /proc it can't be seen.
 */
export async function standingStill(pid: number): Promise<void> {
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return;
  while (!readdirSync(tasks).every((task) => isStill(`${tasks}/${task}/stat`))) await sleep(5);
}

/** Stopped, or over. */
function isStill(path: string): boolean {
  try {
    return /\) [TtZX] [^)]*$/.test(readFileSync(path, 'utf8'));
  } catch {
    return true;
  }
}
