import type { Clock } from '../clock.ts';
import { NotAQueueError } from '../errors.ts';
import { parseJournalName } from '../formats/journal-name.ts';
import type { Manifest } from '../formats/manifest.ts';
import { formatCarriedOver, formatKeptLine } from '../formats/kept-line.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { readOwner } from '../fs/owner-file.ts';
import { takeOwnership } from '../fs/ownership.ts';
import { DamageLog } from './damage.ts';
import { isFinished } from './finished-load.ts';
import type { Durability } from './batch.ts';
import { readKeys, readKeysFile } from './key-registry.ts';
import type { Leftovers } from './leftovers.ts';
import { type Load, readLoad } from './load.ts';
import { type ScanContext, scanMessages } from './message-scan.ts';
import { readIdentity } from './queue-directory.ts';

/** The highest run that any file of a queue's directory was written in. */
export async function highestRunIn(fs: FileSystem, directory: string): Promise<number> {
  await identify(fs, directory);
  const names = await fs.readdir(directory);
  const owner = await readOwner(fs, directory);
  return Math.max(owner?.run ?? 0, owner?.number ?? 0, ...names.map((file) => parseJournalName(file)?.run ?? 0));
}

export interface CarryOverOptions {
  readonly context: ScanContext;
  /** The directory of the last run. */
  readonly from: string;
  readonly leftovers: Leftovers;
  readonly clock: Clock;
  readonly durability: Durability;
  readonly leaseMs: number;
}

/**
 * Copies what another directory left undone, with ids, keys and attempts. The file says first where it is from and last
 * that it is whole: after a stop in between none of it counts, and the next owner copies again. All of it survives a power
 * cut before that is said, whatever this owner promises: nobody looks into the other directory again, which may have been
 * safe from one, and may be removed once this resolved. It is owned meanwhile, so that an owner of it that only stood still finds out.
 */
export async function carryOver({ context, from, leftovers, clock, durability, leaseMs }: CarryOverOptions): Promise<void> {
  const { fs } = context;
  const manifest = await identify(fs, from);
  const ownership = await takeOwnership(fs, from, { leaseMs, clock, sync: durability === 'power' });
  try {
    const other: ScanContext = { ...context, directory: from };
    const load = await readLoad(other, manifest.name);
    await leftovers.kept.append(formatCarriedOver({ kind: 'resumes', directory: from }));
    // On disk before the first key: keys without messages would refuse what is not here.
    await leftovers.kept.sync({ durable: true });
    await copyBefore(fs, manifest, load, leftovers);
    if (!(await isFinished(other, load))) await copyLoad(other, load, leftovers);
    await leftovers.keys.sync({ durable: true });
    // On disk before the last line: written together, a power cut could keep that and tear a hole before it.
    await leftovers.kept.sync({ durable: true });
    await leftovers.kept.append(formatCarriedOver({ kind: 'resumed' }));
    await leftovers.kept.sync({ durable: true });
  } finally {
    await ownership.release();
  }
}

/** The directory whose messages this one was to take over, and has not. */
export function unresumed({ resumes }: Manifest, { kept }: Load): string | undefined {
  return kept.unfinishedResume ?? (resumes !== undefined && !kept.resumed.includes(resumes) ? resumes : undefined);
}

/** The directory before the last, if the last was stopped before it had taken its messages over: it delivered none of them. */
async function copyBefore(fs: FileSystem, manifest: Manifest, last: Load, leftovers: Leftovers): Promise<void> {
  const from = unresumed(manifest, last);
  if (from === undefined) return;
  const context: ScanContext = { fs, directory: from, damage: new DamageLog() };
  const before = await identify(fs, from);
  const load = await readLoad(context, before.name);
  await copyBefore(fs, before, load, leftovers);
  if (!(await isFinished(context, load))) await copyLoad(context, load, leftovers);
}

async function copyLoad(context: ScanContext, load: Load, { keys, kept }: Leftovers): Promise<void> {
  const { ledger } = load;
  const wanted = (run: number, sequence: number): boolean => !ledger.done.has(run, sequence);
  const segments = [...load.kept.segments, ...load.puts];
  for await (const page of scanMessages(context, segments, wanted)) {
    for (const { run, sequence, key, text } of page) {
      const attempts = ledger.countedAttempts(run, sequence);
      await kept.append(
        formatKeptLine({ run, sequence, key, attempts, forgiven: 0, error: ledger.failed.get(run, sequence)?.reason, text }),
      );
    }
  }
  const found: string[] = [];
  for (const file of load.keysFiles) await readKeysFile(context, file, (key) => found.push(key));
  for (const segment of segments) await readKeys(context, segment, (key) => found.push(key));
  for (const key of found) await keys.append(JSON.stringify(key));
}

async function identify(fs: FileSystem, directory: string): Promise<Manifest> {
  const identity = await readIdentity(fs, directory, new DamageLog());
  if (identity === undefined) throw new NotAQueueError(directory, 'it is empty, so there is nothing to resume from');
  return identity;
}
