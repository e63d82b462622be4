import { PermanentError } from '../../src/errors.ts';
import type { ClaimedGroup } from '../../src/queues/claimed-group.ts';
import type { GroupedFolderQueue } from '../../src/queues/grouped-folder-queue.ts';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import type { FaultyDisk } from './faulty-disk.ts';
import { type FolderEntry, textOf } from './folder-deeds.ts';
import { hastyClock } from './hasty-clock.ts';
import { mortal } from './mortal.ts';
import { namesOf, openPairs, RULES } from './pairs.ts';

/** One thing a program does with a folder of groups; what can't be done just then is passed over. */
export const GROUP_DEEDS = [
  'put',
  'put the first',
  'put the rest',
  'take',
  'done',
  'release',
  'fail',
  'give up',
  'retry',
  'reopen',
] as const;

export type GroupDeed = (typeof GROUP_DEEDS)[number];

/** What a program was promised of one file, and whether it was about to put it back to work. */
export type GroupEntry = FolderEntry & { readonly isBeingRetried?: boolean };

export type GroupLedger = Map<string, GroupEntry>;

/** The one that is put in two deeds. */
const HALVED = 'halved';

/** A program that opens a folder of groups, takes one, and does these things. */
export class GroupProgram {
  readonly #fs: FaultyDisk;
  readonly #ledger: GroupLedger;
  readonly #durability: 'power' | 'process';
  readonly #hands: ClaimedGroup[] = [];
  #inbox: GroupedFolderQueue | undefined;
  #outbox: WritableFolderQueue | undefined;

  constructor(fs: FaultyDisk, ledger: GroupLedger, durability: 'power' | 'process') {
    this.#fs = fs;
    this.#ledger = ledger;
    this.#durability = durability;
  }

  async run(deeds: readonly GroupDeed[]): Promise<void> {
    await this.#take();
    for (const [index, deed] of deeds.entries()) await this.#do(deed, index);
    await this.#leave();
  }

  async #do(deed: GroupDeed, index: number): Promise<void> {
    if (deed === 'put') for (const name of namesOf(`put-${index}`)) await this.#put(name);
    else if (deed === 'put the first') await this.#putHalf(0);
    else if (deed === 'put the rest') await this.#putHalf(1);
    else if (deed === 'take') await this.#take();
    else if (deed === 'reopen') await this.#leave();
    else if (deed === 'retry') await this.#retry();
    else await this.#settle(deed, this.#hands.shift());
  }

  async #putHalf(which: 0 | 1): Promise<void> {
    const name = namesOf(HALVED)[which] ?? '';
    if (!this.#ledger.has(name)) await this.#put(name);
  }

  async #put(name: string): Promise<void> {
    const options = { fileSystem: mortal(this.#fs), clock: hastyClock(), durability: this.#durability, maxAttempts: RULES.maxAttempts };
    this.#outbox ??= await WritableFolderQueue.open('/q', { ...options, producer: null });
    this.#note([name], { put: 'asked' });
    await this.#outbox.putText(name, textOf(name));
    this.#note([name], { put: 'acknowledged' });
  }

  async #reader(): Promise<GroupedFolderQueue> {
    this.#inbox ??= await openPairs(mortal(this.#fs), this.#durability);
    return this.#inbox;
  }

  async #take(): Promise<void> {
    const group = await (await this.#reader()).tryGet();
    if (group) this.#hands.push(group);
  }

  async #settle(deed: 'done' | 'release' | 'fail' | 'give up', group: ClaimedGroup | undefined): Promise<void> {
    if (group === undefined) return;
    const names = group.files.map(({ name }) => name);
    // The second failure is the last.
    const isGivenUp = deed === 'give up' || (deed === 'fail' && group.attempt >= RULES.maxAttempts);
    const field = deed === 'done' ? 'done' : isGivenUp ? 'givenUp' : undefined;
    if (field !== undefined) this.#note(names, { [field]: 'asked' });
    if (deed === 'done') await group.done();
    else if (deed === 'release') await group.release();
    else await group.fail(deed === 'fail' ? new Error('not today') : new PermanentError('never'));
    if (field !== undefined) this.#note(names, { [field]: 'acknowledged' });
  }

  async #retry(): Promise<void> {
    const inbox = await this.#reader();
    const failed = [...this.#ledger].filter(([, { givenUp }]) => givenUp === 'acknowledged').map(([name]) => name);
    this.#note(failed, { givenUp: 'asked', isBeingRetried: true });
    await inbox.retry();
    this.#note(failed, { givenUp: 'no', isBeingRetried: false });
  }

  async #leave(): Promise<void> {
    this.#hands.length = 0;
    await this.#inbox?.dispose();
    await this.#outbox?.dispose();
    this.#inbox = this.#outbox = undefined;
  }

  /** What it is told after its end it never heard. */
  #note(names: readonly string[], change: Partial<GroupEntry>): void {
    if (this.#fs.stopped) return;
    for (const name of names)
      this.#ledger.set(name, { ...(this.#ledger.get(name) ?? { put: 'asked', done: 'no', givenUp: 'no' }), ...change });
  }
}
