import { ClaimLostError, DiskError, ItemSettledError } from '../errors.ts';
import type { FolderContext } from '../folders/folder-context.ts';
import { typedError } from '../folders/folder-refusal.ts';
import type { Ended } from '../folders/standing.ts';
import { Deferred } from '../journals/deferred.ts';
import { Hands } from './hands.ts';
import type { Hold, HoldState } from './hold.ts';

/** What is held of a folder: a file, or a group of them. */
export interface Held {
  /** @internal Its place among all that is held. */
  place: number;
  readonly hold: Hold;
  /** Where it lies; of a group the file that decides for it. */
  readonly path: string;
  /** Whether its end was begun, and the disk refused the rest: then it may be gone from there though nobody took it back. */
  readonly isEnding: boolean;
  release(): Promise<void>;
}

/** What one reader of a folder has in hands, and is not settled. */
export class FolderHoldings<H extends Held> {
  readonly #context: FolderContext;
  readonly #held = new Hands<H>();
  #settling = 0;
  #isInDoubt = false;
  #onIdle: () => void = () => undefined;
  /** Made when somebody waits: most settle with nobody waiting for it. */
  #settled: Deferred<void> | undefined;

  constructor(context: FolderContext) {
    this.#context = context;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Whether a file may lie claimed that nobody has in hands, since the disk refused something. */
  get isInDoubt(): boolean {
    return this.#isInDoubt;
  }

  /** The disk refused a claim, or the end of one. */
  doubt(): void {
    this.#isInDoubt = true;
  }

  add(item: H): void {
    this.#held.add(item);
  }

  /** Over what was held when it was asked for. */
  [Symbol.iterator](): Iterator<H> {
    return this.#held[Symbol.iterator]();
  }

  /** Resolves when the next one is settled, for all who wait for that. */
  nextSettled(): Promise<void> {
    this.#settled ??= new Deferred();
    return this.#settled.promise;
  }

  /** All who wait for the next one to be settled look again. */
  wake(): void {
    this.#settled?.resolve();
    this.#settled = undefined;
  }

  /**
   * Settles one, once. What the disk refuses leaves it held: it can be settled
   * again, the disk may take it then.
   */
  async settle(item: H, operation: string, to: HoldState, act: () => Promise<Ended>): Promise<void> {
    const { hold } = item;
    const refusal = hold.begin(operation);
    if (refusal !== undefined) throw refusal;
    this.#settling += 1;
    try {
      const ended = await act();
      if (ended === false) throw this.lose(item);
      hold.state = ended === true ? to : ended;
      this.#drop(item);
      if (ended !== true) throw new ItemSettledError(operation, hold.name, ended);
    } catch (error) {
      if (hold.state === 'settling') hold.state = 'taken';
      if (!(error instanceof ClaimLostError || error instanceof ItemSettledError)) this.doubt();
      throw await typedError(this.#context, operation, item.path, error);
    } finally {
      this.#settling -= 1;
      if (this.#settling === 0) this.#onIdle();
    }
  }

  /** It is not ours any more. */
  lose(item: H): ClaimLostError {
    const lost = new ClaimLostError(this.#context.layout.directory, item.hold.name);
    item.hold.lose(lost);
    this.#drop(item);
    return lost;
  }

  /** Gives back all that is in hands, uncounted. What the disk refuses of it is free once this reader is found dead. */
  async releaseAll(): Promise<void> {
    while (this.#settling > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    const results = await Promise.allSettled([...this.#held].map((item) => item.release()));
    for (const result of results) if (result.status === 'rejected' && result.reason instanceof DiskError) throw result.reason;
  }

  #drop(item: H): void {
    this.#held.delete(item);
    this.wake();
  }
}
