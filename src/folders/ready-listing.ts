import { shareOf } from '../machines/shares.ts';
import type { ReadyFile } from './folder-look.ts';
import type { Place } from './neighbours.ts';

/** `strict`: always the first that is ready. `relaxed`: each consumer takes its own share of the names first. */
export type ClaimOrder = 'strict' | 'relaxed';

/** How many of its own a consumer takes before it looks whether another one keeps up: the window of the relaxed order. */
const WINDOW = 64;

/** So many names in a row that are gone tell that this look is too old to help with. */
const MOST_GONE = 8;

/** Names of another consumer's share, in order, that were passed over. */
interface Passed {
  readonly files: ReadyFile[];
  /** How many of our own we had taken when it was passed, for each. */
  readonly at: number[];
}

/** How a consumer gets on, over all its listings. */
export interface Pace {
  /** How many of its own it took. */
  taken: number;
  /** How many it had taken when it last helped with all that a listing had left. */
  helped: number;
}

/**
 * The names of one look at a folder, handed out one by one. In the relaxed order n consumers take different names of the
 * same stretch without a word between them, so they seldom try for the same one. Names of the others' shares are passed
 * over; who has taken 64 of its own since helps with what is still there.
 */
export class ReadyListing {
  readonly #files: readonly ReadyFile[];
  readonly #isThere: (file: string) => boolean;
  #place: Place;
  readonly #pace: Pace;
  #next = 0;
  #nextHelp: number;
  #passed: Passed[] = [];
  /** In reverse. */
  #help: ReadyFile[] = [];
  /** How many of its own it had. */
  #own = 0;
  /** How many of its own are to be left out. */
  #leaping = 0;

  /** @param isThere whether a file is still ready, which costs a tenth of a try that fails */
  constructor(files: readonly ReadyFile[], place: Place, isThere: (file: string) => boolean, pace: Pace = { taken: 0, helped: 0 }) {
    this.#files = files;
    this.#isThere = isThere;
    this.#place = place;
    this.#pace = pace;
    this.#nextHelp = pace.taken + WINDOW;
  }

  /** The number of consumers changed: names that were passed over are looked at again when the listing is used up. */
  move(place: Place): void {
    if (place.rank === this.#place.rank && place.count === this.#place.count) return;
    this.#place = place;
    this.#passed = [];
  }

  /** Leaves the next of its own to whoever is faster with them: what is left of them comes with the next look. */
  leap(): void {
    this.#leaping = WINDOW;
  }

  /** The next file to try; undefined when it is time to look at the folder again. */
  next(): ReadyFile | undefined {
    const help = this.#nextToHelp();
    if (help !== undefined) return help;
    const own = this.#nextOwn();
    if (own !== undefined) return own;
    if (this.#passed.length > 0 && this.#isAnybodys()) this.#helpWithAll();
    return this.#nextToHelp();
  }

  /**
   * Nothing in this look was ours: then all of it is anybody's, each beginning elsewhere. Now and then anyway: in short looks
   * there may always be something of ours, and what others do not get to would never be taken. After a long one a new look
   * costs less than to ask for each name that was passed over.
   */
  #isAnybodys(): boolean {
    const { taken, helped } = this.#pace;
    return this.#own === 0 || (this.#own < WINDOW && taken - helped >= WINDOW);
  }

  #nextOwn(): ReadyFile | undefined {
    const { rank, count } = this.#place;
    for (let file = this.#files[this.#next++]; file !== undefined; file = this.#files[this.#next++]) {
      const share = shareOf(file.file, count);
      if (share === rank && this.#leaping > 0) this.#leaping -= 1;
      else if (share === rank) {
        this.#own += 1;
        this.#pace.taken += 1;
        return file;
      } else this.#pass(file, share);
    }
    return undefined;
  }

  #pass(file: ReadyFile, share: number): void {
    const passed = (this.#passed[share] ??= { files: [], at: [] });
    passed.files.push(file);
    passed.at.push(this.#pace.taken);
  }

  #nextToHelp(): ReadyFile | undefined {
    if (this.#help.length === 0 && this.#pace.taken >= this.#nextHelp) {
      this.#nextHelp = this.#pace.taken + WINDOW;
      this.#passed = this.#passed.map((passed) => this.#afterLook(passed));
    }
    for (let gone = 0; gone < MOST_GONE; gone += 1) {
      const file = this.#help.pop();
      if (file === undefined || this.#isThere(file.file)) return file;
    }
    // Others are faster here: the rest comes with the next look, as far as it is still there.
    this.#help = [];
    return undefined;
  }

  /** What was passed over long ago and is still there is helped with; the owner takes in order, so the rest comes after it. */
  #afterLook({ files, at }: Passed): Passed {
    const due = firstAbove(at, this.#pace.taken - WINDOW);
    const isThere = (index: number): boolean => this.#isThere(files[index]?.file ?? '');
    // Mostly the owner keeps up, and then one question is enough.
    const first = due > 0 && isThere(due - 1) ? firstTrue(due - 1, isThere) : due;
    this.#help.push(...files.slice(first, due).toReversed());
    return { files: files.slice(due), at: at.slice(due) };
  }

  #helpWithAll(): void {
    const all = this.#passed.flatMap(({ files }) => files);
    this.#passed = [];
    this.#pace.helped = this.#pace.taken;
    const start = Math.floor((all.length * this.#place.rank) / this.#place.count);
    this.#help = [...all.slice(start), ...all.slice(0, start)].toReversed();
  }
}

/** How many of these numbers, which grow, are at most `limit`. */
function firstAbove(numbers: readonly number[], limit: number): number {
  return firstTrue(numbers.length, (index) => (numbers[index] ?? 0) > limit);
}

/** The first index below `end` for which it holds, of a test that once it holds goes on holding; `end` if there is none. */
function firstTrue(end: number, test: (index: number) => boolean): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
