import type { Call, Fault } from './fault-plan.ts';
import { randomNumbers } from './random.ts';

/** What disks and networks refuse now and then, and not for good. */
const ERRNOS = ['EIO', 'ENOSPC', 'EDQUOT', 'EBUSY', 'ESTALE', 'ETIMEDOUT', 'EMFILE'] as const;

export interface RandomFaults {
  readonly seed: number;
  /** One in so many calls fails. @default 20 */
  readonly oneIn?: number;
}

/** What becomes of a call that fails: refused, done and the reply lost, or, of a write, done in part. */
interface Fate {
  readonly errno: string;
  readonly reply: 'before' | 'after' | 'short';
}

/** Some of all calls fail, whichever they are, each in its own way: the same ones for the same seed. */
export function randomFaults({ seed, oneIn = 20 }: RandomFaults): Fault[] {
  const random = randomNumbers(seed);
  let [number, fate]: [number, Fate | undefined] = [0, undefined];
  const drawFate = (call: Call): Fate | undefined => {
    const [isMet, which, how] = [random() * oneIn < 1, random(), random()];
    if (!isMet) return undefined;
    const errno = ERRNOS[Math.floor(which * ERRNOS.length)] ?? 'EIO';
    if (call.operation === 'write' && how > 0.8) return { errno, reply: 'short' };
    return { errno, reply: call.changes && how < 0.5 ? 'after' : 'before' };
  };
  const fateOf = (call: Call): Fate | undefined => {
    if (call.number !== number) [number, fate] = [call.number, drawFate(call)];
    return fate;
  };
  const replies = ['before', 'after'] as const;
  const refusals = ERRNOS.flatMap((errno) =>
    replies.map((reply): Fault => {
      const at = (call: Call): boolean => fateOf(call)?.errno === errno && fateOf(call)?.reply === reply;
      return { at, errno, reply };
    }),
  );
  return [{ at: (call) => fateOf(call)?.reply === 'short', bytes: 5 }, ...refusals];
}
