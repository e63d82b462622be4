import type { FileSystem } from '../../src/fs/file-system.ts';
import type { Damage } from '../../src/journals/damage.ts';
import { DamageLog } from '../../src/journals/damage.ts';
import { Holdings } from '../../src/journals/holdings.ts';
import { type Load, readLoad } from '../../src/journals/load.ts';
import { readKeys, readKeysFile } from '../../src/journals/key-registry.ts';
import { type ScanContext, scanMessages } from '../../src/journals/message-scan.ts';

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

/** How a queue stands for its next owner. */
export interface Standing {
  readonly outstanding: readonly string[];
  readonly failed: readonly string[];
  /** How many messages of the load are done. */
  readonly done: number;
  readonly keys: readonly string[];
}

export async function standingIn(fs: FileSystem, directory = '/q'): Promise<Standing> {
  const { context, holdings, load } = await readHoldings(fs, directory);
  const { ledger } = load;
  const outstanding = new Set<string>();
  const failed = new Set<string>();
  for await (const page of scanMessages(context, holdings.older, (run, sequence) => !ledger.done.has(run, sequence))) {
    for (const { run, sequence, key, text } of page) {
      const reason = ledger.failed.get(run, sequence)?.reason.message;
      const shown = `${run}-${sequence} ${key === undefined ? '' : `(${key}) `}${text}`;
      if (reason === undefined) outstanding.add(`${shown} after ${ledger.countedAttempts(run, sequence)}`);
      else failed.add(`${shown}: ${reason}`);
    }
  }
  const keys: string[] = [];
  for (const file of load.keysFiles) await readKeysFile(context, file, (key) => keys.push(key));
  for (const segment of load.puts) await readKeys(context, segment, (key) => keys.push(key));
  await holdings.count(context);
  return { outstanding: [...outstanding], failed: [...failed], done: holdings.finishedMessages, keys: [...new Set(keys)].sort() };
}
