import { StoreUrlError } from './store-errors.ts';
import { FileStore, type FileStoreOptions } from './file-store.ts';
import { MemoryStore } from './memory-store.ts';
import type { Store } from './store.ts';

export type StoreOptions = FileStoreOptions;

/** Opens the store of an address whose scheme it was registered for. */
export type StoreOpener = (url: string, options: StoreOptions) => Store | Promise<Store>;

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;

const openers = new Map<string, StoreOpener>([
  ['file', (url, options) => new FileStore(url, options)],
  ['memory', (url, options) => new MemoryStore(url, options)],
]);

/**
 * Lets `scheme:…` be opened as a store from now on, in this process.
 * @throws TypeError if the scheme is none, or has a store already
 */
export function registerStore(scheme: string, open: StoreOpener): void {
  if (!SCHEME.test(`${scheme}:`) || scheme !== scheme.toLowerCase())
    throw new TypeError(`A scheme is lowercase letters, digits, + . and -, got ${JSON.stringify(scheme)}.`);
  if (openers.has(scheme)) throw new TypeError(`${scheme}: has a store already.`);
  openers.set(scheme, open);
}

/**
 * Opens a store by its address: `file:./load` or `file:///var/load` in a directory, `memory:` in this process.
 * @throws StoreUrlError for what is no address, or whose scheme nobody registered
 */
export async function openStore(url: string, options: StoreOptions = {}): Promise<Store> {
  if (typeof url !== 'string') throw new StoreUrlError(String(url), 'an address is text, as file:./load is.');
  const scheme = SCHEME.exec(url)?.[1]?.toLowerCase();
  // A letter and a colon is a drive.
  if (scheme === undefined || scheme.length === 1) throw new StoreUrlError(url, `it has no scheme. A directory is named file:${url}.`);
  const open = openers.get(scheme);
  if (open === undefined)
    throw new StoreUrlError(url, `nobody registered ${scheme}:. There are ${[...openers.keys()].map((known) => `${known}:`).join(', ')}.`);
  return open(`${scheme}${url.slice(scheme.length)}`, options);
}
