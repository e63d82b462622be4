import type { Clock } from '../clock.ts';
import type { FolderDurability } from '../folders/folder-context.ts';
import type { KeepOptions } from '../folders/folder-layout.ts';
import type { ClaimOrder } from '../folders/ready-listing.ts';
import type { StrangeFile } from '../folders/strange-files.ts';
import type { FileSystem } from '../fs/file-system.ts';
import type { FolderEvents } from '../fs/folder-watch.ts';
import { isExtension } from '../formats/message-name.ts';
import type { GroupRules, IncompleteGroup } from '../machines/file-groups.ts';
import { checkOptions, hasMethods, isPath, type OptionRules } from './check-options.ts';
import { FILE_SYSTEM_RULE } from './queue-options.ts';

/** What all who use a folder may be told. */
export interface FolderOptions extends KeepOptions {
  /** What messages end with. @default what the folder was made with, or '.tsv' */
  readonly extension?: string;
  /** So many times a message is handed out before it is given up. @default what the folder was made with, or 3 */
  readonly maxAttempts?: number;
  /**
   * What a resolved `put`, `done` or `fail` survives: `'power'` a power cut too, `'process'` the end of any process. To be the
   * same for all who use the folder: at `'process'` it is not asked what a power cut may have brought back.
   * @default 'power'
   */
  readonly durability?: FolderDurability;
  /** How long this process may show no sign of life before what it holds is taken back, in milliseconds. @default 30000 */
  readonly leaseMs?: number;
  /** @default the machine's disk */
  readonly fileSystem?: FileSystem;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

export interface ReadableFolderQueueOptions extends FolderOptions {
  /** A message's name to the text that it is sorted by. A name for which it throws comes last. @default the name itself */
  readonly sortKey?: (name: string) => string;
  /**
   * `'relaxed'`: several consumers take different files of the same stretch, so they seldom try for the same one; a file may
   * be overtaken by about 64 files of each other consumer. `'strict'`: all try for the first. @default 'relaxed'
   */
  readonly order?: ClaimOrder;
  /** How long to wait before looking again when no change was seen, in milliseconds. @default 1000 */
  readonly pollIntervalMs?: number;
  /**
   * Whether the system's events wake it sooner, or what else does. Those of the system see nothing of what another machine
   * does on a network. @default true
   */
  readonly watch?: boolean | FolderEvents;
  /** So many producers are waited for before it can end; those that were over before it began do not count. @default one */
  readonly expectedProducers?: number;
  /** How long a file may be held, in milliseconds; then it is taken back, as from a consumer that died. @default for ever */
  readonly maxRuntimeMs?: number;
  /** Told of files that look like messages and can't be served, once each. They stay where they are. */
  readonly onStrangeFile?: (found: StrangeFile) => void;
}

export interface GroupedFolderQueueOptions extends Omit<ReadableFolderQueueOptions, 'order'>, GroupRules {
  /** Told at the end of each group that is not whole, and what it lacks. */
  readonly onIncompleteGroup?: (group: IncompleteGroup) => void;
}

export interface WritableFolderQueueOptions extends FolderOptions {
  /**
   * What this producer is called: its next run replaces this one, whose DONE or FAILED then ends nobody any more. Null for
   * none: nothing is announced, as when a file is dropped in by hand. @default the script's name
   */
  readonly producer?: string | null;
}

const isBetween = (value: unknown, least: number, most: number): boolean => typeof value === 'number' && value >= least && value <= most;
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1;

const WEEK_MS = 7 * 24 * 3_600_000;

export const FOLDER_RULES: OptionRules = {
  extension: { wants: "a dot and a few letters, as '.tsv'", test: (value) => typeof value === 'string' && isExtension(value) },
  maxAttempts: { wants: 'a whole number from 1', test: isCount },
  doneDir: { wants: 'a directory, or null', test: (value) => value === null || isPath(value) },
  failedDir: { wants: 'a directory', test: isPath },
  durability: { wants: "'power' or 'process'", test: (value) => value === 'power' || value === 'process' },
  leaseMs: { wants: 'milliseconds, from 100 to a week', test: (value) => isBetween(value, 100, WEEK_MS) },
  fileSystem: FILE_SYSTEM_RULE,
  clock: {
    wants: 'a Clock',
    test: (value) => hasMethods(value, 'monotonic', 'wall', 'after'),
  },
};

export const READABLE_RULES: OptionRules = {
  ...FOLDER_RULES,
  sortKey: { wants: 'a function', test: (value) => typeof value === 'function' },
  order: { wants: "'relaxed' or 'strict'", test: (value) => value === 'relaxed' || value === 'strict' },
  pollIntervalMs: { wants: 'milliseconds, from 1 to a day', test: (value) => isBetween(value, 1, WEEK_MS / 7) },
  watch: { wants: 'a boolean, or a source of events', test: (value) => typeof value === 'boolean' || typeof value === 'function' },
  expectedProducers: { wants: 'a whole number from 1', test: isCount },
  maxRuntimeMs: { wants: 'milliseconds, from 1', test: (value) => isBetween(value, 1, Number.MAX_SAFE_INTEGER) },
  onStrangeFile: { wants: 'a function', test: (value) => typeof value === 'function' },
};

const isFunction = (value: unknown): boolean => typeof value === 'function';

const { order: _, ...UNORDERED_RULES } = READABLE_RULES;

export const GROUPED_RULES: OptionRules = {
  ...UNORDERED_RULES,
  groupKey: { wants: 'a function from a name to its group', test: isFunction },
  memberKey: { wants: 'a function from a name to its place in the group', test: isFunction },
  members: {
    wants: 'the places of a whole group, or a function from a group to them',
    test: (value) => isFunction(value) || (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')),
  },
  onIncompleteGroup: { wants: 'a function', test: isFunction },
};

export const WRITABLE_RULES: OptionRules = {
  ...FOLDER_RULES,
  producer: {
    wants: 'a name of at most 100 characters, or null',
    test: (value) => value === null || (typeof value === 'string' && value !== '' && value.length <= 100),
  },
};

/** Refuses what can't be meant. */
export function checkFolderOptions(where: string, directory: unknown, options: unknown, rules: OptionRules): void {
  if (!isPath(directory)) throw new TypeError(`${where} takes a directory, got ${JSON.stringify(directory)}.`);
  checkOptions(where, options, rules);
}
