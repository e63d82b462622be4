import type { Clock } from '../clock.ts';
import { DirectorySync } from '../fs/directory-sync.ts';
import type { FileSystem } from '../fs/file-system.ts';
import type { FolderManifest } from '../formats/folder-manifest.ts';
import type { FolderLayout } from './folder-layout.ts';

/** What a resolved `put`, `done` or `fail` survives. */
export type FolderDurability = 'power' | 'process';

/** One folder, as one opening of it works on it. */
export interface FolderContext {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly layout: FolderLayout;
  readonly rules: FolderManifest;
  readonly durability: FolderDurability;
  /** Replies of the disk are believed: it is one of this machine. */
  readonly isLocal: boolean;
  readonly syncs: DirectorySync;
  readonly names: UniqueNames;
}

export type FolderContextParts = Omit<FolderContext, 'syncs' | 'isLocal'>;

export async function folderContext(parts: FolderContextParts): Promise<FolderContext> {
  const isLocal = await parts.fs.isLocal(parts.layout.directory).catch(() => false);
  return { ...parts, isLocal, syncs: new DirectorySync(parts.fs) };
}

/** Makes the names in a directory as safe as was asked for. */
export function secure({ durability, syncs }: FolderContext, directory: string): Promise<void> | undefined {
  return durability === 'power' ? syncs.sync(directory) : undefined;
}

/** Names that nobody else uses: the opening's token, and a number that grows. */
export class UniqueNames {
  readonly #token: string;
  #count = 0;

  constructor(token: string) {
    this.#token = token;
  }

  next(): string {
    this.#count += 1;
    return `${this.#token}${this.#count.toString(36)}`;
  }
}
