import type { Consumer } from '../folders/consumer.ts';
import type { FolderContext } from '../folders/folder-context.ts';
import type { FolderHoldings, Held } from './folder-holdings.ts';

export interface ClaimKeeperParts<H extends Held> {
  readonly context: FolderContext;
  readonly consumer: Consumer;
  readonly holdings: FolderHoldings<H>;
  /** How long anything may be held, in milliseconds. */
  readonly maxRuntimeMs: number;
  /** Takes back what was held for too long: its attempt is counted, as from a consumer that died. */
  readonly expire: (item: H) => Promise<unknown>;
  /** Looks after the other readers of the folder. */
  readonly patrol: () => Promise<unknown>;
}

/** Looks now and then whether what is in hands is still ours, and takes back what is held for too long. Keeps no process alive. */
export class ClaimKeeper<H extends Held> {
  readonly #parts: ClaimKeeperParts<H>;
  /** What was gone at the last look: only the next one takes it for lost, so that who moved a file away has time to say so. */
  #gone = new Set<H>();
  #cancel: () => void = () => undefined;
  #isEnded = false;

  constructor(parts: ClaimKeeperParts<H>) {
    this.#parts = parts;
    this.#lookLater();
  }

  end(): void {
    this.#isEnded = true;
    this.#cancel();
  }

  #lookLater(): void {
    if (this.#isEnded) return;
    const { context, consumer, maxRuntimeMs } = this.#parts;
    const everyMs = Math.min(consumer.everyMs, maxRuntimeMs);
    this.#cancel = context.clock.after(everyMs, () => void this.#look().finally(() => this.#lookLater()), { background: true });
  }

  async #look(): Promise<void> {
    const { context, consumer, holdings, maxRuntimeMs, patrol } = this.#parts;
    consumer.progress();
    // What the disk refuses of it is told to who looks at the folder the next time.
    await patrol().catch(() => undefined);
    const oldest = context.clock.monotonic() - maxRuntimeMs;
    const gone = this.#gone;
    this.#gone = new Set();
    for (const item of holdings) {
      if (item.hold.state !== 'taken') continue;
      if (item.hold.since <= oldest) await this.#takeBack(item);
      else if (!this.#isGone(item)) continue;
      else if (gone.has(item)) holdings.lose(item);
      else this.#gone.add(item);
    }
  }

  async #takeBack(item: H): Promise<void> {
    item.hold.state = 'settling';
    try {
      await this.#parts.expire(item);
      this.#parts.holdings.lose(item);
    } catch {
      // The disk refuses: it is tried again at the next look.
      item.hold.state = 'taken';
    }
  }

  #isGone({ path, isEnding }: H): boolean {
    try {
      return !isEnding && !this.#parts.context.fs.exists(path);
    } catch {
      return false;
    }
  }
}
