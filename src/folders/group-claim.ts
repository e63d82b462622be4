import { formatClaimName, parseReadyName } from '../formats/claim-name.ts';
import { claimFile } from '../fs/claim.ts';
import { type Claimer, putBack, endIfFinished, undoClaim } from './claim.ts';
import type { Claim } from './claimed-message.ts';
import type { FolderContext } from './folder-context.ts';

/** A group that a consumer of ours has: its files, of which the first by name decides for all. */
export interface GroupClaim extends Claimer {
  readonly group: string;
  readonly attempt: number;
  readonly first: Claim;
  readonly others: readonly Claim[];
}

/** `spent`: its attempts were used up before; it is to be given up. `lost`: somebody else was faster, or one of it was finished before. */
export type TakenGroup = { readonly kind: 'claimed' | 'spent'; readonly claim: GroupClaim } | { readonly kind: 'lost' };

/** A file that is being taken, and what it goes back as. */
interface Member {
  readonly file: string;
  readonly name: string;
  readonly path: string;
  readonly attempt: number;
  /** The attempts that it had before. */
  readonly before: number;
}

const LOST: TakenGroup = { kind: 'lost' };

/**
 * Takes all files of a group, or none. The first by name is taken first, and looked at once more after the last: who slept
 * in between has lost it to somebody who took it for dead, and gives the rest back. So does who is refused one by the disk:
 * the others would stay with a consumer that lives, and nobody would get the group.
 *
 * A stop in between leaves some claimed by a consumer that is found dead; they go back, and the group is whole again.
 */
export async function takeGroup(context: FolderContext, group: string, files: readonly string[], claimer: Claimer): Promise<TakenGroup> {
  const { fs, rules } = context;
  const counted = parseReadyName(files[0] ?? '', rules.extension)?.attempts ?? 0;
  const isSpent = counted >= rules.maxAttempts;
  const attempt = isSpent ? counted : counted + 1;
  const claims: (Claim & Member)[] = [];
  let tried: Member | undefined;
  try {
    for (const file of files) {
      tried = memberOf(context, file, claimer, attempt);
      const claim = tried && (await takeMember(context, tried));
      if (!tried || !claim) return (await giveBackAll(context, claims), LOST);
      claims.push({ ...tried, ...claim });
    }
    const [first, ...others] = claims;
    if (first === undefined || (await fs.lstat(first.path)) === undefined) return (await giveBackAll(context, others), LOST);
    return { kind: isSpent ? 'spent' : 'claimed', claim: { ...claimer, group, attempt, first, others } };
  } catch (error) {
    for (const member of [...claims, ...(tried ? [tried] : [])].toReversed()) await undoClaim(context, member, member.before);
    throw error;
  }
}

/** Undefined if it is no message. */
function memberOf({ layout, rules }: FolderContext, file: string, { consumer, claim }: Claimer, attempt: number): Member | undefined {
  const ready = parseReadyName(file, rules.extension);
  if (ready === null) return undefined;
  const { name, attempts } = ready;
  const path = `${layout.directory}/${formatClaimName({ name, consumer, claim, attempt, state: 'wip' })}`;
  return { file, name, path, attempt, before: attempts };
}

async function takeMember(context: FolderContext, { file, name, path, attempt }: Member): Promise<Claim | undefined> {
  const { fs, layout } = context;
  if (!(await claimFile(fs, `${layout.directory}/${file}`, path))) return undefined;
  const found = await fs.lstat(path);
  if (found === undefined) return undefined;
  const taken: Claim = { name, path, attempt, inode: found.inode };
  if (found.kind !== 'file') return (await putBack(context, taken, 0), undefined);
  // It was finished before, and its group is none any more: what is left of it is not handed out.
  if (found.links > 1 && (await endIfFinished(context, taken, found))) return undefined;
  return taken;
}

/** The first goes last: as long as it is claimed nobody takes the group for whole. */
async function giveBackAll(context: FolderContext, claims: readonly Member[]): Promise<void> {
  for (const claim of claims.toReversed()) await putBack(context, claim, claim.before);
}
