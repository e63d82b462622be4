import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Has the engine forget all that nobody holds any more. */
export async function collect(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc !== 'function') throw new TypeError('this engine does not collect when it is told to');
  // What was looked at in a turn of the loop stays until its end.
  await setImmediate();
  gc();
  // The memory of arrays is given back by the time the next one begins.
  gc();
}
