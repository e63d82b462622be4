import { basename, extname } from 'node:path';
import { isExtension } from '../../formats/message-name.ts';
import type { PutOptions } from '../commands/put-options.ts';
import { formatValue } from '../render/visible-text.ts';
import { UsageError } from '../usage-error.ts';

/** One message that is to be put. */
export interface PlannedPut {
  /** The file; undefined for stdin. */
  readonly path: string | undefined;
  /** What it is called in the folder. */
  readonly name: string;
}

/** What was typed, as messages to be put. @throws UsageError */
export function planPuts(words: readonly string[], { name, producer }: PutOptions): PlannedPut[] {
  if (words.includes('') || name === '') throw new UsageError('a file is empty text. Run: dibs put --help');
  if (name === undefined) {
    if (words.includes('-')) throw new UsageError('- puts stdin as one file: give it a --name. Run: dibs put --help');
    if (words.length === 0 && producer === undefined)
      throw new UsageError('nothing to put: give files, or - and a --name for stdin. Run: dibs put --help');
    return assertDistinct(words.map((path) => ({ path, name: basename(path) })));
  }
  const [path = '-', ...more] = words;
  if (more.length > 0) throw new UsageError('--name is for one file. Run: dibs put --help');
  return [{ path: path === '-' ? undefined : path, name }];
}

/** Which of two would be put is not to be left to chance. */
function assertDistinct(puts: PlannedPut[]): PlannedPut[] {
  const names = new Set<string>();
  for (const { name } of puts) {
    if (names.has(name)) throw new UsageError(`two of the files are called ${formatValue(name)}: put one of them with --name`);
    names.add(name);
  }
  return puts;
}

/**
 * What the files of a new folder end with: what these do.
 * @throws UsageError if they do not agree
 */
export function extensionOf(puts: readonly PlannedPut[]): string | undefined {
  const endings = new Set(puts.map(({ name }) => extname(name)));
  const [extension, ...others] = endings;
  if (extension === undefined) return undefined;
  if (others.length > 0)
    throw new UsageError(`a folder has files of one extension, and these have several: give --extension. Run: dibs put --help`);
  if (isExtension(extension)) return extension;
  throw new UsageError(`'${extension}' can't be the extension of a folder's files: rename them, or give --name. Run: dibs put --help`);
}
