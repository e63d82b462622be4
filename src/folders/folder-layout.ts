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
  /** Those of them that nobody named: a link of such a name was dropped there, and leads to what is not ours. */
  readonly unnamed: readonly string[];
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
  const [consumers, producers, stages] = [`${own}/consumers`, `${own}/producers`, `${own}/stages`];
  const [done, failed] = [`${directory}/done`, `${directory}/failed`];
  return {
    directory,
    own,
    consumers,
    producers,
    stages,
    doneDir: doneDir === null ? null : resolve(doneDir ?? done),
    failedDir: resolve(failedDir ?? failed),
    unnamed: [own, consumers, producers, stages, ...(doneDir === undefined ? [done] : []), ...(failedDir === undefined ? [failed] : [])],
  };
}
