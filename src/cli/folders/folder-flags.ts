import { isExtension } from '../../formats/message-name.ts';
import type { CommandOption } from '../command.ts';
import { directory, leaseSeconds, wholeNumber } from '../option-values.ts';
import type { OptionFlags } from '../queue-kind.ts';
import { UsageError } from '../usage-error.ts';

/** Options that several commands have for folders. */

export interface PlaceOptions {
  readonly doneDir?: string;
  readonly failedDir?: string;
  readonly remove?: boolean;
}

const DONE_DIR: CommandOption = {
  flags: '--done-dir <dir>',
  description: 'folder: where finished files go (default: done in it)',
  parse: directory('--done-dir'),
};

const FAILED_DIR: CommandOption = {
  flags: '--failed-dir <dir>',
  description: 'folder: where files go that were given up (default: failed in it)',
  parse: directory('--failed-dir'),
};

const REMOVE: CommandOption = { flags: '--remove', description: 'folder: remove finished files, instead of keeping them' };

/** Where files go after their end: nothing in the folder tells, so who looks is told as who works was. */
export const PLACE_OPTIONS: readonly CommandOption[] = [DONE_DIR, FAILED_DIR, REMOVE];
export const FAILED_PLACE_OPTION = FAILED_DIR;

export const EXTENSION_OPTION: CommandOption = {
  flags: '--extension <text>',
  description: 'folder: what its files end with, as .csv; makes the directory a folder queue if it is none',
  parse(text) {
    if (isExtension(text)) return text;
    throw new UsageError(`--extension takes a dot and a few letters, as .csv, not '${text}'`);
  },
};

export const LEASE_OPTION: CommandOption = {
  flags: '--lease <seconds>',
  description: 'folder: how long silence is tolerated before what is held is taken back (default: 30)',
  parse: leaseSeconds,
};

export const PRODUCERS_OPTION: CommandOption = {
  flags: '--producers <n>',
  description: 'folder: wait for so many producers, also before they have begun',
  parse: wholeNumber('--producers', 1),
};

export const ORDER_OPTION: CommandOption = {
  flags: '--order <order>',
  description: 'folder: relaxed, where several workers take different files of a stretch, or strict (default: relaxed)',
  parse(text) {
    if (text === 'relaxed' || text === 'strict') return text;
    throw new UsageError(`--order is relaxed or strict, not '${text}'`);
  },
};

/** What means nothing to a queue of values. */
export const PLACE_FLAGS: OptionFlags = { doneDir: '--done-dir', failedDir: '--failed-dir', remove: '--remove' };

/** Where files go after their end, as the library is told it. */
export function placesOf({ doneDir, failedDir, remove }: PlaceOptions): { readonly doneDir?: string | null; readonly failedDir?: string } {
  if (remove && doneDir !== undefined) throw new UsageError('give one of --done-dir and --remove');
  return {
    ...(doneDir !== undefined && { doneDir }),
    ...(remove && { doneDir: null }),
    ...(failedDir !== undefined && { failedDir }),
  };
}
