import { QueueClosedError } from '../errors.ts';
import type { FolderContext } from '../folders/folder-context.ts';
import { typedError } from '../folders/folder-refusal.ts';
import type { Producer } from '../folders/producer.ts';
import type { FolderPutting } from './folder-putting.ts';

/**
 *     open ── close, fail ──▶ ending ── it is said ──▶ closed, failed
 *
 * `ending`: the last word is being said, or could not be and may have been: nothing is put any more, and it can be said again.
 */
type WritingState = 'open' | 'ending' | 'closed' | 'failed' | 'disposed';

export interface WritingEndParts {
  readonly context: FolderContext;
  readonly putting: FolderPutting;
  /** Who says it; undefined where nothing is announced. */
  readonly producer: Producer | undefined;
}

/** How the filling of a folder comes to its end: with a last word, or without. */
export class WritingEnd {
  readonly #parts: WritingEndParts;
  #state: WritingState = 'open';
  /** What is put as a stream is given up. */
  #givesUp = false;
  #closing: Promise<void> | undefined;
  #failing: Promise<void> | undefined;
  #saying: Promise<void> | undefined;
  #disposing: Promise<void> | undefined;

  constructor(parts: WritingEndParts) {
    this.#parts = parts;
  }

  /** @throws QueueClosedError once the last word is on its way */
  assertOpen(operation: string): void {
    if (this.#state !== 'open' || this.#closing !== undefined || this.#givesUp) throw this.#closedError(operation);
  }

  /** @throws QueueClosedError once nobody waits for streams any more */
  assertWanted(operation: string): void {
    if (this.#givesUp) throw this.#closedError(operation);
  }

  /** DONE, when all that was put is safe. */
  close(): Promise<void> {
    if (this.#state === 'closed') return Promise.resolve();
    this.#closing ??= this.#close().finally(() => (this.#closing = undefined));
    return this.#closing;
  }

  /** FAILED. */
  fail(reason: unknown): Promise<void> {
    if (this.#state === 'failed') return Promise.resolve();
    this.#failing ??= this.#fail(reason).finally(() => (this.#failing = undefined));
    return this.#failing;
  }

  dispose(): Promise<void> {
    this.#disposing ??= this.#dispose();
    return this.#disposing;
  }

  async #close(): Promise<void> {
    const { putting, producer } = this.#parts;
    if (this.#state === 'open') await putting.flush();
    await this.#say('close', 'closed', async () => producer?.done());
  }

  async #fail(reason: unknown): Promise<void> {
    const { putting, producer } = this.#parts;
    if (this.#state === 'open') {
      this.#givesUp = true;
      await putting.filesSettled();
    }
    await this.#say('fail', 'failed', async () => producer?.fail(reason));
  }

  /** One last word at a time: once one is said, the other is refused. */
  async #say(operation: string, to: 'closed' | 'failed', word: () => Promise<void>): Promise<void> {
    const { context } = this.#parts;
    while (this.#saying !== undefined) await this.#saying.catch(() => undefined);
    if (this.#state !== 'open' && this.#state !== 'ending') throw this.#closedError(operation);
    this.#state = 'ending';
    this.#saying = word()
      .then(() => void (this.#state = to))
      .finally(() => (this.#saying = undefined));
    try {
      await this.#saying;
    } catch (error) {
      throw await typedError(context, operation, context.layout.directory, error);
    }
  }

  async #dispose(): Promise<void> {
    const { putting, producer } = this.#parts;
    this.#givesUp = true;
    await putting.filesSettled();
    producer?.hurry();
    await this.#saying?.catch(() => undefined);
    if (this.#state === 'open' || this.#state === 'ending') producer?.leave();
    this.#state = 'disposed';
  }

  #closedError(operation: string): QueueClosedError {
    const { directory } = this.#parts.context.layout;
    const state = this.#disposing !== undefined ? 'disposed' : this.#failing !== undefined ? 'failed' : 'closed';
    return new QueueClosedError(operation, directory, this.#state === 'closed' || this.#state === 'failed' ? this.#state : state);
  }
}
