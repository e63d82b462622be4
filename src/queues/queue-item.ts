import { ItemSettledError } from '../errors.ts';
import { formatMessageId } from '../formats/message-id.ts';
import { keepShape } from '../machines/keep-shape.ts';
import { Consumer } from './consumer.ts';
import type { Item } from './queue.ts';
import type { Message } from '../journals/segment.ts';

/** Who an item is settled with. */
export interface ItemHost<T> {
  finish(item: QueueItem<T>): Promise<void>;
  release(item: QueueItem<T>): Promise<void>;
  fail(item: QueueItem<T>, error: unknown): Promise<void>;
}

/** - `taken`: somebody works on it  - `settling`: its end is being written down  - the rest: how it ended */
export type ItemState = 'taken' | 'settling' | 'done' | 'released' | 'failed';

/** A message in somebody's hands. */
export class QueueItem<T> implements Item<T> {
  readonly value: T;
  readonly message: Message;
  /** How often it was delivered over all its life, forgiven attempts included: what is written on disk. */
  readonly delivery: number;
  readonly attempt: number;
  /** Whose hands: this process, or a worker that it shares the queue with. */
  readonly consumer: Consumer<QueueItem<T>>;
  state: ItemState = 'taken';
  place = -1;
  readonly #host: ItemHost<T>;
  #controller: AbortController | undefined;
  #lost: Error | undefined;

  constructor(host: ItemHost<T>, consumer: Consumer<QueueItem<T>>, message: Message, value: T, delivery: number, forgiven: number) {
    this.#host = host;
    this.consumer = consumer;
    this.message = message;
    this.value = value;
    this.delivery = delivery;
    this.attempt = delivery - forgiven;
  }

  get id(): string {
    return formatMessageId(this.message.run, this.message.sequence);
  }

  get signal(): AbortSignal {
    // Made when it is asked for: most handlers never do.
    this.#controller ??= new AbortController();
    if (this.#lost !== undefined) this.#controller.abort(this.#lost);
    return this.#controller.signal;
  }

  done(): Promise<void> {
    if (this.state !== 'taken') return this.#refuse('done');
    this.state = 'settling';
    return this.#host.finish(this);
  }

  release(): Promise<void> {
    if (this.state !== 'taken') return this.#refuse('release');
    this.state = 'settling';
    return this.#host.release(this);
  }

  fail(error: unknown): Promise<void> {
    if (this.state !== 'taken') return this.#refuse('fail');
    this.state = 'settling';
    return this.#host.fail(this, error);
  }

  /** Tells whoever works on it that it is not theirs any more. */
  abort(reason: Error): void {
    this.#lost = reason;
    this.#controller?.abort(reason);
  }

  #refuse(operation: string): Promise<never> {
    return Promise.reject(new ItemSettledError(operation, this.id, this.state === 'settling' ? 'being settled' : this.state));
  }
}

const NOBODY: ItemHost<undefined> = {
  finish: () => Promise.resolve(),
  release: () => Promise.resolve(),
  fail: () => Promise.resolve(),
};
keepShape(new QueueItem(NOBODY, new Consumer<QueueItem<undefined>>(), { run: 0, sequence: 0, text: '' }, undefined, 1, 0));
