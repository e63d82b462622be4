import { formatKeptLine } from '../formats/kept-line.ts';
import type { DoneLine } from '../formats/done-line.ts';
import type { FailureReason } from '../formats/failure-reason.ts';
import type { MessageId } from '../formats/message-id.ts';
import { removeIfThere } from '../fs/publish.ts';
import type { Failure } from '../machines/message-ledger.ts';
import type { Holdings } from './holdings.ts';
import type { Durability } from './batch.ts';
import type { Footing } from './footing.ts';
import { readKeys } from './key-registry.ts';
import { type ScanContext, scanMessages } from './message-scan.ts';
import type { QueueGuard } from './queue-guard.ts';
import type { Leftovers } from './leftovers.ts';
import type { Segment } from './segment.ts';

export interface RemovalOptions extends ScanContext {
  /** Where what outlives a journal goes. */
  readonly leftovers: Leftovers;
  readonly durability: Durability;
  readonly guard: QueueGuard;
  readonly footing: Pick<Footing, 'copies'>;
  /** Resolves when these lines are safe; `durable`: from a power cut, whatever the queue promises. */
  readonly write: (lines: DoneLine[], options: { readonly durable: boolean }) => Promise<void>;
  /** The journal is gone, or about to be. */
  readonly dropped: (segment: Segment) => void;
}

/**
 * Removes journals in which nothing is left to do, one after the other. What must outlive them is copied first; then the
 * put journal goes; and only then the done journals that spoke of removed ones alone. A stop anywhere leaves either the
 * put journal with all that finished its messages, or neither.
 */
export class Removal {
  readonly #options: RemovalOptions;
  readonly #holdings: Holdings;
  readonly #asked: Segment[] = [];
  #working: Promise<void> | undefined;
  #failure: unknown;

  constructor(options: RemovalOptions, holdings: Holdings) {
    this.#options = options;
    this.#holdings = holdings;
  }

  /** Why a removal failed that was not made good since: nothing is lost by it. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Removes the journal soon. What a full disk kept from being removed is tried again with the next, or by the next opening. */
  ask(segment: Segment): void {
    if (!this.#asked.includes(segment)) this.#asked.push(segment);
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  /** Resolves when nothing is being removed. */
  async settled(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  async #work(): Promise<void> {
    // Not in the middle of the delivery that finished the journal.
    await Promise.resolve();
    this.#failure = undefined;
    const left: Segment[] = [];
    for (let segment = this.#asked.shift(); segment !== undefined; segment = this.#asked.shift()) {
      if (await this.#tryToRemove(segment)) continue;
      left.push(segment);
      // Nothing is ours to remove any more.
      if (this.#options.guard.end !== undefined) return;
    }
    this.#asked.push(...left);
  }

  async #tryToRemove(segment: Segment): Promise<boolean> {
    try {
      if (segment.unfinished === 0) await this.#remove(segment);
      return true;
    } catch (error) {
      this.#failure = this.#options.guard.refused(error);
      return false;
    }
  }

  async #remove(segment: Segment): Promise<void> {
    if (!segment.isGone && !(await this.#giveUp(segment))) return;
    const { fs, directory, durability, guard } = this.#options;
    // The name of the journal that says that it goes: at `power` it was synced when that was made.
    if (durability === 'process' && this.#isToLast(segment)) await fs.syncDirectory(directory);
    // Whoever took the queue over reads these journals: they are not ours to remove.
    guard.assertOurs();
    await removeIfThere(fs, `${directory}/${segment.file}`);
    if (durability === 'power') await fs.syncDirectory(directory);
    await this.#removeDone();
  }

  /** Takes a journal off the books, once all that must outlive it does. False if there is work in it again. */
  async #giveUp(segment: Segment): Promise<boolean> {
    const { guard, write, dropped } = this.#options;
    for (let isCopied = false; !isCopied;) {
      isCopied = await this.#copy(segment);
      // A retry meanwhile: there is work in it again.
      if (segment.unfinished > 0) return false;
    }
    const count = segment.messages - segment.failed;
    const holdings = this.#holdings;
    const { run, segment: sequence } = segment.name;
    const durable = this.#isToLast(segment);
    await write([{ kind: 'gone', run, sequence, count, total: holdings.gone + count }], { durable });
    guard.assertOurs();
    dropped(segment);
    holdings.drop(segment, count);
    return true;
  }

  // Synced before the put journal goes: a stop between the two leaves them in both, and ids tell that they are the same.
  async #copy(segment: Segment): Promise<boolean> {
    // What an earlier owner copied already is not copied again.
    if (!segment.isOwn) await this.#options.footing.copies();
    if (segment.failed > 0 && !(await this.#copyFailed(segment))) return false;
    if (segment.hasKeys) await this.#copyKeys(segment);
    return true;
  }

  /** False, and nothing is copied, if one of them is given up no longer. */
  async #copyFailed(segment: Segment): Promise<boolean> {
    const { kept: file } = this.#options.leftovers;
    const { ledger, kept } = this.#holdings;
    const before = file.size;
    const copied: (MessageId & { readonly failure: Failure<FailureReason> })[] = [];
    const asCopied = (): boolean => copied.every(({ run, sequence, failure }) => ledger.failed.get(run, sequence) === failure);
    try {
      for await (const page of scanMessages(this.#options, [segment], (run, sequence) => ledger.failed.has(run, sequence))) {
        for (const { run, sequence, key, text } of page) {
          const failure = ledger.failed.get(run, sequence);
          if (failure === undefined || kept.ids.has(run, sequence)) continue;
          const attempts = { attempts: failure.attempt, forgiven: ledger.forgiven(run, sequence) };
          await file.append(formatKeptLine({ run, sequence, key, ...attempts, error: failure.reason, text }));
          copied.push({ run, sequence, failure });
        }
      }
      await file.sync({ durable: this.#isToLast(segment) });
    } catch (error) {
      // A line that stayed would say that they are given up when they have been done since.
      file.cutBack(before);
      throw error;
    }
    if (!asCopied()) {
      file.cutBack(before);
      return false;
    }
    if (file.exists) kept.keep(file.name);
    for (const { run, sequence } of copied) kept.ids.add(run, sequence);
    return true;
  }

  async #copyKeys(segment: Segment): Promise<void> {
    const { keys: file } = this.#options.leftovers;
    const keys: string[] = [];
    await readKeys(this.#options, segment, (key) => keys.push(key));
    for (const key of keys) await file.append(JSON.stringify(key));
    await file.sync({ durable: this.#isToLast(segment) });
  }

  /** Whether a power cut may take nothing of what lay there: an earlier owner may have promised that, though this one does not. */
  #isToLast({ isOwn }: Segment): boolean {
    return this.#options.durability === 'power' || !isOwn;
  }

  async #removeDone(): Promise<void> {
    const { fs, directory, durability, guard, leftovers } = this.#options;
    const idle = this.#holdings.doneFiles.idle();
    // What they speak of is gone for good first: without them it would all be done again. At `power` it is by now.
    const isOlder = idle.some(({ name }) => name.run < leftovers.kept.name.run);
    if (durability === 'process' && isOlder) await fs.syncDirectory(directory);
    for (const file of idle) {
      guard.assertOurs();
      await removeIfThere(fs, `${directory}/${file.file}`);
      this.#holdings.doneFiles.remove(file);
    }
    if (idle.length > 0 && this.#options.durability === 'power') await fs.syncDirectory(directory);
  }
}
