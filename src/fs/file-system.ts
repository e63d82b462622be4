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
  /**
   * Shows each name in a directory and what it stands for, in no order, without ever holding all of them. A visit that
   * gives a promise is waited for; else nothing is for long: other work of the process has its turn now and then.
   */
  scan(path: string, visit: Visit): Promise<void>;
  /** What lies under a name, links not followed; undefined if nothing does. */
  lstat(path: string): Promise<FileStat | undefined>;
  /** Whether anything lies under a name, at once: asked between each write and its acknowledgement. */
  exists(path: string): boolean;
  /** Fails with EEXIST if `to` is taken. */
  link(from: string, to: string): Promise<void>;
  /** Overwrites `to` silently: only ever rename to a name that nobody else can use. */
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Removes a directory. Fails with ENOTEMPTY if anything is in it. */
  rmdir(path: string): Promise<void>;
  /** Makes the names in a directory survive a power cut. */
  syncDirectory(path: string): Promise<void>;
  /**
   * Whether the directory surely lies on a disk of this machine. Elsewhere the reply to a call that succeeded may be lost,
   * and the call, made again underneath, answer that there is no such file.
   */
  isLocal(path: string): Promise<boolean>;
  /**
   * - `read`: a plain file that is there (a link, FIFO or directory is refused with ELOOP, EISDIR or EINVAL, and never blocks)
   * - `append`: a new file (EEXIST if it is there), every write goes to its end
   * - `create`: a new file, written in place
   * - `update`: a plain file that is there, written in place
   */
  open(path: string, mode: OpenMode): Promise<OpenFile>;
}

export type Visit = (name: string, kind: EntryKind) => void | Promise<void>;

export type OpenMode = 'read' | 'append' | 'create' | 'update';

/** A file in use. All but `sync` happen at once. */
export interface OpenFile {
  /** One `write`: gives how many bytes were taken, which may be fewer. `position` counts only where a file is written in place. */
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

/** `other`: a link, a FIFO, a socket, a device. */
export type EntryKind = 'file' | 'directory' | 'other';

export interface FileStat {
  readonly kind: EntryKind;
  readonly size: number;
  /** Which disk it lies on: another one may give its files the same numbers. */
  readonly device: bigint;
  readonly inode: bigint;
  readonly links: number;
  readonly modifiedMs: number;
  /** When its bytes or its name changed last, by the disk's clock; not set where the disk does not tell. */
  readonly changedMs?: number;
}
