import type { LineBuffer } from '../formats/line-buffer.ts';

/**
 * What an acknowledgement means: `power` that it survives a power cut, `process` that it survives the end of any process.
 */
export type Durability = 'power' | 'process';

/** Records that are written together, synced together and acknowledged together. */
export interface Batch {
  /** How many calls wait for it. */
  readonly size: number;
  /** Whether it is acknowledged only when it survives what the queue's durability names; or, whatever that names, a power cut. */
  readonly durable: boolean | 'power';
  encode(lines: LineBuffer): void;
  /** The records are in the file: they survive the end of this process. */
  written(): void;
  /** The records are as safe as was promised. */
  safe(): void;
  /** Nothing of it may be acknowledged. */
  failed(error: unknown): void;
}
