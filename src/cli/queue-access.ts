import type { Clock } from '../clock.ts';
import { QueueLockedError } from '../fs/ownership-errors.ts';
import { pause } from '../queues/consume-abort.ts';
import type { PersistentQueue } from '../queues/persistent-queue.ts';
import type { Damage } from '../journals/damage.ts';
import { quoteCommand } from './child/command-template.ts';
import type { CommandOption } from './command.ts';
import { openPersistentQueue, readQueue } from './library.ts';
import { seconds } from './option-values.ts';
import type { Output } from './output.ts';
import { formatSentence } from './render/visible-text.ts';

/** `--wait SECONDS`, the same on every command that owns the queue for a while. */
export const WAIT_OPTION: CommandOption = {
  flags: '--wait <seconds>',
  description: 'how long to wait while somebody else has the queue (default: not at all)',
  parse: seconds('--wait'),
};

export interface Access {
  readonly clock: Clock;
  /** Where damage is told. */
  readonly err: Output;
  /** How long to wait for a queue that somebody else has, in milliseconds. */
  readonly waitMs?: number | undefined;
  readonly maxAttempts?: number;
}

const LOOK_AGAIN_MS = 200;

/** Opens the queue, and makes it if it is not there. Rejects with `QueueLockedError` when somebody else has it for too long. */
export async function openQueue(directory: string, { clock, err, waitMs = 0, ...options }: Access): Promise<PersistentQueue<unknown>> {
  const until = clock.monotonic() + waitMs;
  const onDamage = tellFirst(err, directory);
  for (;;) {
    try {
      return await openPersistentQueue(directory, { ...options, onDamage });
    } catch (error) {
      const left = until - clock.monotonic();
      if (!(error instanceof QueueLockedError) || left <= 0) throw error;
      await pause(clock, Math.min(LOOK_AGAIN_MS, left), []);
    }
  }
}

/** The same for a queue that is there: a misspelt path is an error, not a new queue. */
export async function openExistingQueue(directory: string, access: Access): Promise<PersistentQueue<unknown>> {
  await readQueue(directory);
  return openQueue(directory, access);
}

/** Tells of the first damage that is met: `dibs verify` lists all. */
function tellFirst(err: Output, directory: string): (damage: Damage) => void {
  let told = false;
  return ({ file, offset, reason }) => {
    if (told) return;
    told = true;
    const where = quoteCommand([directory]);
    err
      .line(
        `dibs: damage in ${formatSentence(file)} at ${offset}: ${formatSentence(reason)}. All else is served; dibs verify ${where} lists it all.`,
      )
      .catch(() => {});
  };
}
