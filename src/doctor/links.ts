import { claimFile } from '../fs/claim.ts';
import { errnoName } from '../fs/errno.ts';
import { linkOnce } from '../fs/publish.ts';
import { readSmallFile } from '../fs/small-file.ts';
import { makeFile } from './small-files.ts';
import type { Workplace } from './workplace.ts';

/** How names and files hang together here: what one process alone can see. An answer is `null` where it could not be asked. */
export interface LinkFinding {
  /** Why there are no hard links, as `EPERM`; null if there are. */
  readonly hardLinksRefused: string | null;
  /** Two names of a file show the same inode, and that there are two. */
  readonly linksAreCounted: boolean | null;
  /** What a link to a name that is taken answers: `EEXIST`, or `overwritten`. */
  readonly takenName: string | null;
  /** Renaming one name of a file onto another of its names: `nothing` happens, the old name is `removed`, or an errno. */
  readonly renameOntoItself: string | null;
  readonly renameKeepsInode: boolean;
  /** What a rename of a name that is gone answers: `ENOENT`, or `renamed`. */
  readonly goneName: string;
  /** What making a file anew under a name that is taken answers: `EEXIST`, or `opened`. */
  readonly secondFile: string;
  /** Why there are no symbolic links; null if there are. Nothing of the library needs them. */
  readonly symbolicLinksRefused: string | null;
}

export async function examineLinks(place: Workplace): Promise<LinkFinding> {
  const { fs, probe } = place;
  const room = await place.room('links');
  const at = (name: string): string => `${room}/${name}`;
  await makeFile(fs, at('a'), 'a');
  await makeFile(fs, at('b'), 'b');
  const before = await fs.lstat(at('a'));
  // A disk that loses files is found by the race; here it only has to go on.
  if (!(await claimFile(fs, at('a'), at('c')))) await makeFile(fs, at('c'));
  return {
    ...(await examineHardLinks(place, at)),
    renameKeepsInode: before !== undefined && before.inode === (await fs.lstat(at('c')))?.inode,
    goneName: await answerOf(() => fs.rename(at('a'), at('d')), 'renamed'),
    secondFile: await answerOf(() => makeFile(fs, at('b')), 'opened'),
    symbolicLinksRefused: await refusalOf(() => probe.symlink('c', at('symbolic'))),
  };
}

type HardLinks = Pick<LinkFinding, 'hardLinksRefused' | 'linksAreCounted' | 'takenName' | 'renameOntoItself'>;

async function examineHardLinks({ fs }: Workplace, at: (name: string) => string): Promise<HardLinks> {
  const hardLinksRefused = await refusalOf(async () => void (await linkOnce(fs, at('c'), at('twin'))));
  if (hardLinksRefused !== null) return { hardLinksRefused, linksAreCounted: null, takenName: null, renameOntoItself: null };
  const [one, other] = [await fs.lstat(at('c')), await fs.lstat(at('twin'))];
  const linksAreCounted = one !== undefined && one.inode === other?.inode && one.links === 2;
  const answer = await answerOf(() => fs.link(at('c'), at('b')), 'linked');
  const kept = await readSmallFile(fs, at('b'), 16);
  const takenName = kept.kind === 'text' && kept.text === 'b' ? answer : 'overwritten';
  const renamed = await refusalOf(() => fs.rename(at('c'), at('twin')));
  const isThere = (await fs.lstat(at('c'))) !== undefined;
  // What follows looks for this name.
  if (!isThere) await claimFile(fs, at('twin'), at('c'));
  return { hardLinksRefused, linksAreCounted, takenName, renameOntoItself: renamed ?? (isThere ? 'nothing' : 'removed') };
}

async function refusalOf(call: () => Promise<void>): Promise<string | null> {
  try {
    await call();
    return null;
  } catch (error) {
    return errnoName(error);
  }
}

async function answerOf(call: () => Promise<void>, whenDone: string): Promise<string> {
  return (await refusalOf(call)) ?? whenDone;
}
