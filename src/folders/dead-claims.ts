import { parseClaimName } from '../formats/claim-name.ts';
import type { FolderContext } from './folder-context.ts';
import type { FoundClaim } from './folder-look.ts';
import { FolderUsers } from './folder-users.ts';
import type { Caretaker } from './maintenance.ts';
import { takeBack } from './take-back.ts';

/** As many claims are held: nobody has more in hands. */
const LIMIT = 262_144;

/** Takes back at once what those had of whom one look tells that they are dead: their processes are gone from this machine. */
export async function takeBackFromDead(context: FolderContext, { own, claimer, leaseMs }: Caretaker): Promise<void> {
  const { fs, layout, rules } = context;
  const claims: FoundClaim[] = [];
  await fs.scan(layout.directory, (file, kind) => {
    const claim = kind === 'file' && claims.length < LIMIT ? parseClaimName(file, rules.extension) : null;
    if (claim !== null) claims.push({ ...claim, file });
  });
  if (claims.length === 0) return;
  const users = await new FolderUsers(context, { leaseMs, own }).look(claims.map(({ consumer }) => consumer));
  const dead = new Set(users.filter(({ standing }) => standing === 'dead').map(({ name }) => name));
  const theirs = claims.filter(({ consumer }) => dead.has(consumer));
  await takeBack(context, theirs, claimer);
}
