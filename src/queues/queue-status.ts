import type { QueueHolder } from '../fs/ownership-errors.ts';
import { formatJournalName } from '../formats/journal-name.ts';
import { readOwner } from '../fs/owner-file.ts';
import { DamageLog } from '../journals/damage.ts';
import { Holdings } from '../journals/holdings.ts';
import { readKeysFile } from '../journals/key-registry.ts';
import { listJournals, type Load, readLoad } from '../journals/load.ts';
import type { ScanContext } from '../journals/message-scan.ts';
import { identify } from '../journals/queue-directory.ts';

/** What a queue's directory holds. */
export interface QueueStatus {
  readonly kind: 'persistent-queue';
  readonly directory: string;
  readonly name: string;
  /** Of the format. */
  readonly version: number;
  /** Who owns it: `alive` is false only if that is known to be dead (elsewhere it can't be). Null if nobody does. */
  readonly holder: (QueueHolder & { readonly alive: boolean }) | null;
  /** Its producer said that this was all. */
  readonly closed: boolean;
  /** And nothing is left to do. */
  readonly finished: boolean;
  /** `taken` as far as the files tell: what failed and waits for its next attempt is among it while its owner lives. */
  readonly counts: {
    readonly waiting: number;
    readonly taken: number;
    readonly done: number;
    readonly failed: number;
    readonly damaged: number;
  };
  /** The runs that left journals, oldest first: the messages in them, how many of those are done, and the size. */
  readonly runs: readonly { readonly run: number; readonly puts: number; readonly dones: number; readonly bytes: number }[];
  /** The size of all its journals, with what they are filled ahead. */
  readonly bytes: number;
}

/** How a queue stands, as one look over all its files tells. */
export async function readStatus(of: ScanContext, identity: { readonly name: string; readonly version: number }): Promise<QueueStatus> {
  const { fs, directory } = of;
  const context = { ...of, damage: new DamageLog() };
  await identify(context);
  const owner = await readOwner(fs, directory);
  const load = await readLoad(context, identity.name);
  const holdings = new Holdings(load, () => undefined);
  for (const file of load.keysFiles) await readKeysFile(context, file, () => undefined);
  await holdings.count(context);
  const inHands = load.ledger.inHands();
  const live = owner?.standing === 'alive' || owner?.standing === 'unknown';
  // Without an owner nobody has anything in hands: what was taken waits.
  const taken = live ? Math.min(inHands, holdings.unfinished) : 0;
  return {
    kind: 'persistent-queue',
    directory,
    ...identity,
    holder: owner?.holder && owner.standing !== 'released' ? { ...owner.holder, alive: live } : null,
    closed: load.closed,
    finished: load.closed && holdings.unfinished === 0,
    counts: {
      waiting: holdings.unfinished - taken,
      taken,
      done: holdings.finishedMessages,
      failed: load.ledger.failed.size,
      damaged: context.damage.count,
    },
    ...(await readSizes(context, identity.name, load)),
  };
}

async function readSizes({ fs, directory }: ScanContext, queue: string, load: Load): Promise<Pick<QueueStatus, 'runs' | 'bytes'>> {
  const runs = new Map<number, { run: number; puts: number; dones: number; bytes: number }>();
  let total = 0;
  for (const name of listJournals(await fs.readdir(directory), queue)) {
    const bytes = (await fs.lstat(`${directory}/${formatJournalName(name)}`))?.size ?? 0;
    const run = runs.get(name.run) ?? { run: name.run, puts: 0, dones: 0, bytes: 0 };
    run.bytes += bytes;
    total += bytes;
    runs.set(name.run, run);
  }
  for (const segment of load.puts) {
    const run = runs.get(segment.name.run);
    if (run === undefined) continue;
    run.puts += segment.messages;
    run.dones += segment.messages - segment.unfinished - segment.failed;
  }
  return { runs: [...runs.values()].sort((a, b) => a.run - b.run), bytes: total };
}
