import type { LineBuffer } from '../formats/line-buffer.ts';
import { appendPuts } from '../formats/put-line.ts';
import { keepShape } from '../machines/keep-shape.ts';
import type { Batch } from './batch.ts';
import { Deferred } from './deferred.ts';
import type { Segment } from './segment.ts';

/** Who is told how it went. */
export interface PutHooks {
  /** A segment of ours begins. */
  begun(segment: Segment): void;
  /** These messages are safe: they may be delivered. They end at `bytes` of the segment. */
  safe(segment: Segment, firstSequence: number, texts: readonly string[], bytes: number): void;
  /** A put failed: it may be that nobody waits for it. */
  failed(error: unknown): void;
}

/** Where the batch is written. */
export interface PutBatchHost {
  readonly segment: () => Segment | undefined;
  readonly size: () => number;
  readonly hooks: PutHooks;
}

/** Messages with consecutive sequence numbers that are written together. */
export class PutBatch implements Batch {
  readonly durable = true;
  readonly first: number;
  /** The texts' length, in characters. */
  length = 0;
  readonly #run: number;
  readonly #host: PutBatchHost;
  readonly #texts: string[] = [];
  readonly #safe = new Deferred<true>();
  #keys: (string | undefined)[] | undefined;
  #segment: Segment | undefined;
  #end = 0;

  constructor(run: number, first: number, host: PutBatchHost) {
    this.#run = run;
    this.first = first;
    this.#host = host;
  }

  get size(): number {
    return this.#texts.length;
  }

  get promise(): Promise<true> {
    return this.#safe.promise;
  }

  add(text: string, key: string | undefined): void {
    if (key !== undefined) {
      this.#keys ??= [];
      this.#keys[this.#texts.length] = key;
    }
    this.#texts.push(text);
    this.length += text.length;
  }

  encode(lines: LineBuffer): void {
    appendPuts(lines, this.#run, this.first, this.#texts, this.#keys);
  }

  written(): void {
    this.#segment = this.#host.segment();
    this.#end = this.#host.size();
    if (this.#segment !== undefined && this.#keys !== undefined) this.#segment.hasKeys = true;
  }

  safe(): void {
    if (this.#segment !== undefined) this.#host.hooks.safe(this.#segment, this.first, this.#texts, this.#end);
    this.#safe.resolve(true);
  }

  failed(error: unknown): void {
    this.#host.hooks.failed(error);
    this.#safe.reject(error);
  }
}

const NOBODY: PutHooks = { begun: () => undefined, safe: () => undefined, failed: () => undefined };
keepShape(new PutBatch(0, 0, { segment: () => undefined, size: () => 0, hooks: NOBODY }));
