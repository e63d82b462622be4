import { basename } from 'node:path';
import { originalName as nameOf, parseClaimName, parseReadyName } from '../formats/claim-name.ts';
import type { FolderContext } from './folder-context.ts';

/** The own name of the message that lies there, whatever state its file is in; undefined for what is no message. */
export function originalName({ rules }: Pick<FolderContext, 'rules'>, path: string): string | undefined {
  return nameOf(basename(path), rules.extension) ?? undefined;
}

/** Where the message of that name lies while somebody has it; undefined if nobody has. It costs one look through the folder. */
export async function claimedPath(context: FolderContext, name: string): Promise<string | undefined> {
  const { layout, rules } = context;
  const file = (await filesOf(context, name)).find((one) => parseClaimName(one, rules.extension) !== null);
  return file && `${layout.directory}/${file}`;
}

/** The names of all files that are this message, claimed or given back: there may be an older one of its name. */
export async function filesOf({ fs, layout, rules }: FolderContext, name: string): Promise<string[]> {
  const files: string[] = [];
  await fs.scan(layout.directory, (file, kind) => {
    if (kind !== 'file' || !file.startsWith(`${name}.`)) return;
    const found = parseClaimName(file, rules.extension) ?? parseReadyName(file, rules.extension);
    if (found?.name === name) files.push(file);
  });
  return files;
}
