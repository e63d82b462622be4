import { QueueClosedError } from '../errors.ts';
import type { FailedFile } from '../folders/failed-files.ts';
import type { FolderCounts } from '../folders/folder-counts.ts';
import type { MaintenanceOptions } from '../folders/maintenance.ts';
import { claimedPath, originalName } from '../folders/message-files.ts';
import type { PurgeReport } from '../folders/purge.ts';
import type { ResetReport } from '../folders/reset.ts';
import { checkGetMany, checkGetOptions } from './queue-options.ts';
import type { ClaimedFile } from './claimed-file.ts';
import { checkFolderOptions, READABLE_RULES, type ReadableFolderQueueOptions } from './folder-options.ts';
import { FileSettling } from './file-settling.ts';
import { type ClaimTally, FileSupply } from './file-supply.ts';
import { FolderCare } from './folder-care.ts';
import { FolderReading, type ReadingGround, type ReadingKind } from './folder-reading.ts';
import type { ConsumableQueue, GetOptions } from './queue.ts';

/** As many names of a listing are kept: a million would take 200 MB. Of half as many, a million files take a third longer. */
const LISTING_LIMIT = 131_072;

function readingOf(
  ground: ReadingGround<ClaimedFile>,
  { order = 'relaxed' }: ReadableFolderQueueOptions,
  tally: ClaimTally,
): ReadingKind<ClaimedFile> {
  const { context, consumer, neighbours, holdings } = ground;
  const settling = new FileSettling(context, consumer, holdings);
  const supply = new FileSupply({ context, consumer, neighbours, settling, order, tally });
  return { supply, limit: LISTING_LIMIT, expire: (file) => settling.expire(file) };
}

/**
 * Takes files out of a folder that other processes fill, and shares them with other readers: each is handed to one. What a
 * reader that died had comes back by itself.
 */
export class ReadableFolderQueue implements ConsumableQueue<ClaimedFile>, AsyncIterable<ClaimedFile>, AsyncDisposable {
  readonly #reading: FolderReading<ClaimedFile>;
  readonly #care: FolderCare<ClaimedFile>;

  readonly #tally: ClaimTally;

  private constructor(reading: FolderReading<ClaimedFile>, care: FolderCare<ClaimedFile>, tally: ClaimTally) {
    this.#reading = reading;
    this.#tally = tally;
    this.#care = care;
  }

  /**
   * Begins to read a folder, which is made if it is not there.
   * @throws NotAQueueError, FolderOptionsError if it is used with other options, FormatVersionError, ReadOnlyQueueError, TypeError
   */
  static async open(directory: string, options: ReadableFolderQueueOptions = {}): Promise<ReadableFolderQueue> {
    checkFolderOptions('ReadableFolderQueue.open', directory, options, READABLE_RULES);
    const tally: ClaimTally = { tries: 0, won: 0 };
    const reading = await FolderReading.open<ClaimedFile>(directory, options, (ground) => readingOf(ground, options, tally));
    return new ReadableFolderQueue(reading, new FolderCare(reading, options), tally);
  }

  /** The absolute path of the folder. */
  get directory(): string {
    return this.#reading.context.layout.directory;
  }

  /** What messages end with. */
  get extension(): string {
    return this.#reading.context.rules.extension;
  }

  get maxAttempts(): number {
    return this.#reading.context.rules.maxAttempts;
  }

  /** What this reader is called in the names of the files that it has. */
  get consumer(): string {
    return this.#reading.consumer.name;
  }

  /** How often this reader tried to take a file, and how often it was the first: what sharing the folder costs. */
  get claims(): { readonly tries: number; readonly won: number } {
    return { ...this.#tally };
  }

  /**
   * Waits for the next file. Undefined when every producer that said HELO has said DONE, nothing is ready and no other
   * reader that lives has any; to a reader that holds files, as soon as producers are done and nothing is ready now.
   *
   * @throws QueueTimeoutError, UpstreamFailedError if a producer failed, ProducerLostError if one died, QueueNotFoundError
   * if the folder went away, the signal's reason
   */
  get(options?: GetOptions): Promise<ClaimedFile | undefined> {
    return options === undefined ? this.#reading.taking.get({}) : this.#getChecked(options);
  }

  /** The next file if one is there now. */
  tryGet(): Promise<ClaimedFile | undefined> {
    return this.#reading.taking.tryGet();
  }

  /** Waits for the next file, and takes with it what else is there, at most `most` in all. Empty at the end. */
  async getMany(most: number, options: GetOptions = {}): Promise<ClaimedFile[]> {
    checkGetMany(most, options);
    const first = await this.#reading.taking.get(options);
    return first === undefined ? [] : [first, ...(await this.#reading.taking.getMore(most - 1))];
  }

  /**
   * File after file, to the end. A break or a throw gives the last one back, advancing does not. While earlier ones are
   * unsettled it waits for them to be settled, since they may come again.
   */
  [Symbol.asyncIterator](): AsyncGenerator<ClaimedFile, void, void> {
    return this.#reading.all();
  }

  async #getChecked(options: GetOptions): Promise<ClaimedFile | undefined> {
    checkGetOptions('get', options);
    return this.#reading.taking.get(options);
  }

  // What is done to the folder as a whole, or to a file by its path: FolderCare.

  /** How many files there are of each, as one look through the folder tells while others change it. */
  counts(): Promise<FolderCounts> {
    return this.#care.counts();
  }

  /** The own name of the message that lies there, claimed or not; undefined for what is no message of this queue. */
  originalName(path: string): string | undefined {
    return originalName(this.#reading.context, path);
  }

  /** Where the message of that name lies while a reader has it; undefined if none has. It looks through the folder. */
  claimedPath(name: string): Promise<string | undefined> {
    return claimedPath(this.#reading.context, name);
  }

  /**
   * Finishes a claimed file whose path travelled through another program, whoever claimed it: what `done` of the file does.
   * @throws ClaimLostError if it is not there any more, NotAClaimError if the path is no claim of this folder
   */
  done(path: string): Promise<void> {
    return this.#care.done(path);
  }

  /**
   * Finishes all that is ready, file by file, as though somebody had worked on each; what others have in hands is theirs.
   * Gives how many. A stop leaves some of it done: call it again.
   */
  markAllDone(): Promise<number> {
    return this.#care.markAllDone();
  }

  /** What was given up, by name, with its reason. */
  failed(): AsyncGenerator<FailedFile, void, void> {
    return this.#care.failed();
  }

  /**
   * Puts back to work what was given up, its attempts uncounted; nothing newer of its name is touched. Gives how many.
   * @param names which of them, by their own names; all without
   */
  retry(names?: Iterable<string>): Promise<number> {
    return this.#care.retry(names);
  }

  /**
   * Makes all that is claimed ready again, what this reader has in hands too, each with the attempts it had. Gives how many.
   * @throws FolderInUseError while somebody else who lives uses the folder, unless `force`
   */
  releaseClaims(options: MaintenanceOptions = {}): Promise<number> {
    return this.#care.releaseClaims(options);
  }

  /** Removes what producers of past runs said. Gives how many files that were. @throws FolderInUseError */
  clearControlFiles(options: MaintenanceOptions = {}): Promise<number> {
    return this.#care.clearControlFiles(options);
  }

  /** `releaseClaims` and `clearControlFiles`: as before anybody worked on what is left. @throws FolderInUseError */
  reset(options: MaintenanceOptions = {}): Promise<ResetReport> {
    return this.#care.reset(options);
  }

  /**
   * Deletes everything in the folder but directories that are not the queue's, and ends this reader. A stop leaves a part of
   * it: purge it again. @throws FolderInUseError
   */
  purge(options: MaintenanceOptions = {}): Promise<PurgeReport> {
    return this.#care.purge(options);
  }

  /** Stops reading: what is in hands is given back, uncounted. Idempotent. */
  dispose(): Promise<void> {
    return this.#reading.dispose(new QueueClosedError('get', this.directory, 'disposed'));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
