import { QueueClosedError } from '../errors.ts';
import type { FailedFile } from '../folders/failed-files.ts';
import type { FolderCounts } from '../folders/folder-counts.ts';
import type { MaintenanceOptions } from '../folders/maintenance.ts';
import type { PurgeReport } from '../folders/purge.ts';
import type { ResetReport } from '../folders/reset.ts';
import type { GroupRules, IncompleteGroup } from '../machines/file-groups.ts';
import type { ClaimedGroup } from './claimed-group.ts';
import { FolderCare } from './folder-care.ts';
import { checkFolderOptions, GROUPED_RULES, type GroupedFolderQueueOptions } from './folder-options.ts';
import { FolderReading, type ReadingGround, type ReadingKind } from './folder-reading.ts';
import { GroupSettling } from './group-settling.ts';
import { GroupSupply } from './group-supply.ts';
import { IncompleteGroups } from './incomplete-groups.ts';
import { checkGetOptions } from './queue-options.ts';
import type { ConsumableQueue, GetOptions } from './queue.ts';

/**
 * Takes whole groups of files out of a folder: all files of a day, say, once each business unit's is there. Of several
 * readers one has all files of a group, or none. The names of all files in the folder are held in memory.
 */
export class GroupedFolderQueue implements ConsumableQueue<ClaimedGroup>, AsyncIterable<ClaimedGroup>, AsyncDisposable {
  readonly #reading: FolderReading<ClaimedGroup>;
  readonly #care: FolderCare<ClaimedGroup>;
  readonly #incomplete: IncompleteGroups;

  private constructor(reading: FolderReading<ClaimedGroup>, care: FolderCare<ClaimedGroup>, incomplete: IncompleteGroups) {
    this.#reading = reading;
    this.#care = care;
    this.#incomplete = incomplete;
  }

  /**
   * Begins to read a folder, which is made if it is not there.
   * @throws NotAQueueError, FolderOptionsError if it is used with other options, FormatVersionError, ReadOnlyQueueError, TypeError
   */
  static async open(directory: string, options: GroupedFolderQueueOptions): Promise<GroupedFolderQueue> {
    checkFolderOptions('GroupedFolderQueue.open', directory, options, GROUPED_RULES);
    for (const option of ['groupKey', 'memberKey', 'members'] as const) {
      if (options?.[option] === undefined) throw new TypeError(`GroupedFolderQueue.open needs ${option}: ${GROUPED_RULES[option]?.wants}.`);
    }
    const incomplete = new IncompleteGroups(options.onIncompleteGroup);
    const reading = await FolderReading.open<ClaimedGroup>(directory, options, (ground) => kindOf(ground, options, incomplete));
    return new GroupedFolderQueue(reading, new FolderCare(reading, options), incomplete);
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

  /** Once it came to its end: the groups that were not whole, and what each of them lacks. Their files stay where they are. */
  get incomplete(): readonly IncompleteGroup[] {
    return this.#incomplete.all;
  }

  /**
   * Waits for the next whole group. Undefined at the end, as `ReadableFolderQueue.get`; what is not whole then is told to
   * `onIncompleteGroup`, and is in `incomplete`.
   *
   * @throws QueueTimeoutError, UpstreamFailedError if a producer failed, ProducerLostError if one died, the signal's reason
   */
  async get(options: GetOptions = {}): Promise<ClaimedGroup | undefined> {
    checkGetOptions('get', options);
    return this.#reading.taking.get(options);
  }

  /** The next group if a whole one is there now. */
  tryGet(): Promise<ClaimedGroup | undefined> {
    return this.#reading.taking.tryGet();
  }

  /** Group after group, to the end. A break or a throw gives the last one back, advancing does not. */
  [Symbol.asyncIterator](): AsyncGenerator<ClaimedGroup, void, void> {
    return this.#reading.all();
  }

  // What is done to the folder as a whole, file by file: FolderCare.

  /** How many files there are of each, as one look through the folder tells while others change it. */
  counts(): Promise<FolderCounts> {
    return this.#care.counts();
  }

  /** What was given up, file by file, each with its group's reason. */
  failed(): AsyncGenerator<FailedFile, void, void> {
    return this.#care.failed();
  }

  /**
   * Puts back to work what was given up, its attempts uncounted. Gives how many files. A group comes again once all of its
   * files are back: of one that was put back in part the rest is waited for.
   * @param names which of them, by their own names; all without
   */
  retry(names?: Iterable<string>): Promise<number> {
    return this.#care.retry(names);
  }

  /**
   * Makes all that is claimed ready again, what this reader has in hands too, each with the attempts it had; a group whose
   * end was decided is brought to that end. Gives how many files.
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

function kindOf(
  { context, consumer, strange, holdings }: ReadingGround<ClaimedGroup>,
  rules: GroupRules,
  incomplete: IncompleteGroups,
): ReadingKind<ClaimedGroup> {
  const settling = new GroupSettling(context, holdings);
  const supply = new GroupSupply({ context, consumer, settling, strange, rules });
  return {
    supply,
    limit: Infinity,
    expire: (group) => settling.expire(group),
    atEnd: (look) => incomplete.set(supply.groups(look).incomplete),
  };
}
