/** A file that looks like a message and can't be served. It stays where it is. */
export interface StrangeFile {
  readonly file: string;
  readonly reason: string;
}

/** As many are known by name: a folder may be full of them. */
const MOST_KNOWN = 1_000;

/** Tells of each strange file once, as far as it can remember which it told of. */
export class StrangeFiles {
  readonly #tell: (found: StrangeFile) => void;
  readonly #known = new Set<string>();

  constructor(tell: ((found: StrangeFile) => void) | undefined) {
    this.#tell = tell ?? (() => undefined);
  }

  report(file: string, reason: string): void {
    if (this.#known.has(file) || this.#known.size >= MOST_KNOWN) return;
    this.#known.add(file);
    this.#tell({ file, reason });
  }
}
