/** A set of message ids, a bit each: ids of a run lie close together. A page without bits costs nothing. */

const PAGE_BITS = 32_768;

interface Page {
  readonly bits: Int32Array;
  count: number;
}

export class IdSet {
  readonly #runs = new Map<number, Map<number, Page>>();
  #size = 0;
  // The page that was asked for last: ids come in order, so it is nearly always the right one.
  #lastRun = -1;
  #lastIndex = -1;
  #last: Page | undefined;

  get size(): number {
    return this.#size;
  }

  has(run: number, sequence: number): boolean {
    if (this.#size === 0) return false;
    const page = this.#page(run, Math.floor(sequence / PAGE_BITS));
    const bit = sequence % PAGE_BITS;
    return page !== undefined && ((page.bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }

  /** False if it was in the set already. */
  add(run: number, sequence: number): boolean {
    const index = Math.floor(sequence / PAGE_BITS);
    const page = this.#page(run, index) ?? this.#addPage(run, index);
    const bit = sequence % PAGE_BITS;
    const word = page.bits[bit >>> 5] ?? 0;
    const mask = 1 << (bit & 31);
    if ((word & mask) !== 0) return false;
    page.bits[bit >>> 5] = word | mask;
    page.count++;
    this.#size++;
    return true;
  }

  /** Adds `count` ids from `first` on, a word of bits at a time. How many of them are new. */
  addRange(run: number, first: number, count: number): number {
    let added = 0;
    for (let at = first; at < first + count;) {
      const index = Math.floor(at / PAGE_BITS);
      const page = this.#page(run, index) ?? this.#addPage(run, index);
      const bit = at % PAGE_BITS;
      const width = Math.min(32 - (bit & 31), first + count - at);
      const mask = maskOf(bit & 31, width);
      const word = page.bits[bit >>> 5] ?? 0;
      const news = bitsIn(mask & ~word);
      page.bits[bit >>> 5] = word | mask;
      page.count += news;
      added += news;
      at += width;
    }
    this.#size += added;
    return added;
  }

  /** Whether it has all of the `count` ids from `first` on. */
  hasRange(run: number, first: number, count: number): boolean {
    for (let at = first; at < first + count;) {
      const bit = at % PAGE_BITS;
      const width = Math.min(32 - (bit & 31), first + count - at);
      const mask = maskOf(bit & 31, width);
      const word = this.#page(run, Math.floor(at / PAGE_BITS))?.bits[bit >>> 5] ?? 0;
      if ((word & mask) !== mask) return false;
      at += width;
    }
    return true;
  }

  delete(run: number, sequence: number): boolean {
    const index = Math.floor(sequence / PAGE_BITS);
    const page = this.#page(run, index);
    if (page === undefined || !this.has(run, sequence)) return false;
    const bit = sequence % PAGE_BITS;
    page.bits[bit >>> 5] = (page.bits[bit >>> 5] ?? 0) & ~(1 << (bit & 31));
    page.count--;
    this.#size--;
    if (page.count === 0) this.#dropPage(run, index);
    return true;
  }

  /** A run's ids from `first` up to, but without, `end`. */
  *range(run: number, first: number, end: number): Generator<number> {
    for (const [index, { bits }] of this.#runs.get(run) ?? []) {
      for (const [word, mask] of bits.entries()) {
        for (let bit = 0; mask !== 0 && bit < 32; bit++) {
          const sequence = index * PAGE_BITS + word * 32 + bit;
          if ((mask & (1 << bit)) !== 0 && sequence >= first && sequence < end) yield sequence;
        }
      }
    }
  }

  /** Forgets all of a run's ids from `first` up to, but without, `end`. */
  deleteRange(run: number, first: number, end: number): void {
    for (const [index, page] of this.#runs.get(run) ?? []) {
      const from = index * PAGE_BITS;
      if (from >= first && from + PAGE_BITS <= end) {
        this.#size -= page.count;
        this.#dropPage(run, index);
      } else {
        const stop = Math.min(end, from + PAGE_BITS);
        for (let sequence = Math.max(first, from); sequence < stop; sequence++) this.delete(run, sequence);
      }
    }
  }

  #page(run: number, index: number): Page | undefined {
    if (run !== this.#lastRun || index !== this.#lastIndex) {
      this.#last = this.#runs.get(run)?.get(index);
      this.#lastRun = run;
      this.#lastIndex = index;
    }
    return this.#last;
  }

  #addPage(run: number, index: number): Page {
    const page: Page = { bits: new Int32Array(PAGE_BITS / 32), count: 0 };
    const pages = this.#runs.get(run) ?? new Map<number, Page>();
    pages.set(index, page);
    this.#runs.set(run, pages);
    this.#last = page;
    this.#lastRun = run;
    this.#lastIndex = index;
    return page;
  }

  #dropPage(run: number, index: number): void {
    this.#runs.get(run)?.delete(index);
    this.#lastRun = -1;
  }
}

/** `width` bits from bit `from` of a word on. */
function maskOf(from: number, width: number): number {
  return width === 32 ? -1 : ((1 << width) - 1) << from;
}

/** How many bits of a word are set. */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
