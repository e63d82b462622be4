import type { Clock } from '../../src/clock.ts';
import { PermanentError, WorkQueueError } from '../../src/errors.ts';
import type { Codec } from '../../src/formats/codec.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import type { PersistentQueueOptions } from '../../src/queues/queue-options.ts';
import type { Item } from '../../src/queues/queue.ts';
import type { Actor } from './explored-actor.ts';
import { fates, LIVES, type Pen } from './explored-pen.ts';
import type { QueuePromises, Tenure } from './queue-promises.ts';

/** `done` and `fail` are about what was taken first. */
export type Deed = `put ${string}` | 'open' | 'get' | 'done' | 'fail' | 'close' | 'dispose';

/** The least there is: with each value as long as that, each is in a journal of its own. */
const SEGMENT_BYTES = 1024;
const LONG: Codec<string> = {
  encode: (value) => `${value}${'.'.repeat(SEGMENT_BYTES)}`,
  decode: (text) => text.replace(/\.+$/, ''),
};

/** Somebody who opens a queue, and does with it what it is told. */
export class QueueOwner {
  readonly tenure: Tenure;
  readonly pen: Pen;
  readonly #promises: QueuePromises;
  readonly #options: PersistentQueueOptions<string>;
  readonly #held: Item<string>[] = [];
  #queue: PersistentQueue<string> | undefined;

  constructor(tenure: Tenure, promises: QueuePromises, pen: Pen, options: PersistentQueueOptions<string>) {
    this.tenure = tenure;
    this.pen = pen;
    this.#promises = promises;
    this.#options = options;
    pen.wrote = (file, text) => promises.wrote(tenure, file, text);
  }

  get isOpen(): boolean {
    return this.#queue !== undefined;
  }

  get queue(): PersistentQueue<string> {
    if (this.#queue === undefined) throw new Error(`${this.tenure.name} has no queue`);
    return this.#queue;
  }

  /** Does it, if nothing comes between. False if it has no queue. */
  async chooses(self: Actor, deed: Deed): Promise<boolean> {
    this.pen.fate = await self.ask(deed, () => fates(), { show: ({ kind, at }) => `${kind} ${at}` });
    try {
      await this.does(deed);
    } catch (error) {
      // What is refused was not promised; and who lost the queue may go on, and is refused again.
      if (!(error instanceof WorkQueueError) && !this.pen.isDead) throw error;
    }
    await this.pen.rest();
    this.pen.fate = LIVES;
    return this.isOpen;
  }

  async does(deed: Deed): Promise<this> {
    const says = await this.#do(deed);
    if (!this.pen.isDead) says();
    await this.pen.rest();
    return this;
  }

  /** Gives what is known once it is answered. */
  async #do(deed: Deed): Promise<() => void> {
    const { tenure } = this;
    if (deed === 'open') return this.#open();
    if (deed === 'get') return this.#take();
    if (deed === 'done' || deed === 'fail') return this.#end(deed);
    if (deed === 'dispose') await this.queue.dispose();
    else if (deed === 'close') await this.queue.close();
    else {
      const value = deed.slice('put '.length);
      await this.queue.put(value);
      return () => this.#promises.acknowledged(tenure, 'put', value);
    }
    return () => this.#promises.acknowledged(tenure, 'closed');
  }

  async #open(): Promise<() => void> {
    const queue = await PersistentQueue.open<string>('/q', {
      clock: slowClock(),
      maxAttempts: 100,
      codec: LONG,
      segmentBytes: SEGMENT_BYTES,
      ...this.#options,
    });
    return () => {
      this.#queue = queue;
      this.tenure.run = queue.run;
    };
  }

  async #take(): Promise<() => void> {
    const item = await this.queue.tryGet();
    if (item === undefined) return () => undefined;
    this.#held.push(item);
    return () => this.#promises.handedOut(this.tenure, item);
  }

  async #end(deed: 'done' | 'fail'): Promise<() => void> {
    const item = this.#held.shift();
    if (item === undefined) return () => undefined;
    await (deed === 'done' ? item.done() : item.fail(new PermanentError('no')));
    return () => this.#promises.acknowledged(this.tenure, deed === 'done' ? 'done' : 'failed', item.value);
  }
}

/** By it each sync but the first takes long: others may act meanwhile. */
function slowClock(): Clock {
  let now = 0;
  return { monotonic: () => (now += 5), wall: () => new Date(0), after: () => () => undefined };
}
