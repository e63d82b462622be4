import { ItemSettledError } from '../errors.ts';
import { describeFailure, isPermanent } from '../formats/failure-reason.ts';
import type { Request, SentItem } from '../formats/share-message.ts';
import type { Item } from './queue.ts';

/** What is asked of the owner about an item. */
export type Operation = Omit<Request, 'dibs' | 'number'>;

/** An item that this worker holds, of a queue that another process or thread owns. */
export class AttachedItem<T> implements Item<T> {
  readonly value: T;
  readonly id: string;
  readonly attempt: number;
  readonly #settle: (operation: Operation, item: AttachedItem<T>) => Promise<void>;
  readonly #controller = new AbortController();
  #state: 'taken' | 'settling' | 'done' | 'released' | 'failed' = 'taken';

  constructor({ value, id, attempt }: SentItem<T>, settle: (operation: Operation, item: AttachedItem<T>) => Promise<void>) {
    this.value = value;
    this.id = id;
    this.attempt = attempt;
    this.#settle = settle;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isOpen(): boolean {
    return this.#state === 'taken';
  }

  done(): Promise<void> {
    return this.#end({ operation: 'done', id: this.id }, 'done');
  }

  release(): Promise<void> {
    return this.#end({ operation: 'release', id: this.id }, 'released');
  }

  fail(error: unknown): Promise<void> {
    return this.#end({ operation: 'fail', id: this.id, error: describeFailure(error), permanent: isPermanent(error) }, 'failed');
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  /** The worker leaves, and the owner takes it back. What is being settled ends as it ends. */
  giveBack(reason: unknown): void {
    if (this.#state === 'taken') this.#state = 'released';
    this.abort(reason);
  }

  async #end(operation: Operation, state: 'done' | 'released' | 'failed'): Promise<void> {
    if (this.#state !== 'taken')
      throw new ItemSettledError(operation.operation, this.id, this.#state === 'settling' ? 'being settled' : this.#state);
    this.#state = 'settling';
    try {
      await this.#settle(operation, this);
      this.#state = state;
    } catch (error) {
      this.#state = 'taken';
      throw error;
    }
  }
}
