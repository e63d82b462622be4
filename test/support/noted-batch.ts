import type { LineBuffer } from '../../src/formats/line-buffer.ts';
import type { Batch } from '../../src/journals/batch.ts';

/** Records that note what becomes of them, each with its name. */
export class NotedBatch implements Batch {
  readonly durable: boolean;
  readonly bodies: string[] = [];
  readonly #notes: string[];

  constructor(notes: string[], bodies: readonly string[] = [], { durable = true }: { readonly durable?: boolean } = {}) {
    this.#notes = notes;
    this.bodies.push(...bodies);
    this.durable = durable;
  }

  get size(): number {
    return this.bodies.length;
  }

  encode(lines: LineBuffer): void {
    for (const body of this.bodies) lines.append(body);
  }

  written(): void {
    this.#note('written');
  }

  safe(): void {
    this.#note('safe');
  }

  failed(error: unknown): void {
    this.#note(`failed: ${error instanceof Error ? error.name : String(error)}`);
  }

  #note(what: string): void {
    this.#notes.push(`${this.bodies.join(' ')} ${what}`);
  }
}
