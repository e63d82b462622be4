import { PermanentError } from '../../src/errors.ts';
import { MessageExistsError, ProducerLostError } from '../../src/folders/folder-errors.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { ClaimedFile } from '../../src/queues/claimed-file.ts';
import type { ClaimedGroup } from '../../src/queues/claimed-group.ts';
import type { GroupedFolderQueueOptions } from '../../src/queues/folder-options.ts';
import type { GroupedFolderQueue } from '../../src/queues/grouped-folder-queue.ts';
import type { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import type { FolderPromises } from './folder-promises.ts';
import { openReader } from './folder-ground.ts';
import { openGroups, textOf } from './grouped-ground.ts';
import { hastyClock } from './hasty-clock.ts';
import { mortal } from './mortal.ts';

/** How a folder is used: the same by all who come. */
export interface FolderUse {
  readonly isGrouped?: boolean;
  readonly options?: Partial<GroupedFolderQueueOptions>;
  /** The disk as they see it. */
  readonly way?: (fs: FileSystem) => FileSystem;
}

type Item = ClaimedFile | ClaimedGroup;

/** One process on a folder, a message of which holds its own name. What it is promised is noted as long as it lives. */
export class FolderLife {
  readonly fs: FileSystem;
  readonly #promises: FolderPromises;
  readonly #isStopped: () => boolean;
  readonly #use: FolderUse;
  #inbox: ReadableFolderQueue | GroupedFolderQueue | undefined;
  #outbox: WritableFolderQueue | undefined;

  constructor(fs: FileSystem & { readonly stopped?: boolean }, promises: FolderPromises, use: FolderUse) {
    this.fs = mortal(use.way?.(fs) ?? fs);
    this.#isStopped = () => fs.stopped ?? false;
    this.#promises = promises;
    this.#use = use;
  }

  async reader(): Promise<ReadableFolderQueue | GroupedFolderQueue> {
    const { isGrouped = false, options } = this.#use;
    return (this.#inbox ??= await (isGrouped ? openGroups : openReader)(this.fs, options));
  }

  /** The next run of the one producer there is. */
  async writer(): Promise<WritableFolderQueue> {
    const options = { fileSystem: this.fs, clock: hastyClock(), producer: 'the only one' };
    return (this.#outbox ??= await WritableFolderQueue.open('/q', options));
  }

  /** As whoever wrote a script would: what is there already was put. */
  async putText(name: string): Promise<void> {
    await this.#put(name, async (outbox) => {
      await outbox.putText(name, name).catch((error: unknown) => {
        if (!(error instanceof MessageExistsError)) throw error;
      });
    });
  }

  /** What is not at its source any more was moved. */
  async move(name: string): Promise<void> {
    await this.#put(name, async (outbox) => {
      if (this.fs.exists(`/in/${name}`)) await outbox.put(`/in/${name}`);
    });
  }

  async #put(name: string, put: (outbox: WritableFolderQueue) => Promise<void>): Promise<void> {
    const outbox = await this.writer();
    if (!this.#promises.entries.has(name)) this.#note([name], { put: 'asked' });
    await put(outbox);
    this.#note([name], { put: 'acknowledged' });
  }

  async close(): Promise<void> {
    await (await this.writer()).close();
  }

  /** The next that is there now. Who writes is signed as dead, though it may live in this very process. */
  async take(): Promise<Item | undefined> {
    const inbox = await this.reader();
    const next = inbox.tryGet().catch((error: unknown) => {
      if (!(error instanceof ProducerLostError)) throw error;
      return undefined;
    });
    return this.#got(await next);
  }

  async #got(item: Item | undefined): Promise<Item | undefined> {
    for (const { name, path } of item === undefined ? [] : filesOf(item)) {
      const text = await textOf(this.fs, path);
      if (!this.#isStopped()) this.#promises.deliver(name, text, name);
    }
    return item;
  }

  async done(item: Item | undefined): Promise<void> {
    await this.#end(item, 'done', () => item?.done());
  }

  async giveUp(item: Item | undefined): Promise<void> {
    await this.#end(item, 'givenUp', () => item?.fail(new PermanentError('never')));
  }

  async #end(item: Item | undefined, how: 'done' | 'givenUp', act: () => Promise<void> | undefined): Promise<void> {
    const names = item === undefined ? [] : filesOf(item).map(({ name }) => name);
    this.#note(names, { [how]: 'asked' });
    await act();
    this.#note(names, { [how]: 'acknowledged' });
  }

  async markAllDone(): Promise<void> {
    const inbox = await this.reader();
    if (!('markAllDone' in inbox)) return;
    const left = this.#promises.where(({ done, givenUp }) => done !== 'acknowledged' && givenUp !== 'acknowledged');
    const ends = new Map(left.map((name) => [name, this.#promises.entries.get(name)?.givenUp]));
    this.#note(left, { done: 'asked' });
    await inbox.markAllDone();
    // Of what somebody gave up it is not known which of the two it is.
    this.#note(
      left.filter((name) => ends.get(name) === 'no'),
      { done: 'acknowledged' },
    );
  }

  async retry(): Promise<void> {
    const inbox = await this.reader();
    const failed = this.#promises.where(({ givenUp }) => givenUp !== 'no');
    this.#note(failed, { givenUp: 'asked' });
    await inbox.retry();
  }

  /** All that is left, each done, until the end. */
  async workOff(end: (item: Item | undefined) => Promise<void> = (item) => this.done(item)): Promise<void> {
    const inbox = await this.reader();
    for (let item = await this.#got(await inbox.get()); item !== undefined; item = await this.#got(await inbox.get())) await end(item);
  }

  async leave(): Promise<void> {
    await this.#inbox?.dispose();
    await this.#outbox?.dispose();
    this.#inbox = this.#outbox = undefined;
  }

  /** What it is told after its end it never heard. */
  #note(names: readonly string[], change: Parameters<FolderPromises['note']>[1]): void {
    if (!this.#isStopped()) this.#promises.note(names, change);
  }
}

function filesOf(item: Item): readonly { readonly name: string; readonly path: string }[] {
  return 'files' in item ? item.files : [item];
}
