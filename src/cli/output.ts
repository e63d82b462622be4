/** Whoever read our output has gone, as `head` does when it has enough. Not a failure of ours. */
export class OutputClosedError extends Error {
  constructor() {
    super('The reader of the output has gone.');
    this.name = 'OutputClosedError';
  }
}

/** Our output, or `what` else is written for the person, can't be written, though it may still be wanted: a full disk, as a rule. */
export class OutputFailedError extends Error {
  constructor(cause: Error, what = 'The output') {
    super(`${what} can't be written (${errnoOf(cause)}). Make room for it, or write it elsewhere, and run this again.`, { cause });
    this.name = 'OutputFailedError';
  }
}

const CLOSED = new Set(['EPIPE', 'ERR_STREAM_DESTROYED', 'ECONNRESET']);

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
  /** Why nothing can be written any more: the first refusal, those that follow say less. */
  #refusal: OutputClosedError | OutputFailedError | undefined;

  constructor(stream: OutputStream) {
    this.#stream = stream;
    this.isTerminal = stream.isTTY === true;
    stream.on('error', (error) => (this.#refusal ??= refusalOf(error)));
  }

  /** The width of the terminal now: it changes while we run. */
  get columns(): number {
    return this.#stream.columns || 80;
  }

  /** Rejects with `OutputClosedError` once nobody reads any more, and with `OutputFailedError` when it can't be written. */
  async write(text: string | Uint8Array): Promise<void> {
    if (this.#refusal) throw this.#refusal;
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(text, (error) => (error ? reject((this.#refusal ??= refusalOf(error))) : resolve()));
    });
  }

  /** One line. */
  async line(text: string): Promise<void> {
    await this.write(`${text}\n`);
  }

  /** Many lines, joined to large writes. If one of them fails to come, those before it are written first. */
  async lines(lines: AsyncIterable<string> | Iterable<string>): Promise<void> {
    let waiting = '';
    try {
      for await (const line of lines) {
        waiting += `${line}\n`;
        if (waiting.length < 65_536) continue;
        await this.write(waiting);
        waiting = '';
      }
    } finally {
      if (waiting !== '') await this.write(waiting);
    }
  }
}

function refusalOf(error: Error): OutputClosedError | OutputFailedError {
  return CLOSED.has(errnoOf(error)) ? new OutputClosedError() : new OutputFailedError(error);
}

function errnoOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.message;
}
