import { parseKey, readKey } from '../formats/put-line.ts';
import { Deferred } from './deferred.ts';
import type { Holdings } from './holdings.ts';
import { type ScanContext, scanFile } from './message-scan.ts';
import type { Segment } from './segment.ts';

/** The keys of a load: of all that was put in it, done or not. Read when the first key is asked for. */
export class KeyRegistry {
  readonly #context: ScanContext;
  readonly #holdings: Holdings;
  readonly #ownFile: string;
  readonly #keys = new Set<string>();
  /** Keys of puts that are under way: it is not known yet whether they stay taken. */
  readonly #trying = new Map<string, Deferred<void> | null>();
  #loading: Promise<void> | undefined;

  /** `ownFile` is where this run copies the keys of journals that it removes. */
  constructor(context: ScanContext, holdings: Holdings, ownFile: string) {
    this.#context = context;
    this.#holdings = holdings;
    this.#ownFile = ownFile;
  }

  /** Takes a key for a put; false if it is taken. A put under way with the same key is waited for: it may fail. */
  async take(key: string): Promise<boolean> {
    await this.#load();
    while (this.#trying.has(key)) await this.#outcome(key);
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    this.#trying.set(key, null);
    return true;
  }

  /** The put it was taken for is safe. */
  keep(key: string): void {
    this.#trying.get(key)?.resolve();
    this.#trying.delete(key);
  }

  /** The put it was taken for failed. */
  giveBack(key: string): void {
    this.#keys.delete(key);
    this.keep(key);
  }

  #outcome(key: string): Promise<void> {
    const outcome = this.#trying.get(key) ?? new Deferred<void>();
    this.#trying.set(key, outcome);
    return outcome.promise;
  }

  /** Reads all keys that are on disk, once. A failure is told, and the next call tries again. */
  #load(): Promise<void> {
    this.#loading ??= this.#read().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #read(): Promise<void> {
    for (const file of [...this.#holdings.keysFiles]) await readKeysFile(this.#context, file, (key) => this.#keys.add(key));
    // What was given up in an earlier load is no part of this one: its keys are free again.
    for (const segment of this.#holdings.older.filter(({ name }) => name.kind === 'put'))
      await readKeys(this.#context, segment, (key) => this.#keys.add(key));
    // Last: what was removed since the start, or in this run before, has its keys there.
    await readKeysFile(this.#context, this.#ownFile, (key) => this.#keys.add(key));
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
