import { PermanentError } from '../../src/errors.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { ClaimedFile } from '../../src/queues/claimed-file.ts';
import type { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import type { FaultyDisk } from './faulty-disk.ts';
import { openReader } from './folder-ground.ts';
import { hastyClock } from './hasty-clock.ts';
import { mortal } from './mortal.ts';

/** One thing a program does with a folder; what can't be done just then is passed over. */
export const FOLDER_DEEDS = [
  'put',
  'copy',
  'move',
  'take',
  'done',
  'release',
  'fail',
  'give up',
  'mark all done',
  'retry',
  'reopen',
] as const;

export type FolderDeed = (typeof FOLDER_DEEDS)[number];

/** Every sequence of one deed to so many. */
export function everySequenceOf<T>(deeds: readonly T[], longest: number): T[][] {
  let all: T[][] = [];
  let last: T[][] = [[]];
  for (let length = 1; length <= longest; length += 1) {
    last = last.flatMap((before) => deeds.map((deed) => [...before, deed]));
    all = [...all, ...last];
  }
  return all;
}

/** What a program was promised of one message: `asked` is what it was not told the end of. */
export interface FolderEntry {
  put: 'asked' | 'acknowledged';
  done: 'no' | 'asked' | 'acknowledged';
  givenUp: 'no' | 'asked' | 'acknowledged';
}

export type FolderLedger = Map<string, FolderEntry>;

/** The text of the message of that name: so a part of it is known. */
export const textOf = (name: string): string => `rows of ${name}\n`.repeat(60);

/** A program that opens a folder, takes a message, and does these things. */
export class FolderProgram {
  readonly #fs: FaultyDisk;
  readonly #ledger: FolderLedger;
  readonly #hands: ClaimedFile[] = [];
  #inbox: ReadableFolderQueue | undefined;
  #outbox: WritableFolderQueue | undefined;

  readonly #durability: 'power' | 'process';

  constructor(fs: FaultyDisk, ledger: FolderLedger, durability: 'power' | 'process') {
    this.#fs = fs;
    this.#ledger = ledger;
    this.#durability = durability;
  }

  async run(deeds: readonly FolderDeed[]): Promise<void> {
    await this.#take();
    for (const [index, deed] of deeds.entries()) await this.#do(deed, index);
    await this.#leave();
  }

  async #do(deed: FolderDeed, index: number): Promise<void> {
    const name = `${deed}-${index}.tsv`;
    if (deed === 'put') await this.#put(name, (outbox) => outbox.putText(name, textOf(name)));
    else if (deed === 'copy') await this.#put(name, (outbox) => outbox.put(`/in/${name}`, { copy: true }));
    else if (deed === 'move') await this.#put(name, (outbox) => outbox.put(`/in/${name}`));
    else if (deed === 'take') await this.#take();
    else if (deed === 'reopen') await this.#leave();
    else if (deed === 'mark all done') await this.#markAllDone();
    else if (deed === 'retry') await this.#retry();
    else await this.#settle(deed, this.#hands.shift());
  }

  async #put(name: string, put: (outbox: WritableFolderQueue) => Promise<unknown>): Promise<void> {
    const options = { fileSystem: mortal(this.#fs), clock: hastyClock(), durability: this.#durability };
    this.#outbox ??= await WritableFolderQueue.open('/q', { ...options, producer: null });
    this.#note(name, { put: 'asked' });
    await put(this.#outbox);
    this.#note(name, { put: 'acknowledged' });
  }

  async #reader(): Promise<ReadableFolderQueue> {
    this.#inbox ??= await openReader(mortal(this.#fs), { durability: this.#durability });
    return this.#inbox;
  }

  async #take(): Promise<void> {
    const file = await (await this.#reader()).tryGet();
    if (file) this.#hands.push(file);
  }

  async #settle(deed: 'done' | 'release' | 'fail' | 'give up', file: ClaimedFile | undefined): Promise<void> {
    if (file === undefined) return;
    const field = { done: 'done', 'give up': 'givenUp', release: undefined, fail: undefined }[deed];
    if (field !== undefined) this.#note(file.name, { [field]: 'asked' });
    if (deed === 'done') await file.done();
    else if (deed === 'release') await file.release();
    else await file.fail(deed === 'fail' ? new Error('not today') : new PermanentError('never'));
    if (field !== undefined) this.#note(file.name, { [field]: 'acknowledged' });
  }

  /** What is ready; what is in hands stays there. */
  async #markAllDone(): Promise<void> {
    const held = new Set(this.#hands.map(({ name }) => name));
    const ready = [...this.#ledger].filter(([name, { done, givenUp }]) => !held.has(name) && done === 'no' && givenUp === 'no');
    const inbox = await this.#reader();
    for (const [name] of ready) this.#note(name, { done: 'asked' });
    await inbox.markAllDone();
    for (const [name] of ready) this.#note(name, { done: 'acknowledged' });
  }

  async #retry(): Promise<void> {
    const inbox = await this.#reader();
    const failed = [...this.#ledger].filter(([, { givenUp }]) => givenUp === 'acknowledged');
    for (const [name] of failed) this.#note(name, { givenUp: 'asked' });
    await inbox.retry();
    for (const [name] of failed) this.#note(name, { givenUp: 'no' });
  }

  async #leave(): Promise<void> {
    this.#hands.length = 0;
    await this.#inbox?.dispose();
    await this.#outbox?.dispose();
    this.#inbox = this.#outbox = undefined;
  }

  /** What it is told after its end it never heard. */
  #note(name: string, change: Partial<FolderEntry>): void {
    if (this.#fs.stopped) return;
    const entry = this.#ledger.get(name) ?? { put: 'asked', done: 'no', givenUp: 'no' };
    this.#ledger.set(name, { ...entry, ...change });
  }
}

/** Works off a folder as the next program would, and says what is wrong with what it finds. */
export async function judgeFolder(fs: FileSystem, ledger: FolderLedger): Promise<string[]> {
  const wrong: string[] = [];
  const delivered = await workOff(fs, wrong);
  const [done, failed] = [await keptIn(fs, '/q/done'), await keptIn(fs, '/q/failed')];
  for (const name of delivered) if (!ledger.has(name)) wrong.push(`${name} comes from nowhere`);
  for (const [name, entry] of ledger) {
    const times = delivered.filter((one) => one === name).length;
    const ends = [...done, ...failed].filter((one) => one === name).length;
    if (times > 1 || ends > 1) wrong.push(`${name} was delivered ${times} times, and ended ${ends} times`);
    if (entry.put === 'acknowledged' && ends === 0) wrong.push(`${name} is lost`);
    if (entry.done === 'acknowledged' && times > 0) wrong.push(`${name} comes again, though it was done`);
    if (entry.givenUp === 'acknowledged' && (times > 0 || !failed.includes(name))) wrong.push(`${name} is not given up any more`);
    if (failed.includes(name) && entry.givenUp === 'no') wrong.push(`${name} is given up, and nobody asked for it`);
  }
  if ((await workOff(fs, wrong)).length > 0) wrong.push('something comes again after all was done');
  return wrong;
}

async function workOff(fs: FileSystem, wrong: string[]): Promise<string[]> {
  const names: string[] = [];
  const queue = await openReader(mortal(fs));
  for (let file = await queue.get(); file !== undefined; file = await queue.get()) {
    names.push(file.name);
    const opened = await fs.open(file.path, 'read');
    const bytes = new Uint8Array(opened.size());
    opened.read(bytes, 0, bytes.length, 0);
    opened.close();
    if (new TextDecoder().decode(bytes) !== textOf(file.name)) wrong.push(`${file.name} is not whole`);
    await file.done();
  }
  await queue.dispose();
  return names;
}

/** The messages that are kept in a directory, by their own names. */
export async function keptIn(fs: FileSystem, directory: string): Promise<string[]> {
  if (!fs.exists(directory)) return [];
  return (await fs.readdir(directory)).filter((name) => /^[a-z0-9_-]+\.tsv(~\d+)?$/.test(name)).map((name) => name.replace(/~\d+$/, ''));
}
