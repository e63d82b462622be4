import { DiskError } from '../errors.ts';
import { describeFailure, type FailureReason, isPermanent, KilledError } from '../formats/failure-reason.ts';
import { putBack } from '../folders/claim.ts';
import type { Claim } from '../folders/claimed-message.ts';
import type { Consumer } from '../folders/consumer.ts';
import { type FolderContext, secure } from '../folders/folder-context.ts';
import { retract } from '../folders/retract.ts';
import { finish, giveUp } from '../folders/settle.ts';
import type { ClaimedFile, FileHost } from './claimed-file.ts';
import type { FolderHoldings } from './folder-holdings.ts';

/** Writes down what becomes of claimed files. */
export class FileSettling implements FileHost {
  readonly #context: FolderContext;
  readonly #consumer: Consumer;
  readonly #holdings: FolderHoldings<ClaimedFile>;

  constructor(context: FolderContext, consumer: Consumer, holdings: FolderHoldings<ClaimedFile>) {
    this.#context = context;
    this.#consumer = consumer;
    this.#holdings = holdings;
  }

  finish(file: ClaimedFile, moved: boolean): Promise<void> {
    return this.#holdings.settle(file, 'done', 'done', () => (moved ? this.#wasMoved(file) : this.#end(file.claim)));
  }

  release(file: ClaimedFile): Promise<void> {
    return this.#holdings.settle(file, 'release', 'released', () => this.#putBack(file.claim, file.attempt - 1));
  }

  fail(file: ClaimedFile, error: unknown): Promise<void> {
    const isLast = file.attempt >= this.#context.rules.maxAttempts || isPermanent(error);
    return this.#holdings.settle(file, 'fail', 'failed', () =>
      isLast ? this.#giveUp(file.claim, describeFailure(error)) : this.#count(file),
    );
  }

  /** Safe before it is acknowledged, or a power cut could bring the message back with fewer attempts than it had. */
  async #count({ claim, attempt }: ClaimedFile): Promise<boolean> {
    if (!(await this.#putBack(claim, attempt))) return false;
    await secure(this.#context, this.#context.layout.directory);
    return true;
  }

  /** As from a consumer that died: its attempt is counted. */
  expire(file: ClaimedFile): Promise<boolean> {
    return this.#putBack(file.claim, file.attempt);
  }

  /** Gives up what was handed out `maxAttempts` times, and whose consumer died each time. */
  async giveUpSpent(claim: Claim): Promise<void> {
    await this.#giveUp(claim, describeFailure(new KilledError(claim.attempt)));
  }

  async #end(claim: Claim): Promise<boolean> {
    if (isInDoubt(claim) && !(await this.#retract(claim, this.#context.layout.doneDir))) return false;
    return finish(this.#context, claim);
  }

  async #putBack(claim: Claim, attempts: number): Promise<boolean> {
    if (isInDoubt(claim) && !(await this.#retract(claim, undefined))) return false;
    return putBack(this.#context, claim, attempts);
  }

  async #giveUp(claim: Claim, reason: FailureReason): Promise<boolean> {
    if (isInDoubt(claim) && !(await this.#retract(claim, this.#context.layout.failedDir))) return false;
    return giveUp(this.#context, claim, this.#consumer.name, reason);
  }

  #retract(claim: Claim, directory: string | null | undefined): Promise<boolean> {
    return retract(this.#context, claim, directory, () => this.#consumer.claimer(this.#context.clock.monotonic()));
  }

  /** A file that is still there was not moved, and would come again. */
  async #wasMoved({ path }: ClaimedFile): Promise<boolean> {
    if (await this.#context.fs.lstat(path)) throw new DiskError('done({ moved: true })', path, 'EEXIST');
    return true;
  }
}

/** Whether the disk refused an end of it, after which it may be shown where that puts it. */
function isInDoubt({ tried, shown }: Claim): boolean {
  return tried !== undefined || shown !== undefined;
}
