import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FolderContext } from '../folders/folder-context.ts';
import { typedError } from '../folders/folder-refusal.ts';
import type { FolderChanges } from './folder-changes.ts';
import type { FolderHoldings, Held } from './folder-holdings.ts';
import type { FolderOutlook, Outcome, Supply } from './folder-outlook.ts';
import type { WaitOptions } from './room.ts';

export interface FolderTakingParts<H extends Held> {
  readonly context: FolderContext;
  readonly holdings: FolderHoldings<H>;
  readonly supply: Supply<H>;
  readonly outlook: FolderOutlook<H>;
  readonly changes: FolderChanges;
}

interface Looked {
  readonly outcome: Outcome;
  /** So many changes were noticed when it began. */
  readonly changes: number;
}

/** After so many looks in a row that gave nothing, though they promised something, it waits for a change: the disk lies, or others are faster. */
const MOST_VAIN_LOOKS = 32;

/** Takes from a folder: waits for what is not there yet, and knows when nothing will come any more. */
export class FolderTaking<H extends Held> {
  readonly #parts: FolderTakingParts<H>;
  #looking: Promise<Looked> | undefined;
  #end: Error | undefined;
  /** How many takes are under way: what they claim is in nobody's hands yet. */
  #takes = 0;
  #onTaken: () => void = () => undefined;

  constructor(parts: FolderTakingParts<H>) {
    this.#parts = parts;
  }

  /** Nobody gets anything any more, and who waits is told so. Resolves when nothing is being claimed any more. */
  async end(error: Error): Promise<void> {
    this.#end ??= error;
    this.#parts.changes.end(error);
    while (this.#takes > 0) await new Promise<void>((resolve) => (this.#onTaken = resolve));
  }

  /** Waits for the next; `idle` if there is nothing but what is in hands, `over` at the very end. */
  async next(options: WaitOptions): Promise<H | 'idle' | 'over'> {
    options.signal?.throwIfAborted();
    return (await this.#take()) ?? this.#lookAndTake(options);
  }

  /** Waits for the next; undefined if there is none now, and all that may come is what is in hands. */
  async get(options: WaitOptions): Promise<H | undefined> {
    options.signal?.throwIfAborted();
    const item = (await this.#take()) ?? (await this.#lookAndTake(options));
    return typeof item === 'string' ? undefined : item;
  }

  async #lookAndTake(options: WaitOptions): Promise<H | 'idle' | 'over'> {
    const wait = this.#parts.changes.begin(options);
    try {
      for (let vain = 0; ; vain += 1) {
        const { outcome, changes } = await wait.for(this.#lookTogether());
        if (outcome === 'idle' || outcome === 'over') return outcome;
        if (outcome === 'wait' || vain >= MOST_VAIN_LOOKS) {
          await wait.forChange(changes);
          vain = 0;
        }
        // Of several who were woken the first one looks, and the others find what it found.
        await nextTurn();
        options.signal?.throwIfAborted();
        const item = await this.#take();
        if (item !== undefined) return item;
      }
    } finally {
      wait.end();
    }
  }

  /** The next if there is one now. */
  async tryGet(): Promise<H | undefined> {
    for (let vain = 0; vain <= MOST_VAIN_LOOKS; vain += 1) {
      if (vain > 1) await nextTurn();
      const item = await this.#take();
      if (item !== undefined) return item;
      const { outcome } = await this.#lookTogether();
      if (outcome !== 'ready' && outcome !== 'again') break;
    }
    return undefined;
  }

  /** Those that are there now, at most so many, without looking at the folder again. */
  async getMore(most: number): Promise<H[]> {
    const items: H[] = [];
    try {
      for (let item = await this.#take(); item !== undefined; item = await this.#take()) if (items.push(item) >= most) break;
    } catch (error) {
      // What was taken before is in hands: it is handed out, and the disk refuses once more at the next look.
      if (this.#end !== undefined) throw error;
    }
    return items;
  }

  async #take(): Promise<H | undefined> {
    const { context, supply, holdings } = this.#parts;
    if (this.#end !== undefined) throw this.#end;
    this.#takes += 1;
    try {
      const item = await supply.take();
      if (item === undefined) return undefined;
      holdings.add(item);
      if (this.#end === undefined) return item;
      await item.release();
    } catch (error) {
      holdings.doubt();
      throw await typedError(context, 'claim', context.layout.directory, error);
    } finally {
      this.#takes -= 1;
      if (this.#takes === 0) this.#onTaken();
    }
    throw this.#end;
  }

  /** Of several who find nothing one looks, for all of them. */
  #lookTogether(): Promise<Looked> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #look(): Promise<Looked> {
    const { context, changes, outlook } = this.#parts;
    const { count } = changes;
    try {
      return { outcome: await outlook.look(this.#takes > 0), changes: count };
    } catch (error) {
      throw await typedError(context, 'list', context.layout.directory, error);
    }
  }
}
