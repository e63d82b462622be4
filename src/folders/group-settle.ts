import { formatClaimName } from '../formats/claim-name.ts';
import type { FailureReason } from '../formats/failure-reason.ts';
import { claimFile } from '../fs/claim.ts';
import { putBack } from './claim.ts';
import type { Claim } from './claimed-message.ts';
import { type FolderContext, secure } from './folder-context.ts';
import type { GroupClaim } from './group-claim.ts';
import { dropReason, noteReason } from './group-reason.ts';
import { finish, giveUp } from './settle.ts';
import type { Ended, Standing } from './standing.ts';

/** What was decided: it is the first file's name from then on. */
type Decision = { readonly state: 'finished' } | { readonly state: 'failing'; readonly error: FailureReason };

/**
 * Finishes a group: false if it was taken back, and then nothing was changed. One rename of its first file decides; the
 * others are finished, and then that one. A stop in between leaves the first under a name that says what is to become of
 * all: whoever comes next completes it. So does the next end of a group of which the disk refused a part: what was decided
 * stands.
 */
export async function finishGroup(context: FolderContext, group: GroupClaim): Promise<Ended> {
  const stands = await standingGroup(context, group, 'finished');
  if (stands !== undefined) return stands;
  const first = await decide(context, group, { state: 'finished' });
  if (first === undefined) return false;
  await completeFinish(context, first, group.others);
  return true;
}

/** Gives a group up, a report beside each of its files: the same way. The reason is noted before, for who has to complete it. */
export async function giveUpGroup(context: FolderContext, group: GroupClaim, error: FailureReason): Promise<Ended> {
  const stands = await standingGroup(context, group, 'failing');
  if (stands !== undefined) return stands;
  if (!decided.has(group)) await noteReason(context, group, error);
  let first: Claim | undefined;
  try {
    first = await decide(context, group, { state: 'failing', error });
  } finally {
    if (!decided.has(group)) await dropReason(context, group);
  }
  if (first === undefined) return false;
  await completeGiveUp(context, first, group.others, group.consumer, error);
  await dropReason(context, group);
  return true;
}

/**
 * Gives a group back after so many counted attempts: false if it was taken back before, and then nothing was changed. Its
 * first file decides that too, so it goes first. A stop in between leaves others claimed, without whom nobody takes the
 * group: they come back one by one.
 */
export async function putBackGroup(context: FolderContext, group: GroupClaim, attempts: number): Promise<Ended> {
  const stands = await standingGroup(context, group);
  if (stands !== undefined) return stands;
  const { first, others } = group;
  if (!givenBack.has(group) && !(await putBack(context, first, attempts))) return false;
  givenBack.add(group);
  for (const other of others) await putBack(context, other, attempts);
  return true;
}

/** The others first: only when all of them are where they belong may the first, which remembers them, go there too. */
export async function completeFinish(context: FolderContext, first: Claim, others: readonly Claim[]): Promise<void> {
  // All are waited for: a repeat, after the disk refused one, must not work on the same file at the same time.
  const results = await Promise.allSettled(others.map((other) => finish(context, other)));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  await finish(context, first);
}

export async function completeGiveUp(
  context: FolderContext,
  first: Claim,
  others: readonly Claim[],
  consumer: string,
  error: FailureReason,
): Promise<void> {
  for (const claim of [...others, first]) await giveUp(context, claim, consumer, error);
  // Before the note of the reason goes: what a power cut brings back would find none.
  await secure(context, context.layout.directory);
}

/** What was decided by this process, and of whose first file it was told to be given back: a repeat after a refusal goes on from there. */
const decided = new WeakMap<GroupClaim, { readonly decision: Decision; readonly first: Claim }>();
const givenBack = new WeakSet<GroupClaim>();

/** Where the file of a group lies that decides for it. */
export function firstOf(group: GroupClaim): Claim {
  return decided.get(group)?.first ?? group.first;
}

/** Whether its end was begun by this process: then it may be gone though nobody took it back. */
export function isGroupEnding(group: GroupClaim): boolean {
  return decided.has(group) || givenBack.has(group);
}

/** How it ended by what was decided before, which is completed; undefined if that is what is to be done now, or nothing was. */
async function standingGroup(context: FolderContext, group: GroupClaim, state?: Decision['state']): Promise<Standing | undefined> {
  const before = decided.get(group);
  if (before === undefined || before.decision.state === state) return undefined;
  const { decision } = before;
  if (decision.state === 'failing') return (await giveUpGroup(context, group, decision.error), 'failed');
  return (await finishGroup(context, group), 'done');
}

/**
 * All claims are safe before it is decided, and the decision before anything follows from it: of names that were changed
 * one after the other a power cut may undo any. A decision without the claims would be one for its first file alone.
 */
async function decide(context: FolderContext, group: GroupClaim, decision: Decision): Promise<Claim | undefined> {
  const { fs, layout } = context;
  const { consumer, claim, attempt, first } = group;
  const before = decided.get(group);
  const path = `${layout.directory}/${formatClaimName({ name: first.name, consumer, claim, attempt, state: decision.state })}`;
  if (before === undefined) {
    await secure(context, layout.directory);
    if (!(await claimFile(fs, first.path, path))) return undefined;
  }
  const moved = before?.first ?? { ...first, path };
  if (before === undefined) decided.set(group, { decision, first: moved });
  await secure(context, layout.directory);
  return moved;
}
