import { describeFailure, KilledError } from '../formats/failure-reason.ts';
import type { Holdings } from '../journals/holdings.ts';
import type { Ready } from '../journals/ready.ts';
import type { Message } from '../journals/segment.ts';
import type { Consumer } from './consumer.ts';
import { QueueItem } from './queue-item.ts';
import { type PayloadSchema, validate } from './schema.ts';
import type { Settling } from './settling.ts';

/** What a message is held against when its turn has come. */
export interface DueHost<T> {
  readonly maxAttempts: number;
  readonly schema: PayloadSchema<T> | undefined;
  readonly holdings: Holdings;
  readonly settling: Settling<T>;
}

/** What became of a message whose turn had come: an item to hand out, or (after a look) one or none, and then the next one is due. */
export type Found<T> = QueueItem<T> | { readonly later: Promise<QueueItem<T> | undefined> };

/** For the how manieth time it is delivered; or it is given up instead: its attempts are used up, or its value can't be had. */
export function itemOf<T>(queue: DueHost<T>, consumer: Consumer<QueueItem<T>>, message: Ready<T>): Found<T> {
  const { holdings, maxAttempts, schema, settling } = queue;
  const { run, sequence, decoded } = message;
  // Finished by `markAllDone` while it waited here.
  if (holdings.isFinished(run, sequence)) return { later: Promise.resolve(undefined) };
  const before = holdings.ledger.attempts(run, sequence);
  const forgiven = before === 0 ? 0 : holdings.ledger.forgiven(run, sequence);
  if (before - forgiven >= maxAttempts)
    return { later: settling.giveUp(message, before, describeFailure(new KilledError(before - forgiven))) };
  // Not handed out, but tried: attempts grow past what a retry forgave.
  if (!decoded.ok) return { later: settling.giveUp(message, before + 1, describeFailure(decoded.error)) };
  const make = (value: T): QueueItem<T> => new QueueItem(settling, consumer, message, value, before + 1, forgiven);
  return schema === undefined ? make(decoded.value) : { later: validated(queue, schema, message, decoded.value, before + 1, make) };
}

async function validated<T>(
  { settling, holdings }: DueHost<T>,
  schema: PayloadSchema<T>,
  message: Message,
  value: unknown,
  delivery: number,
  make: (valid: T) => QueueItem<T>,
): Promise<QueueItem<T> | undefined> {
  let valid: T;
  try {
    valid = await validate(schema, value);
  } catch (error) {
    return settling.giveUp(message, delivery, describeFailure(error));
  }
  // Finished by `markAllDone` while it was looked at.
  return holdings.isFinished(message.run, message.sequence) ? undefined : settling.hand(make(valid));
}
