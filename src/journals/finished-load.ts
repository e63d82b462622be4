import { formatCarriedOver, formatKeptLine } from '../formats/kept-line.ts';
import { IdSet } from '../machines/id-set.ts';
import { removeIfThere } from '../fs/publish.ts';
import { readKeys, readKeysFile } from './key-registry.ts';
import type { Load } from './load.ts';
import { type ScanContext, scanMessages } from './message-scan.ts';
import type { Leftovers } from './leftovers.ts';
import type { QueueGuard } from './queue-guard.ts';

/** Whether nothing of a load is left to do: its producer said that this was all, and every message is done or given up. */
export async function isFinished(context: ScanContext, load: Load): Promise<boolean> {
  return load.closed && !(await hasUnfinished(context, load));
}

/** Whether any message is neither done nor given up. */
export async function hasUnfinished(context: ScanContext, { ledger, kept, puts }: Load): Promise<boolean> {
  if (kept.unfinished > 0) return true;
  const wanted = (run: number, sequence: number): boolean =>
    !ledger.done.has(run, sequence) && !ledger.failed.has(run, sequence) && !kept.ids.has(run, sequence);
  for await (const page of scanMessages(context, puts, wanted)) if (page.length > 0) return true;
  return false;
}

export interface ClearOptions extends ScanContext {
  /** Where what outlives the load goes. */
  readonly leftovers: Leftovers;
  readonly guard: QueueGuard;
  /** Whether keys are remembered for ever. */
  readonly keepKeys: boolean;
}

/**
 * Makes room for the next load: what was given up is copied out, keys go, put journals, done journals, the one that says
 * that the load is finished last. A stop anywhere leaves a load that is still finished, and the next owner goes on. Synced
 * whatever the queue promises now: earlier owners may have promised more.
 */
export async function clearFinishedLoad(options: ClearOptions, load: Load): Promise<void> {
  const { fs, directory, guard } = options;
  const remove = async (files: readonly string[]): Promise<void> => {
    for (const file of files) {
      // A successor may have found work in them.
      guard.assertOurs();
      await removeIfThere(fs, `${directory}/${file}`);
    }
    await fs.syncDirectory(directory);
  };
  await copyFailed(options, load);
  if (options.keepKeys) await copyKeys(options, load);
  await remove([...load.keysFiles, ...load.kept.segments.map((segment) => segment.file), ...load.kept.torn]);
  await remove([...load.puts.map((segment) => segment.file), ...load.goneFiles]);
  await remove(load.doneFiles.filter((file) => !file.closes).map((file) => file.file));
  await remove(load.doneFiles.filter((file) => file.closes).map((file) => file.file));
}

async function copyFailed(options: ClearOptions, { ledger, kept, puts }: Load): Promise<void> {
  const file = options.leftovers.kept;
  const copied = new IdSet();
  // What was carried over once must not come again: the other directory does not know that it was done here.
  for (const directory of new Set(kept.resumed)) await file.append(formatCarriedOver({ kind: 'resumes', directory }));
  for await (const page of scanMessages(options, [...kept.segments, ...puts], (run, sequence) => ledger.failed.has(run, sequence))) {
    for (const { run, sequence, key, text } of page) {
      const failure = ledger.failed.get(run, sequence);
      if (failure === undefined || !copied.add(run, sequence)) continue;
      const attempts = { attempts: failure.attempt, forgiven: ledger.forgiven(run, sequence) };
      await file.append(formatKeptLine({ run, sequence, key, ...attempts, error: failure.reason, text }));
    }
  }
  if (kept.resumed.length > 0) await file.append(formatCarriedOver({ kind: 'resumed' }));
  await file.sync({ durable: true });
}

async function copyKeys(options: ClearOptions, load: Load): Promise<void> {
  const keys = new Set<string>();
  for (const file of load.keysFiles) await readKeysFile(options, file, (key) => keys.add(key));
  for (const segment of [...load.kept.segments, ...load.puts]) await readKeys(options, segment, (key) => keys.add(key));
  for (const key of keys) await options.leftovers.keys.append(JSON.stringify(key));
  await options.leftovers.keys.sync({ durable: true });
}
