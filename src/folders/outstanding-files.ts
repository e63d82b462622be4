import { parseClaimName, parseReadyName } from '../formats/claim-name.ts';
import type { EntryKind } from '../fs/file-system.ts';
import type { FolderContext } from './folder-context.ts';
import { inOrder } from './in-order.ts';

/** A message that is neither finished nor given up. */
export interface OutstandingFile {
  /** The message's own name. */
  readonly name: string;
  /** Where it lies now. */
  readonly path: string;
  /** How often it was handed out so far, as far as that counts. */
  readonly attempts: number;
  /** Who has it; undefined if it is ready. */
  readonly consumer: string | undefined;
}

/** What is ready and what is claimed, by name. What changes its name meanwhile may be met twice, or not at all. */
export async function* outstandingFiles({ fs, layout, rules }: FolderContext): AsyncGenerator<OutstandingFile, void, void> {
  const { directory } = layout;
  const pick = (file: string, kind: EntryKind): (Omit<OutstandingFile, 'path'> & { readonly file: string }) | undefined => {
    if (kind !== 'file') return undefined;
    const ready = parseReadyName(file, rules.extension);
    if (ready !== null) return { ...ready, file, consumer: undefined };
    const claim = parseClaimName(file, rules.extension);
    return claim === null ? undefined : { name: claim.name, file, attempts: claim.attempt, consumer: claim.consumer };
  };
  for await (const { name, file, attempts, consumer } of inOrder(fs, directory, pick))
    yield { name, path: `${directory}/${file}`, attempts, consumer };
}
