import { remainsOf } from './file-remains.ts';
import type { Change, Remains } from './file-remains.ts';

const NOTHING = new Uint8Array(0);

/**
 * The bytes of a file twice: as the kernel shows them, and as they are surely on the platter, with the changes between
 * the two. What others were given to see is never written again, so that disks can share it.
 */
export class DiskFile {
  readonly inode: bigint;
  modifiedMs = 0;
  links = 0;
  handles = 0;
  #buffer: Uint8Array;
  #size: number;
  /** Below it somebody else sees the same buffer. */
  #shared: number;
  #durable: Uint8Array;
  #changes: Change[] = [];

  constructor(inode: bigint, durable: Uint8Array = NOTHING) {
    this.inode = inode;
    this.#buffer = durable;
    this.#size = durable.length;
    this.#shared = durable.length;
    this.#durable = durable;
  }

  get size(): number {
    return this.#size;
  }

  /** What the kernel shows, not to be written to. */
  content(): Uint8Array {
    this.#shared = Math.max(this.#shared, this.#size);
    return this.#buffer.subarray(0, this.#size);
  }

  read(into: Uint8Array, offset: number, length: number, position: number): number {
    const found = this.#buffer.subarray(Math.min(position, this.#size), Math.min(position + length, this.#size));
    into.set(found, offset);
    return found.length;
  }

  write(at: number, bytes: Uint8Array): void {
    const end = at + bytes.length;
    this.#reserve(Math.min(at, this.#size), end);
    this.#buffer.set(bytes, at);
    this.#size = Math.max(this.#size, end);
    this.#shared = Math.max(this.#shared, end);
    this.#changes.push({ at, bytes: this.#buffer.subarray(at, end), state: 'unsynced' });
  }

  truncate(length: number): void {
    this.#reserve(Math.min(length, this.#size), length);
    if (length < this.#size) this.#buffer.fill(0, length, this.#size);
    this.#size = length;
    this.#changes.push({ at: length, bytes: undefined, state: 'unsynced' });
  }

  /** What is written by now is safe once the result is called: not before, and nothing that comes meanwhile. */
  beginSync(): () => void {
    const covered = this.#changes.filter((change) => change.state === 'unsynced');
    return () => {
      for (const change of covered) if (change.state === 'unsynced') change.state = 'synced';
      if (this.#changes.every((change) => change.state === 'synced')) {
        this.#durable = this.content();
        this.#changes = [];
      }
    };
  }

  /** A failed sync: the kernel holds the pages for clean, and no later sync will write them. */
  failSync(): void {
    for (const change of this.#changes) if (change.state === 'unsynced') change.state = 'lost';
  }

  /** Whether a power cut can take nothing. */
  get isDurable(): boolean {
    return this.#changes.length === 0;
  }

  /** The first is everything, the second what was surely there; then every cut and hole we try. */
  remains(sectors: readonly number[]): readonly Remains[] {
    if (this.isDurable) return [{ lost: undefined, bytes: () => this.content() }];
    return remainsOf(this.content(), this.#durable, this.#changes, sectors);
  }

  clone(): DiskFile {
    const copy = new DiskFile(this.inode, this.#durable);
    copy.#buffer = this.#buffer;
    copy.#size = this.#size;
    copy.#changes = this.#changes.map((change) => ({ ...change }));
    copy.#shared = this.#shared = this.#buffer.length;
    copy.links = this.links;
    copy.modifiedMs = this.modifiedMs;
    return copy;
  }

  /** Room up to `end`, with nobody else looking on from `from`, and NULs behind the size. */
  #reserve(from: number, end: number): void {
    if (from >= this.#shared && end <= this.#buffer.length) return;
    const grown = new Uint8Array(end <= this.#buffer.length ? this.#buffer.length : Math.max(256, end * 2));
    grown.set(this.#buffer.subarray(0, this.#size));
    this.#buffer = grown;
    this.#shared = 0;
  }
}
