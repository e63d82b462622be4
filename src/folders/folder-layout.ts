import { resolve } from 'node:path';

/** Where a folder queue keeps what. */
export interface FolderLayout {
  /** The folder itself: messages, claims, control files. */
  readonly directory: string;
  /** What is ours alone, out of the way of messages and of who watches for them. */
  readonly own: string;
  /** Whose files beat, each by its name. */
  readonly consumers: string;
  readonly producers: string;
  /** Files that nobody is to see yet. */
  readonly stages: string;
  /** Where finished files go; null if they are removed. */
  readonly doneDir: string | null;
  readonly failedDir: string;
}

export interface KeepOptions {
  /** Where finished files go, or null to remove them. @default `done` in the folder */
  readonly doneDir?: string | null;
  /** Where files go that were given up. @default `failed` in the folder */
  readonly failedDir?: string;
}

export const OWN_DIRECTORY = '.dibs';

export function layoutOf(path: string, { doneDir, failedDir }: KeepOptions = {}): FolderLayout {
  const directory = resolve(path);
  const own = `${directory}/${OWN_DIRECTORY}`;
  return {
    directory,
    own,
    consumers: `${own}/consumers`,
    producers: `${own}/producers`,
    stages: `${own}/stages`,
    doneDir: doneDir === null ? null : resolve(doneDir ?? `${directory}/done`),
    failedDir: resolve(failedDir ?? `${directory}/failed`),
  };
}
