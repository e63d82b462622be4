import { takeFile } from '../../src/folders/claim.ts';
import type { Claim } from '../../src/folders/claimed-message.ts';
import type { FolderContext } from '../../src/folders/folder-context.ts';
import { messagesIn } from './folder-ground.ts';

let claims = 0;

/** The names of claims of somebody of whom there is no sign of life. */
export const claimerOf = (who: string) => () => ({ consumer: `${who}-1`, claim: (claims += 1) });

/** Takes the first file that is ready, without a reader; undefined if there is none. */
export async function claimOf(context: FolderContext, who: string): Promise<Claim | undefined> {
  for (const file of await messagesIn(context.fs)) {
    const taken = await takeFile(context, file, claimerOf(who)());
    if (taken.kind === 'claimed') return taken.claim;
  }
  return undefined;
}
