/** Numbers that were jumped over: from `first` up to, but without, `end`. */
interface Gap {
  readonly first: number;
  readonly end: number;
}

/** Numbers that come in order, but for a few, each of them once. Nothing is remembered but what was jumped over. */
export class NumbersSeen {
  #next: number;
  /** In order, none empty. */
  readonly #gaps: Gap[] = [];

  /** @param first none is smaller */
  constructor(first: number) {
    this.#next = first;
  }

  /** False if it was there before. */
  add(number: number): boolean {
    if (number !== this.#next) return this.#addOutOfOrder(number);
    this.#next = number + 1;
    return true;
  }

  has(number: number): boolean {
    return number < this.#next && (this.#gaps.length === 0 || !this.#isIn(this.#gaps[this.#lastUpTo(number)], number));
  }

  /** All that are smaller, and were not jumped over before, are seen. */
  passTo(next: number): void {
    if (next > this.#next) this.#next = next;
  }

  #addOutOfOrder(number: number): boolean {
    if (number > this.#next) {
      this.#gaps.push({ first: this.#next, end: number });
      this.#next = number + 1;
      return true;
    }
    const index = this.#lastUpTo(number);
    const gap = this.#gaps[index];
    if (gap === undefined || !this.#isIn(gap, number)) return false;
    const rest = [
      { first: gap.first, end: number },
      { first: number + 1, end: gap.end },
    ];
    this.#gaps.splice(index, 1, ...rest.filter(({ first, end }) => first < end));
    return true;
  }

  #isIn(gap: Gap | undefined, number: number): boolean {
    return gap !== undefined && number < gap.end;
  }

  /** The place of the last gap that begins at that number, or before; -1 if none does. */
  #lastUpTo(number: number): number {
    let [low, high] = [0, this.#gaps.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#gaps[middle]?.first ?? Infinity) <= number) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
