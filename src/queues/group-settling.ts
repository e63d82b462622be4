import { describeFailure, isPermanent, KilledError } from '../formats/failure-reason.ts';
import { type FolderContext, secure } from '../folders/folder-context.ts';
import type { GroupClaim } from '../folders/group-claim.ts';
import { finishGroup, giveUpGroup, putBackGroup } from '../folders/group-settle.ts';
import type { Ended } from '../folders/standing.ts';
import type { ClaimedGroup, GroupHost } from './claimed-group.ts';
import type { FolderHoldings } from './folder-holdings.ts';

/** Writes down what becomes of claimed groups. */
export class GroupSettling implements GroupHost {
  readonly #context: FolderContext;
  readonly #holdings: FolderHoldings<ClaimedGroup>;

  constructor(context: FolderContext, holdings: FolderHoldings<ClaimedGroup>) {
    this.#context = context;
    this.#holdings = holdings;
  }

  finish(group: ClaimedGroup): Promise<void> {
    return this.#holdings.settle(group, 'done', 'done', () => finishGroup(this.#context, group.claim));
  }

  release(group: ClaimedGroup): Promise<void> {
    return this.#holdings.settle(group, 'release', 'released', () => putBackGroup(this.#context, group.claim, group.attempt - 1));
  }

  fail(group: ClaimedGroup, error: unknown): Promise<void> {
    const isLast = group.attempt >= this.#context.rules.maxAttempts || isPermanent(error);
    return this.#holdings.settle(group, 'fail', 'failed', () =>
      isLast ? giveUpGroup(this.#context, group.claim, describeFailure(error)) : this.#count(group),
    );
  }

  /** Safe before it is acknowledged, or a power cut could bring the group back with fewer attempts than it had. */
  async #count({ claim, attempt }: ClaimedGroup): Promise<Ended> {
    const ended = await putBackGroup(this.#context, claim, attempt);
    if (ended === true) await secure(this.#context, this.#context.layout.directory);
    return ended;
  }

  /** As from a consumer that died: its attempt is counted. */
  expire(group: ClaimedGroup): Promise<Ended> {
    return putBackGroup(this.#context, group.claim, group.attempt);
  }

  /** Gives up what was handed out `maxAttempts` times, and whose consumer died each time. */
  async giveUpSpent(claim: GroupClaim): Promise<void> {
    await giveUpGroup(this.#context, claim, describeFailure(new KilledError(claim.attempt)));
  }
}
