import type { FileStat, OpenFile } from '../../src/fs/file-system.ts';

interface Node {
  readonly inode: bigint;
  readonly modifiedMs: number;
  bytes: Uint8Array;
  links: number;
}

interface Directory {
  readonly inode: bigint;
  changedAt: number;
}

/**
 * What a directory tells of its last change. `fine`: each change shows. `coarse`: of all that happens in one tick of the disk's
 * clock one time shows, and the clock goes on only when somebody waits for it. `none`: nobody may ask.
 */
export type Times = 'none' | 'fine' | 'coarse';

/** So long is a tick, in milliseconds. */
export const TICK_MS = 20;

/**
 * The names of a disk, as all see them at once, small enough to be told from any other by its whole content. All is done
 * at once. The number of a file comes from who made it, so that what is done in another order gives the same disk.
 */
export class ExploredDisk {
  readonly #files = new Map<string, Node>();
  readonly #directories = new Map<string, Directory>();
  readonly #gone = new Set<string>();
  readonly #listings = new Set<{ readonly directory: string; readonly touched: Set<string> }>();
  readonly #times: Times;
  #changes = 0;
  ticks = 1;

  constructor(times: Times) {
    this.#times = times;
    this.mkdir('');
  }

  /** What tells this disk from others. */
  key(canon: (text: string) => string): string {
    const files = [...this.#files].map(([path, { inode, bytes }]) => canon(`${path}:${inode}:${Buffer.from(bytes).toString('latin1')}`));
    const times = this.#times === 'none' ? [] : [...this.#directories.values()].map(({ changedAt }) => changedAt);
    const gone = [...this.#gone].toSorted().join();
    return `${files.toSorted().join()} ${times.join()} ${this.#times === 'coarse' ? this.ticks : ''} ${gone}`;
  }

  /** Every file, as text, by path. */
  files(): Record<string, string> {
    return Object.fromEntries([...this.#files].map(([path, { bytes }]) => [path, Buffer.from(bytes).toString()]));
  }

  mkdir(path: string): void {
    if (this.#directories.has(path)) return;
    this.#directories.set(path, { inode: BigInt(this.#directories.size + 1), changedAt: 0 });
    this.#gone.delete(path);
  }

  rmdir(path: string): void {
    if (!this.#directories.has(path)) throw refusal('ENOENT');
    if (!this.isEmptyDirectory(path)) throw refusal('ENOTEMPTY');
    this.#directories.delete(path);
    this.#gone.add(path);
  }

  isEmptyDirectory(path: string): boolean {
    const isBelow = (other: string): boolean => other.startsWith(`${path}/`);
    return this.#directories.has(path) && ![...this.#files.keys(), ...this.#directories.keys()].some(isBelow);
  }

  isDirectory(path: string): boolean {
    return this.#directories.has(path);
  }

  exists(path: string): boolean {
    return this.#files.has(path) || this.#directories.has(path);
  }

  list(directory: string): string[] {
    if (!this.#directories.has(directory)) throw refusal('ENOENT');
    const above = `${directory}/`;
    const names: string[] = [];
    for (const path of this.#files.keys())
      if (path.startsWith(above) && !path.includes('/', above.length)) names.push(path.slice(above.length));
    return names;
  }

  /** From now on it is noted which names of the directory come or go. */
  watch(directory: string): { readonly touched: ReadonlySet<string>; end(): void } {
    const listing = { directory, touched: new Set<string>() };
    this.#listings.add(listing);
    return { touched: listing.touched, end: () => void this.#listings.delete(listing) };
  }

  lstat(path: string): FileStat | undefined {
    const file = this.#files.get(path);
    if (file)
      return { kind: 'file', size: file.bytes.length, device: 0n, inode: file.inode, links: file.links, modifiedMs: file.modifiedMs };
    const directory = this.#directories.get(path.replace(/\/\.$/, ''));
    if (!directory) return undefined;
    if (this.#times === 'none') throw new Error(`When ${path} was changed is no part of this model.`);
    // Never a whole second: that would be a disk that counts in those.
    return { kind: 'directory', size: 0, device: 0n, inode: directory.inode, links: 2, modifiedMs: directory.changedAt * TICK_MS + 1 };
  }

  link(from: string, to: string): void {
    const file = this.#files.get(from);
    if (!file) throw refusal('ENOENT');
    if (this.exists(to)) throw refusal('EEXIST');
    file.links += 1;
    this.#set(to, file);
  }

  rename(from: string, to: string): void {
    const file = this.#files.get(from);
    if (!file) throw refusal('ENOENT');
    const before = this.#files.get(to);
    if (before === file) return;
    if (before) before.links -= 1;
    this.#set(from, undefined);
    this.#set(to, file);
  }

  unlink(path: string): void {
    const file = this.#files.get(path);
    if (!file) throw refusal('ENOENT');
    file.links -= 1;
    this.#set(path, undefined);
  }

  create(path: string, inode: bigint): OpenFile {
    if (this.exists(path)) throw refusal('EEXIST');
    const file: Node = { inode, modifiedMs: 1, bytes: new Uint8Array(0), links: 1 };
    this.#set(path, file);
    return new Handle(file);
  }

  open(path: string): OpenFile {
    const file = this.#files.get(path);
    if (!file) throw refusal('ENOENT');
    return new Handle(file);
  }

  #set(path: string, file: Node | undefined): void {
    const above = path.slice(0, path.lastIndexOf('/'));
    const directory = this.#directories.get(above);
    if (!directory) throw refusal('ENOENT');
    if (file) this.#files.set(path, file);
    else this.#files.delete(path);
    this.#changes += 1;
    directory.changedAt = this.#times === 'coarse' ? this.ticks : this.#changes;
    for (const { directory: listed, touched } of this.#listings) if (listed === above) touched.add(path.slice(above.length + 1));
  }
}

/** Its bytes are written and read at once. */
class Handle implements OpenFile {
  readonly #file: Node;
  #end = 0;

  constructor(file: Node) {
    this.#file = file;
  }

  write(bytes: Uint8Array, offset: number, length: number, position: number = this.#end): number {
    const { bytes: before } = this.#file;
    const after = new Uint8Array(Math.max(before.length, position + length));
    after.set(before);
    after.set(bytes.subarray(offset, offset + length), position);
    this.#file.bytes = after;
    this.#end = position + length;
    return length;
  }

  read(bytes: Uint8Array, offset: number, length: number, position: number): number {
    const found = this.#file.bytes.subarray(position, position + length);
    bytes.set(found, offset);
    return found.length;
  }

  size(): number {
    return this.#file.bytes.length;
  }

  links(): number {
    return this.#file.links;
  }

  truncate(length: number): void {
    this.#file.bytes = this.#file.bytes.slice(0, length);
  }

  syncNow(): void {}

  async sync(): Promise<void> {}

  close(): void {}
}

const REFUSALS = new Map<string, Error>();

/** What the system says. To make one with where it happened takes longer than all else that a call does here. */
export function refusal(code: string): Error {
  const known = REFUSALS.get(code) ?? Object.assign(new Error(code), { code });
  REFUSALS.set(code, known);
  return known;
}
