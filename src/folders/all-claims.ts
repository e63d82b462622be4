import type { FolderContext } from './folder-context.ts';
import { type FoundClaim, lookAtFolder } from './folder-look.ts';
import { StrangeFiles } from './strange-files.ts';

/** Lists what is claimed, by anybody. */
export async function allClaims({ fs, layout, rules }: FolderContext): Promise<readonly FoundClaim[]> {
  const { directory } = layout;
  const { extension } = rules;
  const strange = new StrangeFiles(undefined);
  const look = await lookAtFolder(fs, { directory, extension, keyOf: (name) => name, limit: 0, strange, only: 'claims' });
  return look.claims;
}
