import { DiskError } from '../errors.ts';
import { describeFailure, type FailureReason, isPermanent, KilledError } from '../formats/failure-reason.ts';
import { putBack } from '../folders/claim.ts';
import type { Claim } from '../folders/claimed-message.ts';
import type { Consumer } from '../folders/consumer.ts';
import { type FolderContext, secure } from '../folders/folder-context.ts';
import { finish, giveUp } from '../folders/settle.ts';
import { type Ended, unlessStanding } from '../folders/standing.ts';
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
    return this.#holdings.settle(file, 'done', 'done', () => (moved ? this.#wasMoved(file) : finish(this.#context, file.claim)));
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
  async #count({ claim, attempt }: ClaimedFile): Promise<Ended> {
    const ended = await this.#putBack(claim, attempt);
    if (ended === true) await secure(this.#context, this.#context.layout.directory);
    return ended;
  }

  /** As from a consumer that died: its attempt is counted. */
  async expire(file: ClaimedFile): Promise<void> {
    await this.#putBack(file.claim, file.attempt);
  }

  /** Gives up what was handed out `maxAttempts` times, and whose consumer died each time. */
  async giveUpSpent(claim: Claim): Promise<void> {
    await this.#giveUp(claim, describeFailure(new KilledError(claim.attempt)));
  }

  #putBack(claim: Claim, attempts: number): Promise<Ended> {
    return unlessStanding(this.#context, claim, undefined, () => putBack(this.#context, claim, attempts));
  }

  #giveUp(claim: Claim, reason: FailureReason): Promise<Ended> {
    return giveUp(this.#context, claim, this.#consumer.name, reason);
  }

  /** A file that is still there was not moved, and would come again. */
  #wasMoved({ claim, path }: ClaimedFile): Promise<Ended> {
    return unlessStanding(this.#context, claim, this.#context.layout.doneDir, async () => {
      if (await this.#context.fs.lstat(path)) throw new DiskError('done({ moved: true })', path, 'EEXIST');
      return true;
    });
  }
}
