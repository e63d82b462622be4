import { resolve } from 'node:path';
import { NotAQueueError, type QueueHolder, QueueNotFoundError } from '../errors.ts';
import { formatJournalName } from '../formats/journal-name.ts';
import { parseDoneLine } from '../formats/done-line.ts';
import { parseCarriedOver, parseKeptLine } from '../formats/kept-line.ts';
import { parseKey } from '../formats/put-line.ts';
import { disk } from '../fs/disk.ts';
import { isErrno } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { readOwner } from '../fs/owner-file.ts';
import { CODEC_RULE, FILE_SYSTEM_RULE } from './queue-options.ts';
import type { Codec } from '../formats/codec.ts';
import { type Damage, DamageLog } from '../journals/damage.ts';
import { readKeysFile } from '../journals/key-registry.ts';
import { Holdings } from '../journals/holdings.ts';
import { listJournals, type Load, readLoad } from '../journals/load.ts';
import { reportForeign, type ScanContext, scanFile } from '../journals/message-scan.ts';
import { openError, type QueueIdentity, readIdentity } from '../journals/queue-directory.ts';
import { Segment } from '../journals/segment.ts';
import { checkOptions, type OptionRules, show } from './check-options.ts';
import { type FailedMessage, failedMessages, type Listable, type OutstandingMessage, outstandingMessages } from './listing.ts';

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
  /** The size of all its journals. */
  readonly bytes: number;
}

export interface ReadQueueOptions<T> {
  /** @default the machine's disk */
  readonly fileSystem?: FileSystem;
  /** @default JSON */
  readonly codec?: Codec<T>;
}

/** A queue that changes faster than it can be read is shown as it was seen last. */
const MOST_TRIES = 10;

const READ_RULES: OptionRules = { fileSystem: FILE_SYSTEM_RULE, codec: CODEC_RULE };

/**
 * Reads a queue without owning it, while others may work on it. What is seen is the state at some moment since the call.
 * @throws QueueNotFoundError, NotAQueueError, FormatVersionError
 */
export async function readQueue<T = unknown>(directory: string, options: ReadQueueOptions<T> = {}): Promise<QueueReader<T>> {
  if (typeof directory !== 'string' || directory === '') throw new TypeError(`readQueue takes a directory, got ${show(directory)}.`);
  checkOptions('readQueue', options, READ_RULES);
  const { fileSystem: fs = disk, codec } = options;
  const path = resolve(directory);
  const context: ScanContext = { fs, directory: path, damage: new DamageLog() };
  try {
    const identity = await identify(context);
    return new QueueReader<T>(context, { name: identity.name || 'queue', version: identity.version }, codec);
  } catch (error) {
    throw await readError(context, error);
  }
}

async function identify({ fs, directory, damage }: ScanContext): Promise<QueueIdentity> {
  const identity = await readIdentity(fs, directory, damage);
  if (identity === undefined) throw new NotAQueueError(directory, 'it is empty');
  return identity;
}

/** The typed error for what the disk refused. The directory may have gone since it was opened. */
async function readError({ fs, directory }: ScanContext, error: unknown): Promise<unknown> {
  if (isErrno(error, 'ENOENT') && (await fs.lstat(directory)) === undefined) return new QueueNotFoundError(directory, { cause: error });
  return openError(directory, error, 'read');
}

async function* withReadErrors<V>(context: ScanContext, read: () => Promise<AsyncIterable<V>>): AsyncGenerator<V, void, void> {
  try {
    yield* await read();
  } catch (error) {
    throw await readError(context, error);
  }
}

/** A queue that is looked at. Each call reads it anew, and throws what `readQueue` throws when the directory has changed so. */
export class QueueReader<T> {
  readonly #context: ScanContext;
  readonly #identity: { readonly name: string; readonly version: number };
  readonly #codec: Codec<T> | undefined;

  /** @internal `readQueue` makes it. */
  constructor(context: ScanContext, identity: { readonly name: string; readonly version: number }, codec: Codec<T> | undefined) {
    this.#context = context;
    this.#identity = identity;
    this.#codec = codec;
  }

  /** How it stands. Reads all journals. */
  async status(): Promise<QueueStatus> {
    try {
      return await this.#settledLook();
    } catch (error) {
      throw await readError(this.#context, error);
    }
  }

  /** What it was like while no journal came or went. */
  async #settledLook(): Promise<QueueStatus> {
    let names = await this.#journals();
    for (let tries = 0; ; tries++) {
      const status = await this.#look();
      const after = await this.#journals();
      // While a journal is removed, what outlives it may be seen in neither place.
      if (after === names || tries === MOST_TRIES) return status;
      names = after;
    }
  }

  async #look(): Promise<QueueStatus> {
    const { fs, directory } = this.#context;
    const context = { ...this.#context, damage: new DamageLog() };
    await identify(context);
    const owner = await readOwner(fs, directory);
    const load = await readLoad(context, this.#identity.name);
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
      ...this.#identity,
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
      ...(await this.#sizes(load)),
    };
  }

  /** What was put and is not done, in put order. */
  outstanding(): AsyncGenerator<OutstandingMessage<T>, void, void> {
    return withReadErrors(this.#context, async () => outstandingMessages(await this.#listable()));
  }

  /** What was given up, in put order; what outlived its journal first. */
  failed(): AsyncGenerator<FailedMessage<T>, void, void> {
    return withReadErrors(this.#context, async () => this.#failed());
  }

  async *#failed(): AsyncGenerator<FailedMessage<T>, void, void> {
    const seen = new Set<string>();
    let names = '';
    for (let after = await this.#journals(), tries = 0; after !== names && tries < MOST_TRIES; after = await this.#journals(), tries++) {
      names = after;
      for await (const message of failedMessages(await this.#listable())) {
        if (!seen.has(message.id)) yield message;
        seen.add(message.id);
      }
    }
  }

  /** Reads every byte of every file and tells which are no record of ours. What a stop left unfinished at the end of a file is none of those. */
  verify(): AsyncGenerator<Damage, void, void> {
    return withReadErrors(this.#context, async () => this.#verify());
  }

  async *#verify(): AsyncGenerator<Damage, void, void> {
    const found: Damage[] = [];
    const context: ScanContext = { ...this.#context, damage: new DamageLog((damage) => found.push(damage)) };
    await identify(context);
    yield* found.splice(0);
    for (const name of listJournals(await context.fs.readdir(context.directory), this.#identity.name)) {
      const segment = new Segment(formatJournalName(name), name, Number.POSITIVE_INFINITY, { own: false });
      await scanFile(context, segment.file, segment.bytes, (bytes, start, end, offset) => {
        if (!belongs(segment, bytes, start, end)) reportForeign(context.damage, segment.file, offset, end - start);
      });
      yield* found.splice(0);
    }
  }

  /** Which journals there are. */
  async #journals(): Promise<string> {
    return listJournals(await this.#context.fs.readdir(this.#context.directory), this.#identity.name)
      .map(formatJournalName)
      .join('\n');
  }

  async #listable(): Promise<Listable<T>> {
    const load = await readLoad(this.#context, this.#identity.name);
    const { ledger, kept, puts } = load;
    return { context: this.#context, ledger, kept: kept.ids, segments: () => [...kept.segments, ...puts], codec: this.#codec };
  }

  async #sizes(load: Load): Promise<Pick<QueueStatus, 'runs' | 'bytes'>> {
    const { fs, directory } = this.#context;
    const runs = new Map<number, { run: number; puts: number; dones: number; bytes: number }>();
    let total = 0;
    for (const name of listJournals(await fs.readdir(directory), this.#identity.name)) {
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
}

function belongs(segment: Segment, bytes: Buffer, start: number, end: number): boolean {
  const text = (): string => bytes.toString('utf8', start, end);
  switch (segment.name.kind) {
    case 'put':
      return segment.place(bytes, start, end) !== null;
    case 'done':
      return parseDoneLine(text()) !== null;
    case 'keys':
      return parseKey(text()) !== undefined;
    case 'kept':
      return parseKeptLine(text()) !== null || parseCarriedOver(text()) !== null;
  }
}

export type { FailedMessage, OutstandingMessage } from './listing.ts';
