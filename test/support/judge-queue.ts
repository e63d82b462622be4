import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { Damage } from '../../src/journals/damage.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { hastyClock } from './hasty-clock.ts';
import { mortal } from './mortal.ts';
import type { LedgerEntry, QueueLedger } from './queue-ledger.ts';
import type { ScriptOptions } from './watched-queue.ts';

/** In the place of a message that the codec can't read. */
const UNREADABLE = '(unreadable)';

/** What the next program found: every message that is not done, and what was given up. */
interface Found {
  readonly delivered: readonly { readonly value: string; readonly id: string; readonly attempt: number }[];
  readonly failed: ReadonlyMap<string, number>;
  /** Keys that were refused, of those that were tried again. */
  readonly refusedKeys: ReadonlySet<string>;
}

export interface Judgement {
  /**
   * - `all`: what was acknowledged must be there
   * - `sane`: anything may be lost, but nothing may appear twice, out of order, or from nowhere
   */
  readonly promise: 'all' | 'sane';
  /** Whether attempts that were not acknowledged by anything may be forgotten: a power cut takes them. */
  readonly attemptsMayBeLost: boolean;
  /** Whether what was cut off again may have come back, and what was torn may look damaged: by a power cut. */
  readonly refusedMayBeThere: boolean;
  /** How many programs ended at any moment: each may have counted one delivery more than it told. */
  readonly endings: number;
  /** Where and how the next program opens the queue, and the one after it. */
  readonly next: QueuePlace;
  readonly afterNext: QueuePlace;
}

export interface QueuePlace {
  readonly directory: string;
  readonly options: ScriptOptions;
}

/**
 * Opens a queue as the next program would, works it off, and holds it against the ledger of the one before. Leaves it with
 * everything done, and proves that this, too, is remembered.
 */
export async function judgeQueue(fs: FileSystem, ledger: QueueLedger, judgement: Judgement): Promise<void> {
  const entries = [...ledger.entries.values()];
  const found = await workOff(fs, judgement.next, judgement.promise === 'all' ? entries : [], judgement.refusedMayBeThere);
  checkDeliveries(found, ledger, judgement);
  if (judgement.promise === 'all') for (const entry of entries) checkPromises(entry, found, judgement);
  const again = await workOff(fs, judgement.afterNext, [], judgement.refusedMayBeThere);
  demandEqual(again.delivered, [], 'delivered again after all was done');
  demandEqual([...again.failed], [...found.failed], 'given up, as before');
}

async function workOff(
  fs: FileSystem,
  { directory, options }: QueuePlace,
  entries: readonly LedgerEntry[],
  mayBeDamaged: boolean,
): Promise<Found> {
  const damaged: string[] = [];
  const onDamage = ({ file, offset, length }: Damage): void => void damaged.push(`${file} from ${offset}, ${length} B`);
  const queue = await PersistentQueue.open<string>(directory, { clock: hastyClock(), ...options, onDamage, fileSystem: mortal(fs) });
  const outstanding: string[] = [];
  for await (const { value } of queue.outstanding()) outstanding.push(value ?? UNREADABLE);
  const { waiting, taken } = await queue.counts();
  // What a kill tore lies at the end of a journal, and is no news.
  const journals = damaged.filter((place) => /\.(put|done)\.tsv /.test(place));
  demand(journals.length === 0 || mayBeDamaged, `said to be damaged, though nothing but a kill came: ${journals.join('; ')}`);
  demandEqual([waiting, taken], [outstanding.length, 0], 'counts()');
  const refusedKeys = new Set<string>();
  for (const { key, put } of entries) {
    if (key !== undefined && put === 'acknowledged' && !(await queue.put('put again', { key }))) refusedKeys.add(key);
  }
  const delivered: Found['delivered'][number][] = [];
  for (let item = await queue.tryGet(); item; item = await queue.tryGet()) {
    if (item.value !== 'put again') delivered.push({ value: item.value, id: item.id, attempt: item.attempt });
    await item.done();
  }
  const failed = await listFailed(queue);
  // What has killed its process too often is given up when its turn comes.
  const expected = outstanding.filter((value) => !failed.has(value));
  const values = delivered.map(({ value }) => value);
  demandEqual(values, expected, 'delivered, against outstanding()');
  await queue.close();
  await queue.dispose();
  return { delivered, failed, refusedKeys };
}

/** All of them: while a journal is removed they move. */
async function listFailed(queue: PersistentQueue<string>): Promise<ReadonlyMap<string, number>> {
  const failed = new Map<string, number>();
  for (let turn = 0; turn < 20; turn += 1) {
    for await (const { value, attempts } of queue.failed()) failed.set(value ?? UNREADABLE, attempts);
    if (failed.size === (await queue.counts()).failed) break;
    await nextTurn();
  }
  return failed;
}

/** Nothing from nowhere, nothing twice, nothing out of order. */
function checkDeliveries({ delivered, failed }: Found, ledger: QueueLedger, { endings, next: { options } }: Judgement): void {
  const places = [...ledger.entries.keys()];
  let last = -1;
  for (const { value, id, attempt } of delivered) {
    const entry = ledger.entries.get(value);
    if (!entry) throw new Error(`${value} was delivered and never put`);
    const place = places.indexOf(value);
    demand(place > last, `${value} is delivered out of order, or twice`);
    last = place;
    demand(entry.id === undefined || entry.id === id, `${value} was ${entry.id} and is ${id}`);
    const most = entry.retried === 'no' ? countedAtMost(entry, endings) + 1 : Infinity;
    demand(attempt <= Math.min(most, options.maxAttempts ?? 3), `${value} comes as attempt ${attempt}, and ${most} is the most it can be`);
    demand(!failed.has(value), `${value} is both delivered and given up`);
  }
}

function checkPromises(entry: LedgerEntry, { delivered, failed, refusedKeys }: Found, judgement: Judgement): void {
  const { value, put, done, givenUp, retried, key } = entry;
  const delivery = delivered.find((other) => other.value === value);
  const isThere = delivery !== undefined || failed.has(value);
  demand(put !== 'refused' || judgement.refusedMayBeThere || !isThere, `${value} is there, though its put was refused`);
  demand(put !== 'acknowledged' || done !== 'no' || isThere, `${value} is lost, though its put was acknowledged`);
  demand(done !== 'acknowledged' || !isThere, `${value} comes again, though it was done`);
  demand(givenUp !== 'acknowledged' || retried !== 'no' || failed.has(value), `${value} was given up, and is not any more`);
  const mayBeGivenUp = givenUp !== 'no' || countedAtMost(entry, judgement.endings) >= (judgement.next.options.maxAttempts ?? 3);
  demand(mayBeGivenUp || !failed.has(value), `${value} is given up too early`);
  const least = retried === 'no' && !judgement.attemptsMayBeLost ? entry.taken - entry.maybeReleased : 0;
  demand(delivery === undefined || delivery.attempt > least, `${value} comes as attempt ${delivery?.attempt} after ${least} others`);
  demand(key === undefined || put !== 'acknowledged' || refusedKeys.has(key), `the key of ${value} is forgotten`);
}

/** Takes that count. */
function countedAtMost({ taken, released }: LedgerEntry, endings: number): number {
  return taken - released + endings;
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

function demandEqual(seen: unknown, wanted: unknown, what: string): void {
  const [saw, want] = [JSON.stringify(seen), JSON.stringify(wanted)];
  demand(saw === want, `${what}: ${saw} instead of ${want}`);
}
