import { randomBytes } from 'node:crypto';
import { basename, extname } from 'node:path';
import { type FolderContext, UniqueNames } from '../folders/folder-context.ts';
import { typedError } from '../folders/folder-refusal.ts';
import { claimedPath, originalName } from '../folders/message-files.ts';
import { Producer } from '../folders/producer.ts';
import type { MessageStream } from '../folders/stream-bytes.ts';
import { formatConsumer } from '../formats/claim-name.ts';
import { processIdentity } from '../fs/process-identity.ts';
import { checkFolderOptions, WRITABLE_RULES, type WritableFolderQueueOptions } from './folder-options.ts';
import { fileWork, type PutFileOptions, streamWork, textWork } from './folder-put.ts';
import { FolderPutting } from './folder-putting.ts';
import { DEFAULT_LEASE_MS, openFolderContext } from './open-folder.ts';
import type { PutFile } from './pending-put.ts';
import { WritingEnd } from './writing-end.ts';

const LONGEST_PRODUCER = 100;

/**
 * Puts files into a folder that other processes work off. Each is there whole or not at all, and stays through any crash once
 * its put resolved. It says HELO when it is opened and DONE when it is closed, so that readers know when they have all.
 */
export class WritableFolderQueue implements AsyncDisposable {
  /** What this producer is called; null for one that announces nothing. */
  readonly producer: string | null;
  readonly #context: FolderContext;
  readonly #putting: FolderPutting;
  readonly #end: WritingEnd;

  private constructor(context: FolderContext, name: string | null, producer: Producer | undefined) {
    this.producer = name;
    this.#context = context;
    this.#putting = new FolderPutting(context);
    this.#end = new WritingEnd({ context, putting: this.#putting, producer });
  }

  /**
   * Begins to fill a folder, which is made if it is not there. Readers hear of it, safely, before this resolves. It replaces
   * the earlier runs of its name that are over, DONE, FAILED or dead: nothing they said counts any more. A run of its name
   * that lives is let be. A stop before this resolves leaves nothing said, or a producer that is lost and that the
   * next run replaces.
   *
   * @throws NotAQueueError, FolderOptionsError if it is used with other options, FormatVersionError, ReadOnlyQueueError,
   * DiskError, TypeError
   */
  static async open(directory: string, options: WritableFolderQueueOptions = {}): Promise<WritableFolderQueue> {
    checkFolderOptions('WritableFolderQueue.open', directory, options, WRITABLE_RULES);
    const { producer = scriptName(), leaseMs = DEFAULT_LEASE_MS } = options;
    const opened = await openFolderContext(directory, options);
    const { host, pid } = processIdentity();
    const beat = formatConsumer(host, pid, randomBytes(4).toString('hex'));
    const context = { ...opened, names: new UniqueNames(`${beat}.`) };
    if (producer === null) return new WritableFolderQueue(context, null, undefined);
    try {
      return new WritableFolderQueue(context, producer, await Producer.open(context, { producer, beat, leaseMs }));
    } catch (error) {
      throw await typedError(context, 'open', context.layout.directory, error);
    }
  }

  /** The absolute path of the folder. */
  get directory(): string {
    return this.#context.layout.directory;
  }

  /** What messages end with. */
  get extension(): string {
    return this.#context.rules.extension;
  }

  /**
   * Puts a file: moves it in, or a copy of it. Readers see it whole or not at all. Once this resolves it is safe, and of a
   * move the source is gone for good; a stop before leaves the source as it was, or the message, or both, and the same put
   * once more finishes it: a file of the same device is known again as the message, wherever that is by then, unless it was
   * finished with `doneDir: null`. A file of another device, or one that can't be linked, is copied and then removed.
   *
   * It may be left unawaited: `flush` and `close` tell of its failure. Where there are no hard links at all, a message that
   * somebody else puts under the same name at the same moment may be overwritten. A file that has another name elsewhere
   * costs a look through the folder, to see whether that is there.
   *
   * @throws MessageExistsError if a message of that name is ready, UnusableMessageError if the file is not there, is no plain
   * file or has a name that no message can have: then nothing was changed. QueueClosedError. DiskError: if it was the sync
   * of the folder that failed, or the removal of the source, the message may be there
   */
  put(path: string, options?: PutFileOptions): Promise<PutFile> {
    return this.#putting.begin(() => {
      this.#end.assertOpen('put');
      return fileWork(this.#context, path, options);
    });
  }

  /** Puts a text, as UTF-8, under that name. What is said of `put` goes for it too. */
  putText(name: string, text: string): Promise<PutFile> {
    return this.#putting.begin(() => {
      this.#end.assertOpen('putText');
      return textWork(this.#context, name, text);
    });
  }

  /**
   * Puts all that a stream gives, text as UTF-8, under that name; it is never in memory as a whole. A stream that throws
   * leaves nothing, and this rejects with its error. `fail` and `dispose` give up a stream that has not ended. What is said
   * of `put` goes for it too.
   */
  putStream(name: string, stream: MessageStream): Promise<PutFile> {
    return this.#putting.begin(() => {
      this.#end.assertOpen('putStream');
      return streamWork(this.#context, name, stream, () => this.#end.assertWanted('putStream'));
    });
  }

  /** Resolves when all that was put is safe. Throws what a put failed with that nobody waited for, once. */
  flush(): Promise<void> {
    return this.#putting.flush();
  }

  /**
   * Says that this was all: DONE. Waits for every put, and throws, once, what one failed with that nobody waited for: then
   * nothing was said, and more can be put. Resolves when it is said and safe. If earlier runs of this producer may be alive
   * elsewhere, or in another boot of this machine, it waits until that is known: at most a `leaseMs` since the opening.
   *
   * A stop before leaves a producer that is lost. @throws QueueClosedError, DiskError: it may have been said; say it again
   */
  close(): Promise<void> {
    return this.#end.close();
  }

  /**
   * Says that it can't go on, and why: FAILED. Readers end with an `UpstreamFailedError` until a next run replaces this one;
   * what was put stays. Nobody is told by a producer without a name. @throws QueueClosedError, DiskError
   */
  fail(reason: unknown): Promise<void> {
    return this.#end.fail(reason);
  }

  /**
   * Stops putting. Without `close` or `fail` before, readers see at once that this producer is lost, and end with a
   * `ProducerLostError` when all that is there is done. Idempotent.
   */
  dispose(): Promise<void> {
    return this.#end.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** The own name of the message that lies there, claimed or not; undefined for what is no message of this queue. */
  originalName(path: string): string | undefined {
    return originalName(this.#context, path);
  }

  /** Where the message of that name lies while a reader has it; undefined if none has. It looks through the folder. */
  claimedPath(name: string): Promise<string | undefined> {
    return claimedPath(this.#context, name);
  }
}

/** What the script is called that runs: its next run has the same name. */
function scriptName(): string {
  const script = basename(process.argv[1] ?? '');
  return basename(script, extname(script)).slice(0, LONGEST_PRODUCER) || 'producer';
}
