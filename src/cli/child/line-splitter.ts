const NEWLINE = 0x0a;
// A program that writes without newlines is passed on in pieces, so that it can't fill the memory.
const LONGEST_LINE = 65_536;

/** Cuts the bytes of a stream into whole lines, each with its newline. The last piece gets one if it has none. */
export class LineSplitter {
  #rest: Buffer[] = [];
  #length = 0;

  /** The lines that this chunk completes, in one piece; empty if it completes none. */
  push(chunk: Buffer): Buffer {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    const rest = chunk.subarray(end);
    const whole = end > 0 ? this.#take(chunk.subarray(0, end)) : Buffer.alloc(0);
    if (rest.length > 0) this.#rest.push(rest);
    this.#length += rest.length;
    return this.#length > LONGEST_LINE ? Buffer.concat([whole, this.#take()]) : whole;
  }

  /** What is left when the stream has ended. */
  end(): Buffer {
    return this.#length > 0 ? this.#take(Buffer.from('\n')) : Buffer.alloc(0);
  }

  #take(last?: Buffer): Buffer {
    const whole = Buffer.concat(last ? [...this.#rest, last] : this.#rest);
    this.#rest = [];
    this.#length = 0;
    return whole;
  }
}
