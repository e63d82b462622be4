import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { LineSplitter } from './line-splitter.ts';

export type OutputSource = 'stdout' | 'stderr';
export type OnOutput = (from: OutputSource, lines: Buffer) => Promise<void>;

const LAST_WORDS = 400;

/** The output of a program, passed on in whole lines. The program waits while the receiver does. */
export class ProgramOutput {
  readonly #streams: readonly Readable[];
  readonly #onOutput: OnOutput;
  readonly #ended: Promise<unknown>;
  #passing = 0;
  #stirred = false;
  #left = false;
  #lastLines = Buffer.alloc(0);

  constructor(child: ChildProcess, onOutput: OnOutput) {
    this.#onOutput = onOutput;
    this.#streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
    this.#ended = Promise.all(this.#streams.map((stream) => this.#forward(stream, stream === child.stdout ? 'stdout' : 'stderr')));
    this.#ended.catch(() => {}); // told by `finish`, which may be called much later
  }

  /** The last line that it wrote to stderr. */
  get lastWords(): string {
    const last = this.#lastLines.toString('utf8').trim().split('\n').at(-1) ?? '';
    return last.replace(/^\ufffd+/, '').trim();
  }

  /**
   * Waits for the rest, after the program's own end. What it left running may hold its output open for ever: it is
   * listened to until it was silent for `quietMs`, or until we leave.
   */
  async finish(quietMs: number): Promise<void> {
    this.#stirred = true;
    const timer = setInterval(() => {
      // While the receiver is slow, what the program itself wrote may still be on its way.
      if ((this.#left || !this.#stirred) && this.#passing === 0) for (const stream of this.#streams) stream.destroy();
      this.#stirred = false;
    }, quietMs);
    try {
      await this.#ended;
    } finally {
      clearInterval(timer);
    }
  }

  /** It is killed: who still writes is out of reach, and not waited for. */
  leave(): void {
    this.#left = true;
  }

  async #forward(stream: Readable, from: OutputSource): Promise<void> {
    const splitter = new LineSplitter();
    try {
      for await (const chunk of stream) {
        this.#stirred = true;
        if (Buffer.isBuffer(chunk)) await this.#pass(from, splitter.push(chunk));
      }
    } catch (error) {
      // We stopped listening, or the program never started: what came until then counts.
      if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
    }
    await this.#pass(from, splitter.end());
  }

  async #pass(from: OutputSource, lines: Buffer): Promise<void> {
    if (lines.length === 0) return;
    if (from === 'stderr') this.#lastLines = Buffer.concat([this.#lastLines, lines]).subarray(-LAST_WORDS);
    this.#passing += 1;
    try {
      await this.#onOutput(from, lines);
    } finally {
      this.#passing -= 1;
    }
  }
}
