import type { Consumer } from '../folders/consumer.ts';
import type { FolderContext } from '../folders/folder-context.ts';
import type { FolderLook, ReadyFile } from '../folders/folder-look.ts';
import { takeGroup } from '../folders/group-claim.ts';
import type { StrangeFiles } from '../folders/strange-files.ts';
import { originalName } from '../formats/claim-name.ts';
import { type FileGroup, type FileGroups, groupFiles, type GroupRules } from '../machines/file-groups.ts';
import { ClaimedGroup } from './claimed-group.ts';
import type { Supply } from './folder-outlook.ts';
import type { GroupSettling } from './group-settling.ts';

export interface GroupSupplyParts {
  readonly context: FolderContext;
  readonly consumer: Consumer;
  readonly settling: GroupSettling;
  readonly strange: StrangeFiles;
  readonly rules: GroupRules;
}

interface MemberFile extends ReadyFile {
  readonly name: string;
}

/** How long a look is taken from, in milliseconds: what came since may be due earlier, and a producer may have failed. */
const LOOK_MS = 60_000;

/** Group by group, of those that are whole. */
export class GroupSupply implements Supply<ClaimedGroup> {
  readonly #parts: GroupSupplyParts;
  #look: FolderLook | undefined;
  #groups: FileGroups<MemberFile> = { complete: [], incomplete: [], strangers: [] };
  /** Those that are still to be tried, in reverse. */
  #next: FileGroup<MemberFile>[] = [];
  #filledAt = -Infinity;

  constructor(parts: GroupSupplyParts) {
    this.#parts = parts;
  }

  offers(look: FolderLook): boolean {
    return this.groups(look).complete.length > 0;
  }

  async fill(look: FolderLook): Promise<void> {
    this.#filledAt = this.#parts.context.clock.monotonic();
    this.#next = this.groups(look).complete.toReversed();
  }

  /** The groups among what a look found. */
  groups(look: FolderLook): FileGroups<MemberFile> {
    if (look === this.#look) return this.#groups;
    const { context, rules, strange } = this.#parts;
    const { extension } = context.rules;
    const files = look.ready.map((ready) => ({ ...ready, name: originalName(ready.file, extension) ?? ready.file }));
    this.#look = look;
    this.#groups = groupFiles(files, rules);
    for (const { name, reason } of this.#groups.strangers) strange.report(name, reason);
    return this.#groups;
  }

  async take(): Promise<ClaimedGroup | undefined> {
    const { context, consumer, settling } = this.#parts;
    for (let next = this.#next.pop(); next !== undefined; next = this.#next.pop()) {
      const { group, files } = next;
      const now = context.clock.monotonic();
      if (now - this.#filledAt >= LOOK_MS) return this.#lookAnew();
      const names = files.map(({ file }) => file);
      const taken = await takeGroup(context, group, names, await consumer.claimer(now));
      if (taken.kind === 'claimed') return new ClaimedGroup(settling, taken.claim, now);
      if (taken.kind === 'spent') await settling.giveUpSpent(taken.claim);
    }
    return undefined;
  }

  #lookAnew(): undefined {
    this.#next = [];
  }
}
