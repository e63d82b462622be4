import type { Item } from '../../src/queues/queue.ts';
import type { Script } from './crash-script.ts';
import type { WatchedQueue } from './watched-queue.ts';

/** One thing a program does with a queue; what can't be done just then is passed over. */
export const DEEDS = [
  'put',
  'put two',
  'put under a key',
  'take',
  'done',
  'release',
  'fail',
  'mark all done',
  'retry',
  'close',
  'reopen',
] as const;

export type Deed = (typeof DEEDS)[number];

/** Every sequence of so many deeds. */
export function* everySequence(length: number): Generator<readonly Deed[]> {
  if (length === 0) yield [];
  else for (const first of everySequence(length - 1)) for (const deed of DEEDS) yield [...first, deed];
}

/** A program that opens a queue, takes a message if there is one, and does these things. */
export function scriptOf(deeds: readonly Deed[], maxAttempts: number): Script {
  return async (program) => {
    let queue = await program.open();
    const hands: Item<string>[] = [];
    const givenUp: string[] = [];
    let isClosed = false;
    await take(queue, hands);
    for (const [index, deed] of deeds.entries()) {
      const item = hands[0];
      const value = `${deed} ${index}`;
      if (deed === 'take') await take(queue, hands);
      else if (deed === 'put' && !isClosed) await queue.put(value);
      else if (deed === 'put two' && !isClosed) await queue.putAll(value, `${value} more`);
      else if (deed === 'put under a key' && !isClosed) await queue.put(value, value);
      else if (deed === 'mark all done') await markAllDone(queue, hands);
      else if (deed === 'retry') await queue.retry(...givenUp.splice(0));
      else if (deed === 'close') {
        await queue.close();
        isClosed = true;
      } else if (deed === 'reopen') {
        await queue.dispose();
        hands.length = 0;
        isClosed = false;
        queue = await program.open();
      } else if (item) await settle(deed, queue, item, hands, givenUp, maxAttempts);
    }
  };
}

async function take(queue: WatchedQueue, hands: Item<string>[]): Promise<void> {
  const item = await queue.takeIfAny();
  if (item) hands.push(item);
}

async function markAllDone(queue: WatchedQueue, hands: Item<string>[]): Promise<void> {
  await queue.markAllDone();
  hands.length = 0;
}

async function settle(
  deed: Deed,
  queue: WatchedQueue,
  item: Item<string>,
  hands: Item<string>[],
  givenUp: string[],
  maxAttempts: number,
): Promise<void> {
  if (deed !== 'done' && deed !== 'release' && deed !== 'fail') return;
  hands.shift();
  const isLast = deed === 'fail' && item.attempt >= maxAttempts;
  if (isLast) givenUp.push(item.value);
  if (deed === 'done') await queue.done(item);
  else if (deed === 'release') await queue.release(item);
  else await queue.fail(item, isLast);
}
