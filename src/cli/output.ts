/** Whoever read our output has gone, as `head` does when it has enough. Not a failure of ours. */
export class OutputClosedError extends Error {
  constructor() {
    super('The reader of the output has gone.');
    this.name = 'OutputClosedError';
  }
}

/** What we need of a stream of Node's. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string | Uint8Array, written: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Where a command writes. Each write waits until it is taken, so that a slow reader slows us and fills no memory. */
export class Output {
  readonly isTerminal: boolean;
  readonly #stream: OutputStream;
  #closed = false;

  constructor(stream: OutputStream) {
    this.#stream = stream;
    this.isTerminal = stream.isTTY === true;
    stream.on('error', () => (this.#closed = true));
  }

  /** The width of the terminal now: it changes while we run. */
  get columns(): number {
    return this.#stream.columns || 80;
  }

  /** Rejects with `OutputClosedError` once nobody reads any more. */
  async write(text: string | Uint8Array): Promise<void> {
    if (this.#closed) throw new OutputClosedError();
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(text, (error) => (error ? reject(isClosed(error) ? new OutputClosedError() : error) : resolve()));
    });
  }

  /** One line. */
  async line(text: string): Promise<void> {
    await this.write(`${text}\n`);
  }

  /** Many lines, joined to large writes. */
  async lines(lines: AsyncIterable<string> | Iterable<string>): Promise<void> {
    let waiting = '';
    for await (const line of lines) {
      waiting += `${line}\n`;
      if (waiting.length < 65_536) continue;
      await this.write(waiting);
      waiting = '';
    }
    if (waiting !== '') await this.write(waiting);
  }
}

function isClosed(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' || error.code === 'ECONNRESET');
}
