/**
 * The few calls we make of a disk. The real one is `disk.ts`; `dibs/testing` has one in memory, and the tests one that
 * stops or fails at any call. Names are changed asynchronously; bytes are written and read at once, so that a batch is
 * one `write` whose count is checked.
 */
export interface FileSystem {
  /** Makes the directory and those above it; fine if it is there. */
  mkdir(path: string): Promise<void>;
  /** The names in a directory, in no order. */
  readdir(path: string): Promise<string[]>;
  /** What lies under a name, links not followed; undefined if nothing does. */
  lstat(path: string): Promise<FileStat | undefined>;
  /** Whether anything lies under a name, at once: asked between each write and its acknowledgement. */
  exists(path: string): boolean;
  /** Fails with EEXIST if `to` is taken. */
  link(from: string, to: string): Promise<void>;
  /** Overwrites `to` silently: only ever rename to a name that nobody else can use. */
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Makes the names in a directory survive a power cut. */
  syncDirectory(path: string): Promise<void>;
  /**
   * - `read`: a plain file that is there (a link, FIFO or directory is refused with ELOOP, EISDIR or EINVAL, and never blocks)
   * - `append`: a new file (EEXIST if it is there), every write goes to its end
   * - `update`: a plain file that is there, written in place
   */
  open(path: string, mode: 'read' | 'append' | 'update'): Promise<OpenFile>;
}

/** A file in use. All but `sync` happen at once. */
export interface OpenFile {
  /** One `write`: gives how many bytes were taken, which may be fewer. `position` counts only in `update`. */
  write(bytes: Uint8Array, offset: number, length: number, position?: number): number;
  /** One `read`: gives how many bytes came, 0 at the end. */
  read(bytes: Uint8Array, offset: number, length: number, position: number): number;
  size(): number;
  /** How many names the file has: 0 once it was removed. */
  links(): number;
  truncate(length: number): void;
  /** Waits until the bytes survive a power cut. Its failure means that it is unknown what the disk holds. */
  syncNow(): void;
  /** The same without blocking the process. */
  sync(): Promise<void>;
  close(): void;
}

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'other';
  readonly size: number;
  readonly inode: bigint;
  readonly links: number;
  readonly modifiedMs: number;
}
