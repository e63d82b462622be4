import type { FileSystem } from '../../src/fs/file-system.ts';
import type { Damage } from '../../src/journals/damage.ts';
import { DamageLog } from '../../src/journals/damage.ts';
import { Holdings } from '../../src/journals/holdings.ts';
import { type Load, readLoad } from '../../src/journals/load.ts';
import type { ScanContext } from '../../src/journals/message-scan.ts';

/** What a queue in `/q` holds, as its next owner reads it. */
export interface ReadHoldings {
  readonly context: ScanContext;
  readonly damages: readonly Damage[];
  readonly load: Load;
  readonly holdings: Holdings;
  /** The files in which nothing is left to do, as they were found. */
  readonly idle: readonly string[];
}

export async function readHoldings(fs: FileSystem, directory = '/q'): Promise<ReadHoldings> {
  const damages: Damage[] = [];
  const context: ScanContext = { fs, directory, damage: new DamageLog((damage) => damages.push(damage)) };
  const load = await readLoad(context, 'queue');
  const idle: string[] = [];
  return { context, damages, load, idle, holdings: new Holdings(load, (segment) => idle.push(`${directory}/${segment.file}`)) };
}
