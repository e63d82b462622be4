import { resolve } from 'node:path';
import { type Clock, systemClock } from '../clock.ts';
import { NotAQueueError } from '../errors.ts';
import { highestRunOf } from '../formats/journal-name.ts';
import { disk } from '../fs/disk.ts';
import { makeDirectory } from '../fs/make-directory.ts';
import { type Ownership, takeOwnership } from '../fs/ownership.ts';
import { removeIfThere } from '../fs/publish.ts';
import type { Manifest } from '../formats/manifest.ts';
import { carryOver, highestRunIn, unresumed } from '../journals/carry-over.ts';
import { DamageLog } from '../journals/damage.ts';
import { clearFinishedLoad, isFinished } from '../journals/finished-load.ts';
import type { Durability } from '../journals/batch.ts';
import { Leftovers } from '../journals/leftovers.ts';
import { type Load, readLoad } from '../journals/load.ts';
import type { ScanContext } from '../journals/message-scan.ts';
import { mendIdentity, openError, type QueueIdentity, readIdentity, writeIdentity } from '../journals/queue-directory.ts';
import { QueueGuard } from '../journals/queue-guard.ts';
import { isPath, show } from './check-options.ts';
import { checkQueueOptions, type PersistentQueueOptions } from './queue-options.ts';

/** A queue's directory that is ours, and what lies in it. */
export interface OpenedQueue {
  readonly context: ScanContext;
  readonly clock: Clock;
  readonly name: string;
  readonly durability: Durability;
  readonly ownership: Ownership;
  readonly guard: QueueGuard;
  readonly leftovers: Leftovers;
  readonly load: Load;
}

const DEFAULTS = { durability: 'power', leaseMs: 30_000 } as const;

/** Takes a directory and reads what became of its messages; a finished load is cleared away. */
export async function openQueue<T>(path: string, options: PersistentQueueOptions<T>): Promise<OpenedQueue> {
  if (!isPath(path)) throw new TypeError(`PersistentQueue.open takes a directory, got ${show(path)}.`);
  checkQueueOptions(options);
  const directory = resolve(path);
  try {
    return await open(directory, options);
  } catch (error) {
    throw openError(directory, error);
  }
}

async function open<T>(directory: string, options: PersistentQueueOptions<T>): Promise<OpenedQueue> {
  const { fileSystem: fs = disk, clock = systemClock, durability = DEFAULTS.durability, leaseMs = DEFAULTS.leaseMs } = options;
  const damage = new DamageLog(options.onDamage);
  const context: ScanContext = { fs, directory, damage };
  // Also if it is there: whoever made it may have been content with less, or was stopped before it was synced.
  await makeDirectory(fs, directory, { durable: durability === 'power' });
  const manifest = await findManifest(context, options);
  const { name } = manifest;
  const from = options.resumeFrom ?? manifest.resumes;
  const floor = from === undefined ? 0 : await highestRunIn(fs, resolve(from));
  const highestRun = (names: readonly string[], ofOwners: number): number => Math.max(floor, highestRunOf(names, ofOwners));
  const ownership = await takeOwnership(fs, directory, { leaseMs, clock, sync: durability === 'power', highestRun });
  const guard = new QueueGuard(directory, () => ownership.isStillOurs());
  const leftovers = new Leftovers(fs, directory, { name, run: ownership.run, durability, guard });
  const opened = { context, clock, name, durability, ownership, guard, leftovers };
  try {
    if (manifest.damaged) await mendIdentity(fs, directory, manifest);
    return { ...opened, load: await readOrClear(opened, options, manifest) };
  } catch (error) {
    leftovers.close();
    await ownership.release();
    throw error;
  }
}

async function findManifest<T>({ fs, directory, damage }: ScanContext, options: PersistentQueueOptions<T>): Promise<QueueIdentity> {
  const { name = 'queue', resumeFrom } = options;
  let found = await readIdentity(fs, directory, damage);
  // More than once only if an owner sweeps the stage that was to become it.
  for (let tries = 0; found === undefined && tries < 3; tries++) {
    // It says from the first what it resumes: whoever resumes from it, after a stop right here, follows the chain back.
    await writeIdentity(fs, directory, { name, resumes: resumeFrom === undefined ? undefined : resolve(resumeFrom) });
    found = await readIdentity(fs, directory, damage);
  }
  if (found === undefined) throw new NotAQueueError(directory, 'its manifest was removed as soon as it was written');
  if (found.name === '') return { ...found, name };
  if (options.name === undefined || name === found.name) return found;
  throw new NotAQueueError(directory, `its queue is called ${found.name}, not ${name}`);
}

async function readOrClear<T>(opened: Omit<OpenedQueue, 'load'>, options: PersistentQueueOptions<T>, manifest: Manifest): Promise<Load> {
  const { context, name, leftovers, durability, guard, clock } = opened;
  let load = await readLoad(context, name);
  if (await isFinished(context, load)) {
    await clearFinishedLoad({ ...context, leftovers, guard, keepKeys: options.keepKeys ?? false }, load);
    load = await readLoad(context, name);
  }
  const wanted = options.resumeFrom === undefined ? undefined : resolve(options.resumeFrom);
  const from = unresumed(manifest, load) ?? wanted;
  if (from !== undefined && !load.kept.resumed.includes(from)) {
    await carryOver({ context, from, leftovers, clock, durability, leaseMs: options.leaseMs ?? DEFAULTS.leaseMs });
    load = await readLoad(context, name);
  }
  // What a stop left half removed: nothing in these files is needed.
  for (const file of [...load.goneFiles, ...load.kept.torn]) {
    guard.assertOurs();
    await removeIfThere(context.fs, `${context.directory}/${file}`);
  }
  return load;
}
