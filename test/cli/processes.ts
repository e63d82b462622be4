import { readFileSync } from 'node:fs';

/** Looks again until it is so; the test's own time limit ends what never comes. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Whether a process of this id runs. */
export function isAlive(pid: number): boolean {
  if (!(pid > 0)) throw new RangeError(`${pid} is no process id`);
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}

/** Dead, and not yet taken note of: in a container nobody may ever do that. */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false; // no /proc here, or gone meanwhile: the next look says
  }
}
