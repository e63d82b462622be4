import { errnoError } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { Damage } from '../../src/journals/damage.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import type { PersistentQueueOptions } from '../../src/queues/queue-options.ts';
import { readQueue } from '../../src/queues/queue-reader.ts';
import { CrashingDisk } from './crashing-disk.ts';
import { hastyClock } from './hasty-clock.ts';
import { listed, takeAll } from './queue-lives.ts';

/** The files of a queue's directory, by name. */
export type QueueFiles = Readonly<Record<string, Uint8Array>>;

/** Where a record lies in its file, with the newlines around it. */
export interface RecordPlace {
  readonly start: number;
  readonly end: number;
}

/** What is found in a queue's directory: `value attempts` of what is outstanding, in put order. */
export interface Found {
  readonly outstanding: readonly string[];
  readonly damage: readonly Damage[];
}

const DIRECTORY = '/queue';

/** Lets a program run on a queue, and gives what it leaves in the directory once it has disposed of it. */
export async function filesOf(program: (queue: PersistentQueue<string>) => Promise<unknown>, files: QueueFiles = {}): Promise<QueueFiles> {
  const disk = diskOf(files);
  const queue = await open(disk, { maxAttempts: 1 });
  await program(queue);
  await queue.dispose();
  const left = [...disk.walk()].map(([path, file]) => [path.slice(DIRECTORY.length + 1), Uint8Array.from(file.content())] as const);
  return Object.fromEntries(left);
}

/** Looks at the directory without owning it: far cheaper than `survey`, for what is done thousands of times. */
export async function glance(files: QueueFiles): Promise<Found> {
  const reader = await readQueue<string>(DIRECTORY, { fileSystem: readOnly(files) });
  const outstanding = await listed(reader.outstanding());
  return { outstanding: outstanding.map(({ value, attempts }) => `${value} ${attempts}`), damage: await listed(reader.verify()) };
}

/** Opens the directory as the next program would, and takes all there is. */
export async function survey(files: QueueFiles): Promise<Found & { readonly failed: readonly string[] }> {
  const damage: Damage[] = [];
  const queue = await open(diskOf(files), { onDamage: (found) => damage.push(found) });
  const items = await takeAll(queue);
  const failed = await listed(queue.failed());
  return {
    outstanding: items.map(({ value, attempt }) => `${value} ${attempt - 1}`),
    failed: failed.map(({ value, attempts }) => `${value} ${attempts}`),
    damage,
  };
}

/** The one file of that kind. */
export function journalIn(files: QueueFiles, kind: 'put' | 'done'): string {
  const [name, ...others] = Object.keys(files).filter((file) => file.endsWith(`.${kind}.tsv`));
  if (name === undefined || others.length > 0) throw new Error(`one ${kind} journal was expected among ${Object.keys(files).join(', ')}`);
  return name;
}

/** A record begins with a newline and ends with one. */
export function recordsOf(bytes: Uint8Array): RecordPlace[] {
  const places: RecordPlace[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(10, start + 1) + 1;
    if (bytes[start] !== 10 || end === 0) throw new Error(`no record at ${start}`);
    places.push({ start, end });
    start = end;
  }
  return places;
}

/** The file without these records: what is expected when their damage costs them alone. */
export function without(bytes: Uint8Array, records: readonly RecordPlace[]): Uint8Array {
  return bytes.filter((_, at) => !records.some(({ start, end }) => at >= start && at < end));
}

function diskOf(files: QueueFiles): CrashingDisk {
  const byPath = Object.entries(files).map(([name, bytes]) => [`${DIRECTORY}/${name}`, bytes] as const);
  return new CrashingDisk({ [`${DIRECTORY}/`]: '', ...Object.fromEntries(byPath) });
}

function open(disk: CrashingDisk, options: PersistentQueueOptions<string>): Promise<PersistentQueue<string>> {
  return PersistentQueue.open<string>(DIRECTORY, { fileSystem: disk.process(), clock: hastyClock(), durability: 'process', ...options });
}

/** Nothing but these files, which nobody can change. */
function readOnly(files: QueueFiles): FileSystem {
  const find = (path: string): Uint8Array | undefined => files[path.slice(DIRECTORY.length + 1)];
  const refuse = async (): Promise<never> => Promise.reject(errnoError('EROFS', 'write', DIRECTORY));
  return {
    mkdir: refuse,
    link: refuse,
    rename: refuse,
    unlink: refuse,
    rmdir: refuse,
    syncDirectory: refuse,
    readdir: async () => Object.keys(files),
    async scan(_, visit) {
      for (const name of Object.keys(files)) await visit(name, 'file');
    },
    isLocal: async () => true,
    exists: (path) => find(path) !== undefined,
    async lstat(path) {
      const bytes = find(path);
      return bytes && { kind: 'file', size: bytes.length, device: 0n, inode: 1n, links: 1, modifiedMs: 0 };
    },
    async open(path, mode) {
      const bytes = find(path);
      if (mode !== 'read') return refuse();
      if (bytes === undefined) throw errnoError('ENOENT', 'open', path);
      const write = (): never => {
        throw errnoError('EBADF', 'write', path);
      };
      return {
        read(target, offset, length, position) {
          const part = bytes.subarray(position, position + length);
          target.set(part, offset);
          return part.length;
        },
        size: () => bytes.length,
        links: () => 1,
        write,
        truncate: write,
        syncNow: write,
        sync: refuse,
        close: () => undefined,
      };
    },
  };
}
