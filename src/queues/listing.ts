import { decodeValue, type Codec } from '../formats/codec.ts';
import type { FailureReason } from '../formats/failure-reason.ts';
import { formatMessageId } from '../formats/message-id.ts';
import { IdSet } from '../machines/id-set.ts';
import type { MessageLedger } from '../machines/message-ledger.ts';
import { type ScanContext, scanMessages } from '../journals/message-scan.ts';
import type { Segment, StoredMessage } from '../journals/segment.ts';

/** A message that was put and is not done. */
export interface OutstandingMessage<T> {
  readonly id: string;
  readonly key: string | undefined;
  /** Undefined if the codec can't read its text. */
  readonly value: T | undefined;
  /** How often it was delivered so far. */
  readonly attempts: number;
}

/** A message that was given up. */
export interface FailedMessage<T> extends OutstandingMessage<T> {
  readonly error: FailureReason;
}

/** What a listing needs to know of a queue, opened or only read. */
export interface Listable<T> {
  readonly context: ScanContext;
  readonly ledger: MessageLedger<FailureReason>;
  /** Messages that outlived their journals. */
  readonly kept: IdSet;
  readonly segments: () => readonly Segment[];
  readonly codec: Codec<T> | undefined;
  /** Resolves when no journal is being removed. */
  readonly settled?: () => Promise<void>;
  /** Messages that are in somebody's hands now, and for the how manieth time. */
  readonly inHands?: ReadonlyMap<string, number>;
}

/** What is neither done nor given up, in put order. */
export async function* outstandingMessages<T>(queue: Listable<T>): AsyncGenerator<OutstandingMessage<T>, void, void> {
  const { ledger } = queue;
  const wanted = (run: number, sequence: number): boolean => !ledger.done.has(run, sequence) && !ledger.failed.has(run, sequence);
  for await (const message of selectMessages(queue, wanted)) {
    const { run, sequence } = message;
    yield describe(queue, message, queue.inHands?.get(formatMessageId(run, sequence)) ?? ledger.countedAttempts(run, sequence));
  }
}

/** What was given up, in put order. */
export async function* failedMessages<T>(queue: Listable<T>): AsyncGenerator<FailedMessage<T>, void, void> {
  const { ledger } = queue;
  for await (const message of selectMessages(queue, (run, sequence) => ledger.failed.has(run, sequence))) {
    const failure = ledger.failed.get(message.run, message.sequence);
    if (failure === undefined) continue;
    const attempts = failure.attempt - ledger.forgiven(message.run, message.sequence);
    yield { ...describe(queue, message, attempts), error: failure.reason };
  }
}

/**
 * The messages that are wanted, each once. While a journal is removed, what outlives it is in two files; and it may be
 * carried over behind our back, so the files that it goes to are looked at again.
 */
export async function* selectMessages<T>(
  queue: Listable<T>,
  wanted: (run: number, sequence: number) => boolean,
): AsyncGenerator<StoredMessage, void, void> {
  await queue.settled?.();
  const seen = new IdSet();
  let kept = queue.kept.size;
  let segments = [...queue.segments()];
  while (segments.length > 0) {
    for (const segment of segments) {
      for await (const page of scanMessages(queue.context, [segment], wanted)) {
        for (const message of page) {
          // What is finished while the caller looks at the one before is not listed any more; of what is removed nothing is known.
          if (!segment.isGone && wanted(message.run, message.sequence) && seen.add(message.run, message.sequence)) yield message;
        }
      }
    }
    segments = queue.kept.size === kept ? [] : queue.segments().filter(({ name }) => name.kind === 'kept');
    kept = queue.kept.size;
  }
}

function describe<T>(queue: Listable<T>, { run, sequence, key, text }: StoredMessage, attempts: number): OutstandingMessage<T> {
  const decoded = decodeValue(queue.codec, text);
  return { id: formatMessageId(run, sequence), key, value: decoded.ok ? decoded.value : undefined, attempts };
}
