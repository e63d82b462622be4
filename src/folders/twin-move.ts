import { formatAgainName, formatClaimName } from '../formats/claim-name.ts';
import { claimFile } from '../fs/claim.ts';
import { removeIfThere } from '../fs/publish.ts';
import { isSameFile } from '../fs/same-file.ts';
import type { FolderContext } from './folder-context.ts';
import { findPublished, type Source } from './published.ts';

/**
 * After a file was shown: somebody else may have moved the same one at the same moment, so that it is shown twice, if his
 * message was taken before ours was shown. Then ours goes again, unless it was taken too. A stop in between leaves it as the
 * claim of a consumer that has no heartbeat: it is free after a lease, so that nothing is lost whosever it was.
 */
export async function undoTwin(context: FolderContext, source: Source, name: string): Promise<void> {
  const { fs, layout, names } = context;
  const now = await fs.lstat(source.path);
  // Ours is the one name more that it has.
  if (now !== undefined && now.links <= source.stat.links + 1) return;
  // Nobody is to take it while it is found out. What is taken from somebody else here is given back below.
  const token = tokenOf(names.next());
  const claim = formatClaimName({ name, consumer: `twin-${token}`, claim: 1, attempt: 1, state: 'wip' });
  const hidden = `${layout.directory}/${claim}`;
  if (!(await claimFile(fs, `${layout.directory}/${name}`, hidden))) return;
  const isTwin = isSameFile(await fs.lstat(hidden), source.stat) && (await findPublished(context, source, name, claim)) !== undefined;
  if (isTwin) return removeIfThere(fs, hidden);
  // Not to its own name, which a newer message may have by now.
  await claimFile(fs, hidden, `${layout.directory}/${formatAgainName({ name, token, attempts: 0 })}`);
}

/** A producer's names begin with that of its heartbeat, which is no token. */
function tokenOf(unique: string): string {
  return unique.replace(/[^a-z0-9]+/g, '').slice(-32);
}
