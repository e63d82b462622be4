import { parseReadyName } from '../formats/claim-name.ts';
import { takeFile, undoClaim } from './claim.ts';
import type { Claim } from './claimed-message.ts';
import type { FolderContext } from './folder-context.ts';
import { takeBackFromDead } from './dead-claims.ts';
import { type Caretaker, withTypedErrors } from './maintenance.ts';
import { finish } from './settle.ts';
import { standing } from './standing.ts';

/** As many names are read at once, and as many files finished: they share the syncs of what they go to. */
const PAGE = 65_536;
const TOGETHER = 64;

/**
 * Finishes all that is ready, as though somebody had worked on each, and what those had who are known to be dead. What
 * others who may live have in hands stays theirs. Gives how many were finished.
 *
 * File by file, claimed and then finished: a stop leaves some of it done, and the next call does the rest.
 */
export function markAllDone(context: FolderContext, caretaker: Caretaker): Promise<number> {
  return withTypedErrors(context, 'markAllDone', async () => {
    await takeBackFromDead(context, caretaker);
    let count = 0;
    for (let files = await readyFiles(context); files.length > 0; files = await readyFiles(context)) {
      for (let i = 0; i < files.length; i += TOGETHER) {
        const results = await Promise.allSettled(files.slice(i, i + TOGETHER).map((file) => finishReady(context, file, caretaker)));
        // All are waited for: what is under way still would stay claimed by somebody who is gone.
        for (const result of results) if (result.status === 'rejected') throw result.reason;
        count += results.filter((result) => result.status === 'fulfilled' && result.value).length;
      }
      // What is put meanwhile is not waited for.
      if (files.length < PAGE) break;
    }
    return count;
  });
}

/** False if it was somebody else's, or over. What the disk refuses to finish is ready again, and was no attempt. */
async function finishReady(context: FolderContext, file: string, { claimer }: Caretaker): Promise<boolean> {
  const taken = await takeFile(context, file, await claimer());
  if (taken.kind !== 'claimed' && taken.kind !== 'spent') return false;
  const { claim } = taken;
  try {
    return (await finish(context, claim)) !== false;
  } catch (error) {
    if (!(await isDone(context, claim))) await undoClaim(context, claim, taken.kind === 'spent' ? claim.attempt : claim.attempt - 1);
    throw error;
  }
}

/** What was shown as done all the same stays so: whoever finds its claim removes it. */
function isDone(context: FolderContext, claim: Claim): Promise<boolean> {
  return standing(context, claim).then(
    (stands) => stands !== undefined,
    () => true,
  );
}

async function readyFiles({ fs, layout, rules }: FolderContext): Promise<string[]> {
  const files: string[] = [];
  await fs.scan(layout.directory, (file, kind) => {
    if (kind === 'file' && files.length < PAGE && parseReadyName(file, rules.extension) !== null) files.push(file);
  });
  return files;
}
