import { resolve } from 'node:path';
import { QueueNotFoundError } from '../errors.ts';
import type { Codec } from '../formats/codec.ts';
import { formatJournalName } from '../formats/journal-name.ts';
import { disk } from '../fs/disk.ts';
import { isErrno } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { type Damage, DamageLog } from '../journals/damage.ts';
import { listJournals, readLoad } from '../journals/load.ts';
import type { ScanContext } from '../journals/message-scan.ts';
import { identify, openError } from '../journals/queue-directory.ts';
import { checkOptions, isPath, type OptionRules, show } from './check-options.ts';
import { type FailedMessage, failedMessages, type Listable, type OutstandingMessage, outstandingMessages } from './listing.ts';
import { findDamage } from './queue-damage.ts';
import { CODEC_RULE, FILE_SYSTEM_RULE } from './queue-options.ts';
import { type QueueStatus, readStatus } from './queue-status.ts';

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
  if (!isPath(directory)) throw new TypeError(`readQueue takes a directory, got ${show(directory)}.`);
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
      const status = await readStatus(this.#context, this.#identity);
      const after = await this.#journals();
      // While a journal is removed, what outlives it may be seen in neither place.
      if (after === names || tries === MOST_TRIES) return status;
      names = after;
    }
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
    return withReadErrors(this.#context, async () => findDamage(this.#context, this.#identity.name));
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
}

export type { FailedMessage, OutstandingMessage } from './listing.ts';
