/** The first of many in an order, found without holding all of them. */
export class FirstOf<T> {
  readonly #limit: number;
  readonly #compare: (one: T, other: T) => number;
  readonly #kept: T[] = [];
  /** The last of the first, as far as it is known: what comes after it is not among them. */
  #last: T | undefined;
  #isCut = false;

  constructor(limit: number, compare: (one: T, other: T) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  /** Whether something was left out. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Whether it would be kept; what would not be need not be made. */
  wouldKeep(item: T): boolean {
    return this.#last === undefined || this.#compare(item, this.#last) < 0;
  }

  add(item: T): void {
    if (!this.wouldKeep(item)) return;
    this.#kept.push(item);
    // Sorted now and then: a heap would be asked for each one.
    if (this.#kept.length >= 2 * this.#limit) this.#cut();
  }

  /** The first, in order. */
  take(): T[] {
    this.#cut();
    return this.#kept;
  }

  #cut(): void {
    this.#kept.sort(this.#compare);
    if (this.#kept.length <= this.#limit) return;
    this.#kept.length = this.#limit;
    this.#last = this.#kept.at(-1);
    this.#isCut = true;
  }
}
