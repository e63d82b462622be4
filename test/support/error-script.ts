import { expect } from 'vitest';
import { DiskError, QueueBrokenError, WorkQueueError } from '../../src/errors.ts';
import { QueueTakenError } from '../../src/fs/ownership-errors.ts';
import { Program, promised, ran, withoutChance } from './crash-script.ts';
import type { Script } from './crash-script.ts';
import { eachError, SHORT } from './each-error.ts';
import type { ErrorCounts, ErrorOptions, Failure } from './each-error.ts';
import type { FaultyDisk } from './faulty-disk.ts';
import { judgeQueue } from './judge-queue.ts';
import { QueueLedger } from './queue-ledger.ts';
import { NothingToTake } from './watched-queue.ts';
import type { ScriptOptions, WatchedQueue } from './watched-queue.ts';

/** A program that goes on after errors, as a careful one would. */
export class Survivor {
  /** All that was thrown at it. */
  readonly errors: unknown[] = [];
  readonly #program: Program;
  #queue: WatchedQueue | undefined;

  constructor(program: Program) {
    this.#program = program;
  }

  /** Opens the queue; if that fails, once more on a disk that is well again. */
  async open(): Promise<void> {
    this.#queue = await this.#program.open().catch((error: unknown) => void this.errors.push(error));
    if (this.#queue) return;
    this.#program.fs.heal();
    this.#queue = await this.#program.open();
  }

  /** Does something with the queue, and notes the error if it fails. */
  async attempt(act: (queue: WatchedQueue) => Promise<unknown>): Promise<void> {
    try {
      if (this.#queue) await act(this.#queue);
    } catch (error) {
      if (!(error instanceof NothingToTake)) this.errors.push(error);
    }
  }

  /** The disk is well again: now the queue works, or says that it has to be opened again, and then works. */
  async recover(): Promise<void> {
    this.#program.fs.heal();
    const queue = this.#queue;
    if (queue === undefined) return;
    try {
      await queue.put('after');
      await queue.done(await queue.take());
    } catch (error) {
      if (!(error instanceof QueueBrokenError || error instanceof QueueTakenError)) throw error;
      await queue.dispose();
      const again = await this.#program.open();
      await again.put('after the next opening');
      await again.done(await again.take());
      await again.dispose();
      return;
    }
    await queue.dispose();
  }
}

/** Lets each call of a program fail in each way, and has what it left judged by its ledger. */
export async function eachScriptError(
  {
    before = [],
    script,
    options = {},
  }: { readonly before?: readonly Script[]; readonly script: (survivor: Survivor) => Promise<void>; readonly options?: ScriptOptions },
  errorOptions: ErrorOptions,
): Promise<ErrorCounts> {
  const start = await ran(before, options);
  const ledger = new QueueLedger();
  let survivor: Survivor | undefined;
  const action = async (fs: FaultyDisk): Promise<void> => {
    ledger.become(start.ledger, () => !fs.stopped);
    survivor = new Survivor(new Program(fs, ledger, options));
    await script(survivor);
    await survivor.recover();
  };
  const check = async (_: unknown, __: unknown, failure: Failure): Promise<void> => {
    if (failure.error !== undefined) throw failure.error;
    for (const error of survivor?.errors ?? []) checkError(error, failure);
    const place = { directory: '/q', options };
    await judgeQueue(failure.disk.process(), ledger, { ...promised(failure, options), next: place, afterNext: place });
  };
  const told = (): string => `${ledger.text()}${survivor?.errors.map(String).join()}`;
  return eachError(start.disk, action, check, { ledger: told, likeness: withoutChance, ...errorOptions });
}

/** Typed, with the errno, the operation and the path, in itself or in its cause. */
function checkError(error: unknown, { errno }: Failure): void {
  expect(error, 'what the queue threw').toBeInstanceOf(WorkQueueError);
  const chain: unknown[] = [];
  for (let link: unknown = error; link instanceof Error; link = link.cause) chain.push(link);
  const told = chain.map((link) => (link instanceof DiskError ? `${link.operation} ${link.path} ${link.errno}` : String(link))).join(' < ');
  if (error instanceof QueueTakenError) return;
  expect(told, 'the errno is told').toContain(errno === SHORT ? 'ENOSPC' : errno);
  expect(told, 'the path is told').toContain('/q');
}
