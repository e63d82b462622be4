import { type ClaimName, formatClaimName } from '../formats/claim-name.ts';
import type { FailureReason } from '../formats/failure-reason.ts';
import { claimFile } from '../fs/claim.ts';
import { removeIfThere } from '../fs/publish.ts';
import { allClaims } from './all-claims.ts';
import { type Claimer, endIfFinished, putBack } from './claim.ts';
import type { Claim } from './claimed-message.ts';
import { type FolderContext, secure } from './folder-context.ts';
import type { FoundClaim } from './folder-look.ts';
import { dropReason, notedReason, sweepReasons } from './group-reason.ts';
import { completeFinish, completeGiveUp } from './group-settle.ts';
import { sweepCopies } from './kept-copy.ts';
import { sweepReports } from './settle.ts';

/** Who takes back, and the number of the claim that it may have to make for that. */
export type NextClaimer = () => Claimer | Promise<Claimer>;

/**
 * Takes back what a dead consumer had, as far as it was seen before that was known: each message is ready again, with its
 * attempt counted, and a group whose end was decided is brought to that end. What the consumer claims should it wake after
 * all is not touched. Gives how many files came back, or are where they belong now.
 */
export async function takeBack(context: FolderContext, claims: readonly FoundClaim[], claimer: NextClaimer): Promise<number> {
  if (claims.length === 0) return 0;
  const begun: Begun[] = [];
  let count = 0;
  for (const together of await seenForSure(context, claims)) {
    const [first] = together;
    const decided = together.find(({ state }) => state !== 'wip');
    if (decided !== undefined) begun.push({ number: numberOf(decided), decided });
    else if (first !== undefined && together.length === 1) count += await comeBack(context, claimOf(context, first));
    else if (first !== undefined) {
      const taken = await takeOver(context, first, await claimer());
      if (taken !== undefined) begun.push({ number: numberOf(first), taken });
    }
  }
  return begun.length === 0 ? count : count + (await endAll(context, begun));
}

/** Takes a dead consumer's heartbeat away, once nothing is left that it had. One that wakes sees by it that it was found dead. */
export async function forget(context: FolderContext, consumer: string): Promise<void> {
  await sweepReasons(context, consumer);
  await sweepReports(context, consumer);
  await sweepCopies(context);
  await removeIfThere(context.fs, `${context.layout.consumers}/${consumer}`);
}

/** A group that is being taken back: its first is ours, or says what is to become of all. */
type Begun = { readonly number: string; readonly taken: Claim } | { readonly number: string; readonly decided: FoundClaim };

/**
 * What was claimed at once, of those that were seen: one file, or a group of them, the first by name first.
 *
 * A listing may show a file that is renamed meanwhile under neither name. The first of a group is renamed when it is
 * claimed, when its end is decided, and when that has come, after all others: of three listings one shows it as long as the
 * others are there. Else these would be taken from a consumer that only slept, and still decides what becomes of them.
 */
async function seenForSure(context: FolderContext, claims: readonly FoundClaim[]): Promise<FoundClaim[][]> {
  const numbers = new Map<string, Map<string, FoundClaim>>();
  for (const claim of claims) numbers.set(numberOf(claim), new Map());
  for (const listing of [claims, await allClaims(context), await allClaims(context)])
    for (const claim of listing) numbers.get(numberOf(claim))?.set(claim.name, claim);
  return [...numbers.values()].map((together) => [...together.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1)));
}

/**
 * The first becomes ours: of all who take the group back one does, and its consumer, should it wake, finds that it lost it.
 * A stop after that leaves the first with us, who are found dead, and the others with nobody's first: each goes back alone.
 */
async function takeOver(context: FolderContext, first: FoundClaim, { consumer, claim }: Claimer): Promise<Claim | undefined> {
  const { fs, layout } = context;
  const { name, file, attempt } = first;
  const path = `${layout.directory}/${formatClaimName({ name, consumer, claim, attempt, state: 'wip' })}`;
  return (await claimFile(fs, `${layout.directory}/${file}`, path)) ? { name, path, attempt, inode: undefined } : undefined;
}

/** Only what is listed from now on is all that a group has: its consumer may have been claiming when it was seen. */
async function endAll(context: FolderContext, begun: readonly Begun[]): Promise<number> {
  const others = new Map<string, FoundClaim[]>(begun.map(({ number }) => [number, []]));
  for (const claim of await allClaims(context)) others.get(numberOf(claim))?.push(claim);
  let count = 0;
  for (const group of begun) count += await endOne(context, group, others.get(group.number) ?? []);
  return count;
}

async function endOne(context: FolderContext, group: Begun, found: readonly FoundClaim[]): Promise<number> {
  const rest = found.filter(({ state }) => state === 'wip').map((claim) => claimOf(context, claim));
  // Whatever the listings did not show: what was decided holds, for those too that are ours by now.
  const decided = 'decided' in group ? group.decided : found.find(({ state }) => state !== 'wip');
  const ours = 'taken' in group ? [group.taken] : [];
  if (decided !== undefined) return complete(context, decided, [...rest, ...ours]);
  let count = 0;
  // The first last: as long as it is claimed nobody takes the group for whole.
  for (const claim of [...rest, ...ours]) count += await comeBack(context, claim);
  return count;
}

async function complete(context: FolderContext, decided: FoundClaim, others: readonly Claim[]): Promise<number> {
  const first = claimOf(context, decided);
  // Who decided may have been killed before that was safe.
  await secure(context, context.layout.directory);
  if (decided.state === 'finished') await completeFinish(context, first, others);
  else {
    await completeGiveUp(context, first, others, decided.consumer, (await notedReason(context, decided)) ?? HALF_GIVEN_UP);
    await dropReason(context, decided);
  }
  // Not ready again, but gone from where it was: the folder is to be looked at once more.
  return others.length + 1;
}

/** A disk that was full has no note of the reason. */
const HALF_GIVEN_UP: FailureReason = { name: 'Error', message: 'its consumer died while it gave the group up' };

/** What was finished or given up already, and only its claim is left, must not come again. */
async function comeBack(context: FolderContext, claim: Claim): Promise<number> {
  const found = await context.fs.lstat(claim.path);
  if (found !== undefined && found.links > 1 && (await endIfFinished(context, claim, found))) return 1;
  return (await putBack(context, claim, claim.attempt)) ? 1 : 0;
}

function claimOf({ layout }: FolderContext, { name, file, attempt }: FoundClaim): Claim {
  return { name, path: `${layout.directory}/${file}`, attempt, inode: undefined };
}

/** What all files of one claim have in common. */
function numberOf({ consumer, claim }: ClaimName): string {
  return `${consumer}-${claim}`;
}
