import { ClaimLostError, ItemSettledError, PermanentError } from '../../src/errors.ts';
import type { ClaimedFile } from '../../src/queues/claimed-file.ts';
import type { ClaimedGroup } from '../../src/queues/claimed-group.ts';
import type { GroupedFolderQueue } from '../../src/queues/grouped-folder-queue.ts';
import type { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import type { CrashingDisk } from './crashing-disk.ts';
import type { FaultyDisk } from './faulty-disk.ts';
import { type FolderEntry, type FolderLedger, textOf } from './folder-deeds.ts';
import { drop, openReader } from './folder-ground.ts';
import { DAYS, openGroups } from './grouped-ground.ts';
import { hastyClock } from './hasty-clock.ts';
import { mortal } from './mortal.ts';

type Item = ClaimedFile | ClaimedGroup;
type Settling = 'done' | 'release' | 'fail' | 'give up';

export interface RandomFolderUse {
  /** How many of all steps put something; the others take, settle, and come again. */
  readonly puts: number;
  readonly isGrouped: boolean;
  readonly durability: 'power' | 'process';
}

/** A program that does with a folder whatever comes to mind, and goes on after errors, as a careful one would. */
export class RandomFolderUser {
  /** All that was thrown at it, and all that it saw which may not be. */
  readonly errors: unknown[] = [];
  readonly wrong: string[] = [];
  readonly ledger: FolderLedger = new Map();
  readonly #disk: CrashingDisk;
  readonly #fs: FaultyDisk;
  readonly #use: RandomFolderUse;
  readonly #random: () => number;
  #outbox: WritableFolderQueue | undefined;
  #inbox: ReadableFolderQueue | GroupedFolderQueue | undefined;
  #hands: Item[] = [];
  /** What was asked of each item in hands, and refused. */
  readonly #asked = new Map<Item, Settling>();
  #count = 0;

  constructor(disk: CrashingDisk, fs: FaultyDisk, use: RandomFolderUse, random: () => number) {
    this.#disk = disk;
    this.#fs = fs;
    this.#use = use;
    this.#random = random;
  }

  /** Does so many things; then the disk is well again, and it takes its leave. */
  async run(steps: number): Promise<void> {
    for (let step = 1; step <= steps; step += 1) await this.#step().catch((error: unknown) => this.#refused(error));
    this.#fs.heal();
    await this.#inbox?.dispose();
    await this.#outbox?.dispose();
  }

  #refused(error: unknown): void {
    this.errors.push(error);
    if (error instanceof ClaimLostError || error instanceof ItemSettledError) this.#hands.shift();
  }

  #step(): Promise<void> {
    const fate = this.#random();
    if (fate < this.#use.puts) return this.#put();
    const rest = (fate - this.#use.puts) / (1 - this.#use.puts);
    if (rest < 0.4) return this.#take();
    if (rest >= 0.92) return this.#leave();
    return this.#settle(rest < 0.7 ? 'done' : rest < 0.78 ? 'release' : rest < 0.85 ? 'give up' : 'fail');
  }

  async #put(): Promise<void> {
    const options = { fileSystem: mortal(this.#fs), clock: hastyClock(), durability: this.#use.durability, producer: null };
    this.#outbox ??= await WritableFolderQueue.open('/q', options);
    const { members } = DAYS;
    const name = this.#use.isGrouped ? `g${Math.floor(this.#count / 3)}_${members[this.#count % 3]}.tsv` : `m${this.#count}.tsv`;
    this.#count += 1;
    const way = this.#random();
    if (way > 0.6) await drop(this.#disk.process(), `/in/${name}`, textOf(name));
    this.#note([name], { put: 'asked' });
    if (way < 0.4) await this.#outbox.putText(name, textOf(name));
    else if (way <= 0.6) await this.#outbox.putStream(name, [textOf(name)]);
    else await this.#outbox.put(`/in/${name}`, { copy: way > 0.8 });
    this.#note([name], { put: 'acknowledged' });
  }

  async #take(): Promise<void> {
    const { isGrouped, durability } = this.#use;
    this.#inbox ??= await (isGrouped ? openGroups : openReader)(mortal(this.#fs), { durability });
    const item = await this.#inbox.tryGet();
    if (item === undefined) return;
    for (const name of namesOf(item)) this.#judge(name);
    this.#hands.push(item);
  }

  /** What was done does not come again, and what is in hands does not come once more: unless it was given back, and that not told. */
  #judge(name: string): void {
    const entry = this.ledger.get(name);
    if (entry === undefined) this.wrong.push(`${name} comes from nowhere`);
    if (entry?.done === 'acknowledged' || entry?.givenUp === 'acknowledged') this.wrong.push(`${name} comes again after its end`);
    const held = this.#hands.filter((item) => item.hold.state === 'taken' && !item.signal.aborted && !this.#asked.has(item));
    const isHeld = held.some((item) => namesOf(item).includes(name));
    if (isHeld) this.wrong.push(`${name} comes while it is in hands`);
  }

  async #settle(wanted: Settling): Promise<void> {
    const [item] = this.#hands;
    if (item === undefined) return;
    // Who asked for an end and was refused may ask for the other; to give it back then is told, and the end may have been made.
    const asked = this.#asked.get(item);
    const isEnd = wanted === 'done' || wanted === 'give up';
    const how = !isEnd && (asked === 'done' || asked === 'give up') ? asked : wanted;
    this.#asked.set(item, how);
    const names = namesOf(item);
    const field = { done: 'done', 'give up': 'givenUp', release: undefined, fail: undefined }[how];
    if (field !== undefined) this.#note(names, { [field]: 'asked' });
    if (how === 'done') await item.done();
    else if (how === 'give up') await item.fail(new PermanentError('never'));
    // Nothing is given up that nobody gave up.
    else if (how === 'fail' && item.attempt < 3) await item.fail(new Error('not today'));
    else await item.release();
    this.#hands.shift();
    if (field !== undefined) this.#note(names, { [field]: 'acknowledged' });
  }

  async #leave(): Promise<void> {
    const inbox = this.#inbox;
    this.#inbox = undefined;
    this.#hands = [];
    await inbox?.dispose();
  }

  #note(names: readonly string[], change: Partial<FolderEntry>): void {
    for (const name of names) {
      const entry = this.ledger.get(name) ?? { put: 'asked', done: 'no', givenUp: 'no' };
      this.ledger.set(name, { ...entry, ...change });
    }
  }
}

function namesOf(item: Item): string[] {
  return 'files' in item ? item.files.map(({ name }) => name) : [item.name];
}
