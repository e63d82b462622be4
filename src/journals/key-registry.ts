import { parseKey, readKey } from '../formats/put-line.ts';
import type { Holdings } from './holdings.ts';
import { type ScanContext, scanFile } from './message-scan.ts';
import type { Segment } from './segment.ts';

/** The keys of a load: of all that was put in it, done or not. Read when the first key is asked for. */
export class KeyRegistry {
  readonly #context: ScanContext;
  readonly #holdings: Holdings;
  readonly #keys = new Set<string>();
  #loading: Promise<void> | undefined;
  #loaded = false;

  constructor(context: ScanContext, holdings: Holdings) {
    this.#context = context;
    this.#holdings = holdings;
  }

  get isLoaded(): boolean {
    return this.#loaded;
  }

  /** Reads all keys that are on disk. A failure is told, and the next call tries again. */
  load(): Promise<void> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** Takes a key; false if it was taken before. */
  take(key: string): boolean {
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    return true;
  }

  /** The put it was taken for failed. */
  giveBack(key: string): void {
    this.#keys.delete(key);
  }

  async #load(): Promise<void> {
    for (const file of [...this.#holdings.keysFiles]) await readKeysFile(this.#context, file, (key) => this.#keys.add(key));
    // What was given up in an earlier load is no part of this one: its keys are free again.
    for (const segment of this.#holdings.older.filter(({ name }) => name.kind === 'put')) await readKeys(this.#context, segment, (key) => this.#keys.add(key));
    this.#loaded = true;
  }
}

/** The keys in a file of keys. */
export async function readKeysFile(context: ScanContext, file: string, found: (key: string) => void): Promise<void> {
  await scanFile(context, file, Number.POSITIVE_INFINITY, (bytes, start, end) => {
    const key = parseKey(bytes.toString('utf8', start, end));
    if (key !== undefined) found(key);
  });
}

/** The keys of the messages in a journal. */
export async function readKeys(context: ScanContext, segment: Segment, found: (key: string) => void): Promise<void> {
  await scanFile(context, segment.file, segment.bytes, (bytes, start, end) => {
    const place = segment.name.kind === 'put' ? segment.place(bytes, start, end) : null;
    const key = place === null ? segment.parse(bytes, start, end)?.key : place.keyed ? readKey(bytes, start, place.text) : undefined;
    if (key !== undefined) found(key);
  });
}

