import { parseClaimName, parseReadyName } from '../formats/claim-name.ts';
import { parseKeptName } from '../formats/kept-name.ts';
import type { FolderContext } from './folder-context.ts';
import { scanIfThere } from './in-order.ts';

/** How many messages there are of each, as one look through the folder tells while others may change it. */
export interface FolderCounts {
  readonly ready: number;
  readonly claimed: number;
  readonly failed: number;
  /** Null where what is finished is not kept. */
  readonly done: number | null;
}

export async function countFolder(context: FolderContext): Promise<FolderCounts> {
  const { fs, layout, rules } = context;
  const counts = { ready: 0, claimed: 0 };
  await fs.scan(layout.directory, (file, kind) => {
    if (kind !== 'file') return;
    if (parseReadyName(file, rules.extension) !== null) counts.ready += 1;
    else if (parseClaimName(file, rules.extension) !== null) counts.claimed += 1;
  });
  return { ...counts, ...(await countKept(context)) };
}

/** How many lie where messages are kept after their end. */
export async function countKept({ fs, layout, rules }: FolderContext): Promise<Pick<FolderCounts, 'failed' | 'done'>> {
  const count = async (directory: string): Promise<number> => {
    let messages = 0;
    await scanIfThere(fs, directory, (file, kind) => {
      if (kind === 'file' && parseKeptName(file, rules.extension) !== null) messages += 1;
    });
    return messages;
  };
  return { failed: await count(layout.failedDir), done: layout.doneDir === null ? null : await count(layout.doneDir) };
}
