/** Bytes in a file that are no record of ours. What they were is lost; the records around them are not. */
export interface Damage {
  /** The file's name in the queue's directory. */
  readonly file: string;
  /** Where it begins, in bytes from the start of the file. */
  readonly offset: number;
  /** How many bytes. */
  readonly length: number;
  /** What stands there as far as one can tell, and what it means. */
  readonly reason: string;
}

/** Each damage is told once, however often its file is read. */
export class DamageLog {
  #count = 0;
  readonly #seen = new Map<string, number>();
  readonly #tell: ((damage: Damage) => void) | undefined;

  constructor(tell?: (damage: Damage) => void) {
    this.#tell = tell;
  }

  /** How many places were found damaged. */
  get count(): number {
    return this.#count;
  }

  report(damage: Damage): void {
    // Files are read from front to back, so what lies before the last damage that was told is not news.
    if (damage.offset <= (this.#seen.get(damage.file) ?? -1)) return;
    this.#seen.set(damage.file, damage.offset);
    this.#count++;
    this.#tell?.(damage);
  }
}
