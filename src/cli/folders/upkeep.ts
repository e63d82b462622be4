import type { FolderMaintenanceOptions } from '../../queues/folder-maintenance.ts';
import { quoteCommand } from '../child/command-template.ts';
import type { CommandOption } from '../command.ts';
import { seconds } from '../option-values.ts';
import { kindOf } from '../queue-kind.ts';
import { UsageError } from '../usage-error.ts';
import { LEASE_OPTION } from './folder-flags.ts';

/** What clears a folder up as a whole may be told. */
export interface UpkeepOptions {
  readonly force?: boolean;
  /** In milliseconds. */
  readonly wait?: number;
  readonly lease?: number;
  readonly json?: boolean;
}

export const UPKEEP_OPTIONS: readonly CommandOption[] = [
  { flags: '--force', description: 'also while somebody alive uses the folder, who loses what it holds' },
  {
    flags: '--wait <seconds>',
    description: 'how long to wait until it is known whether who is silent elsewhere is dead (default: a lease)',
    parse: seconds('--wait'),
  },
  LEASE_OPTION,
];

export function upkeepOf({ force, wait, lease }: UpkeepOptions): FolderMaintenanceOptions {
  return { ...(force && { force }), ...(wait !== undefined && { waitMs: wait }), ...(lease !== undefined && { leaseMs: lease }) };
}

/** Refuses a queue of values, which needs none of it. @throws UsageError */
export async function assertFolder(verb: string, directory: string, instead: string): Promise<void> {
  if ((await kindOf(directory)) !== 'values') return;
  throw new UsageError(`dibs ${verb} is for folders of files, and ${quoteCommand([directory])} is a queue of values. ${instead}`);
}

export const NOTHING_TO_RESET = 'After a crash the next command that takes it goes on by itself';
