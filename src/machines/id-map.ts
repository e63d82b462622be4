/** A map whose keys are message ids, in the order of ids when it is listed. */
export class IdMap<V> {
  readonly #runs = new Map<number, Map<number, V>>();

  get size(): number {
    let size = 0;
    for (const values of this.#runs.values()) size += values.size;
    return size;
  }

  get(run: number, sequence: number): V | undefined {
    // Mostly it is empty, and asked for every message.
    if (this.#runs.size === 0) return undefined;
    return this.#runs.get(run)?.get(sequence);
  }

  has(run: number, sequence: number): boolean {
    if (this.#runs.size === 0) return false;
    return this.#runs.get(run)?.has(sequence) ?? false;
  }

  set(run: number, sequence: number, value: V): void {
    const values = this.#runs.get(run);
    if (values !== undefined) values.set(sequence, value);
    else this.#runs.set(run, new Map([[sequence, value]]));
  }

  delete(run: number, sequence: number): boolean {
    if (this.#runs.size === 0) return false;
    const values = this.#runs.get(run);
    if (values === undefined || !values.delete(sequence)) return false;
    if (values.size === 0) this.#runs.delete(run);
    return true;
  }

  /** Drops the values of one run for which that is not so. */
  retain(run: number, keep: (sequence: number) => boolean): void {
    for (const sequence of this.#runs.get(run)?.keys() ?? []) if (!keep(sequence)) this.delete(run, sequence);
  }

  runs(): number[] {
    return [...this.#runs.keys()];
  }

  *entries(): Generator<{ readonly run: number; readonly sequence: number; readonly value: V }> {
    for (const [run, values] of [...this.#runs].sort(([a], [b]) => a - b)) {
      for (const [sequence, value] of [...values].sort(([a], [b]) => a - b)) yield { run, sequence, value };
    }
  }
}
