/** Something that remembers its place among what somebody holds. */
export interface Held {
  place: number;
}

/**
 * What somebody holds. An array rather than a Set: a Set that is filled and emptied all the time keeps what it held alive
 * until the next full collection.
 */
export class Hands<I extends Held> implements Iterable<I> {
  readonly #items: I[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: I): void {
    item.place = this.#items.length;
    this.#items.push(item);
  }

  /** False if it is not held. */
  delete(item: I): boolean {
    if (this.#items[item.place] !== item) return false;
    const last = this.#items.pop();
    if (last !== undefined && last !== item) {
      this.#items[item.place] = last;
      last.place = item.place;
    }
    item.place = -1;
    return true;
  }

  /** Over what was held when it was asked for. */
  [Symbol.iterator](): Iterator<I> {
    return [...this.#items].values();
  }
}
