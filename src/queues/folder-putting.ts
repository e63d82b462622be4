import { UnusableMessageError } from '../folders/folder-errors.ts';
import type { FolderContext } from '../folders/folder-context.ts';
import { typedError } from '../folders/folder-refusal.ts';
import { whyUnusable } from '../formats/message-name.ts';
import { PendingPut, type PutFile } from './pending-put.ts';
import { Slots } from './slots.ts';

/** As many puts are at work at once, each with a file open; a system allows a process some thousand. */
const MOST_AT_ONCE = 128;

export interface PutWork {
  /** The name that the message gets. */
  readonly name: string;
  /** What is put: for errors. */
  readonly what: string;
  /** Puts it. */
  readonly act: () => Promise<void>;
  /** It takes as long as its stream wants: others do not wait for it. */
  readonly isStream?: boolean;
  /** Whether it is the stream's own error, which is not ours to explain. */
  readonly isForeign?: (error: unknown) => boolean;
}

/** Messages that are being put into a folder. */
export class FolderPutting {
  readonly #context: FolderContext;
  readonly #slots = new Slots(MOST_AT_ONCE);
  readonly #files = new Set<Promise<unknown>>();
  readonly #streams = new Set<Promise<unknown>>();
  #failures: { readonly put: PendingPut; readonly error: unknown }[] = [];

  constructor(context: FolderContext) {
    this.#context = context;
  }

  /** Begins to put something: what is asked of the caller is checked at once. */
  begin(prepare: () => PutWork): PendingPut {
    let work: PutWork;
    try {
      work = prepare();
      this.#assertUsable(work.name);
    } catch (error) {
      return this.#watch(Promise.reject<PutFile>(error), this.#files);
    }
    return this.#watch(this.#run(work), work.isStream ? this.#streams : this.#files);
  }

  /** Resolves when no file is under way any more; a stream that was given up may never end. */
  async filesSettled(): Promise<void> {
    while (this.#files.size > 0) await Promise.allSettled(this.#files);
  }

  /** Waits until nothing is under way any more. Throws what the first put failed with that nobody has heard of, once. */
  async flush(): Promise<void> {
    while (this.#files.size + this.#streams.size > 0) await Promise.allSettled([...this.#files, ...this.#streams]);
    const unheard = this.#failures.find(({ put }) => !put.isHeard);
    this.#failures = [];
    if (unheard !== undefined) throw unheard.error;
  }

  #assertUsable(name: string): void {
    const { extension } = this.#context.rules;
    const why = name.endsWith(extension) ? whyUnusable(name, extension) : `it does not end with ${extension}`;
    if (why !== null) throw new UnusableMessageError(name, why, `Give it another name, as 'sales-01${extension}'.`);
  }

  async #run({ name, what, act, isStream, isForeign }: PutWork): Promise<PutFile> {
    const turn = isStream ? undefined : this.#slots.take();
    if (turn !== undefined) await turn;
    try {
      await act();
      return { name, path: `${this.#context.layout.directory}/${name}` };
    } catch (error) {
      throw isForeign?.(error) ? error : await typedError(this.#context, 'put', what, error);
    } finally {
      if (!isStream) this.#slots.give();
    }
  }

  #watch(promise: Promise<PutFile>, underWay: Set<Promise<unknown>>): PendingPut {
    const put = new PendingPut(promise);
    underWay.add(promise);
    promise.then(
      () => underWay.delete(promise),
      (error: unknown) => {
        underWay.delete(promise);
        if (!put.isHeard) this.#failures.push({ put, error });
      },
    );
    return put;
  }
}
