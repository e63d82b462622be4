import { takeFile } from '../folders/claim.ts';
import type { Consumer } from '../folders/consumer.ts';
import type { FolderContext } from '../folders/folder-context.ts';
import type { FolderLook } from '../folders/folder-look.ts';
import type { Neighbours, Place } from '../folders/neighbours.ts';
import { type ClaimOrder, type Pace, ReadyListing } from '../folders/ready-listing.ts';
import { ClaimedFile } from './claimed-file.ts';
import type { FileSettling } from './file-settling.ts';
import type { Supply } from './folder-outlook.ts';

/** How often a reader tried to take a file, and how often it was the first. */
export interface ClaimTally {
  tries: number;
  won: number;
}

export interface FileSupplyParts {
  readonly context: FolderContext;
  readonly consumer: Consumer;
  readonly neighbours: Neighbours;
  readonly settling: FileSettling;
  readonly order: ClaimOrder;
  readonly tally: ClaimTally;
}

/**
 * After so many in a row that somebody else took, the other consumers are counted anew, and then a stretch is left to whoever
 * is faster there: to stay right behind him would be to lose for ever.
 */
const LOSSES_TO_COUNT = 2;
const LOSSES_TO_LEAP = 4;

/** How long a listing is taken from, in milliseconds: what came since may be due earlier. */
const LISTING_MS = 60_000;

/** How long the number of consumers is believed, in milliseconds. */
const PLACE_MS = 1_000;

/** File by file out of one listing after the other. */
export class FileSupply implements Supply<ClaimedFile> {
  readonly #parts: FileSupplyParts;
  readonly #pace: Pace = { taken: 0, helped: 0 };
  #listing: ReadyListing | undefined;
  #losses = 0;
  #countedAt = -Infinity;
  #filledAt = -Infinity;

  constructor(parts: FileSupplyParts) {
    this.#parts = parts;
  }

  offers({ ready }: FolderLook): boolean {
    return ready.length > 0;
  }

  async fill({ ready }: FolderLook): Promise<void> {
    this.#filledAt = this.#parts.context.clock.monotonic();
    this.#listing = new ReadyListing(ready, await this.#count(), (file) => this.#isThere(file), this.#pace);
  }

  /** The next file of the listing that nobody else was faster to take. */
  async take(): Promise<ClaimedFile | undefined> {
    const { context, consumer, settling, tally } = this.#parts;
    for (let ready = this.#listing?.next(); ready !== undefined; ready = this.#listing?.next()) {
      const now = context.clock.monotonic();
      // What somebody took who was faster a moment ago is passed over without a try.
      if (this.#losses > 0 && !this.#isThere(ready.file)) {
        await this.#lost(now);
        continue;
      }
      if (now - this.#filledAt >= LISTING_MS) return this.#lookAnew();
      if (now - this.#countedAt >= PLACE_MS) this.#listing?.move(await this.#count());
      const claimer = consumer.claimer(now);
      tally.tries += 1;
      const taken = await takeFile(context, ready.file, claimer instanceof Promise ? await claimer : claimer);
      if (taken.kind === 'lost') {
        await this.#lost(now);
        continue;
      }
      this.#losses = 0;
      if (taken.kind === 'claimed') tally.won += 1;
      if (taken.kind === 'claimed') return new ClaimedFile(settling, taken.claim, now);
      if (taken.kind === 'spent') await settling.giveUpSpent(taken.claim);
    }
    // It is used up: the next one need not find room beside it.
    this.#listing = undefined;
    return undefined;
  }

  #lookAnew(): undefined {
    this.#listing = undefined;
  }

  async #lost(now: number): Promise<void> {
    this.#losses += 1;
    if (this.#parts.order === 'strict') return;
    if (this.#losses >= LOSSES_TO_COUNT && now - this.#countedAt >= PLACE_MS / 10) this.#listing?.move(await this.#count());
    if (this.#losses < LOSSES_TO_LEAP) return;
    this.#losses = 1;
    this.#listing?.leap();
  }

  #isThere(file: string): boolean {
    const { fs, layout } = this.#parts.context;
    return fs.exists(`${layout.directory}/${file}`);
  }

  /** Where this consumer stands among all, so that each takes its own share. */
  async #count(): Promise<Place> {
    const { consumer, neighbours, order, context } = this.#parts;
    this.#countedAt = context.clock.monotonic();
    return order === 'strict' ? { rank: 0, count: 1 } : neighbours.place(consumer.name);
  }
}
