import type { Clock } from '../../src/clock.ts';
import { takeFile } from '../../src/folders/claim.ts';
import type { Claim } from '../../src/folders/claimed-message.ts';
import { Consumer } from '../../src/folders/consumer.ts';
import { folderContext, type FolderContext, UniqueNames } from '../../src/folders/folder-context.ts';
import { openFolder } from '../../src/folders/folder-directory.ts';
import { type KeepOptions, layoutOf } from '../../src/folders/folder-layout.ts';
import { formatControl, formatControlName, type ControlRecord, type ControlType } from '../../src/formats/control-file.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { type ProcessIdentity, processIdentity } from '../../src/fs/process-identity.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import type { ReadableFolderQueueOptions } from '../../src/queues/folder-options.ts';
import { FaultyDisk } from './faulty-disk.ts';
import { hastyClock } from './hasty-clock.ts';

/** What a producer's run writes into a folder, by file name: `said(1, 'helo', 'done')` is one that is through. */
export function said(pid: number, ...words: readonly (ControlType | Partial<ControlRecord>)[]): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [index, word] of words.entries()) {
    const more = typeof word === 'string' ? { type: word } : word;
    const record: ControlRecord = {
      type: 'helo',
      stamp: `20261121_130405_00000${index}`,
      uuid: `run-${pid}`,
      createdBy: 'test',
      hostName: 'etl-1',
      machineFQDN: 'etl-1.example.org',
      pid,
      producer: `producer-${pid}`,
      replaces: [],
      beat: '',
      reason: '',
      ...more,
    };
    files[formatControlName(record)] = formatControl(record);
  }
  return files;
}

/** Files with the folder before their names. */
export function inFolder(files: Readonly<Record<string, string>>, folder = '/q'): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
}

/** A reader for whom waiting takes no time. */
export function openReader(fs: FileSystem, options: ReadableFolderQueueOptions = {}): Promise<ReadableFolderQueue> {
  return ReadableFolderQueue.open('/q', { fileSystem: fs, clock: hastyClock(), watch: false, ...options });
}

/** Writes a file, as a program that knows nothing of queues. */
export async function drop(fs: FileSystem, path: string, text = ''): Promise<void> {
  const file = await fs.open(path, 'append');
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > 0) file.write(bytes, 0, bytes.length);
  file.close();
}

/** All that is left, each done, in the order in which it came: `name#attempt`. */
export async function doAll(queue: ReadableFolderQueue): Promise<string[]> {
  const names: string[] = [];
  for (let file = await queue.get(); file !== undefined; file = await queue.get()) {
    names.push(`${file.name}#${file.attempt}`);
    await file.done();
  }
  return names;
}

/** A machine that is not this one. */
export const ELSEWHERE: ProcessIdentity = { host: 'elsewhere', bootId: 'another', pidNamespace: 'pid:[1]', pid: 99, startTime: '5' };

/** A process of this machine that is no more. */
export const GONE: ProcessIdentity = { ...processIdentity(), pid: process.pid, startTime: '1' };

export interface ClaimingActor {
  readonly context: FolderContext;
  readonly consumer: Consumer;
  claim(file: string): Promise<Claim>;
  /** Its process is gone: it beats no more, and says nothing of that. */
  die(): void;
}

/** Somebody who claims, bit by bit, as a test tells it. */
export async function openActor(
  fs: FileSystem,
  { clock = hastyClock(), identity = ELSEWHERE, leaseMs = 30_000, directory = '/q', ...keep }: ActorOptions = {},
): Promise<ClaimingActor> {
  const layout = layoutOf(directory, keep);
  const rules = await openFolder(fs, layout, {}, { durable: false });
  const context = await folderContext({ fs, clock, layout, rules, durability: 'power', names: new UniqueNames(`actor${(actors += 1)}x`) });
  const life = new FaultyDisk(fs);
  const consumer = await Consumer.open({ ...context, fs: life }, { leaseMs, identity });
  return {
    context,
    consumer,
    die: () => life.kill(),
    async claim(file) {
      const taken = await takeFile(context, file, await consumer.claimer(clock.monotonic()));
      if (taken.kind !== 'claimed') throw new Error(`${file} is ${taken.kind}`);
      return taken.claim;
    },
  };
}

export interface ActorOptions extends KeepOptions {
  readonly clock?: Clock;
  readonly identity?: ProcessIdentity;
  readonly leaseMs?: number;
  readonly directory?: string;
}

let actors = 0;

/** What lies directly in a folder, but for our own directory and what producers said. */
export async function messagesIn(fs: FileSystem, folder = '/q'): Promise<string[]> {
  const names = await fs.readdir(folder);
  return names.filter((name) => !/^\.dibs$|^(done|failed)$|\.(helo|done|failed)$/.test(name)).toSorted();
}
