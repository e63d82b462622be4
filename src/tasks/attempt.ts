import { resolve } from 'node:path';
import { ClaimLostError } from '../errors.ts';
import { outputStageTask } from '../formats/output-stage.ts';
import { dataAs, type TaskOutput, type TaskProgress } from '../formats/task-record.ts';
import type { TaskClaim, TaskStore } from '../stores/store.ts';
import type { OutputFiles } from './output-files.ts';
import { copyOf } from './task-data.ts';
import { type Checkpoint, timeOf } from './task.ts';
import type { TrackerGround } from './tracker-ground.ts';

/** What an attempt stands on. */
export interface AttemptGround<T> {
  readonly store: TaskStore;
  readonly claim: TaskClaim;
  readonly outputs: OutputFiles;
  readonly useCase: string;
  /** What a schema makes of data. @throws InvalidValueError */
  readonly valid: TrackerGround['valid'];
  /** What the task holds as it is started: that of a checkpoint, if an earlier attempt left one. */
  readonly data: T;
}

/** Whether an attempt goes on; `lost`: somebody else has the task. */
type AttemptState = 'open' | 'ended' | 'lost';

/** One try at a task, by whoever has it. It is over when what it was made for has ended. */
export class Attempt<T = unknown> {
  readonly id: string;
  /** The how manieth, over all the task's life, from 1. With the id a key for what must not be done twice elsewhere. */
  readonly number: number;
  readonly #ground: AttemptGround<T>;
  readonly #controller = new AbortController();
  readonly #outputs = new Map<string, Promise<TaskOutput>>();
  #updating: Promise<unknown> = Promise.resolve();
  #state: AttemptState = 'open';
  /** Why it is not this attempt's any more. */
  #lostFor: Error | undefined;
  #data: T;
  /** What is left of the data if this attempt fails; never handed out. */
  #kept: T;
  #isCheckpointed: boolean;
  #progress: TaskProgress | undefined;
  /** What is being written down: one after the other, for each has a new name for the claim. */
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;

  /** @internal The tracker makes it. */
  constructor(ground: AttemptGround<T>, number: number) {
    this.#ground = ground;
    this.id = ground.claim.task.id;
    this.number = number;
    this.#kept = ground.data;
    this.#isCheckpointed = 'data' in (ground.claim.task.checkpoint ?? {});
    this.#data = copyOf(ground.data);
  }

  /**
   * What the task is about. What is changed of it here, or set, is written down with success alone, all of it or nothing; once
   * the attempt has ended it is what the task holds.
   */
  get data(): T {
    return this.#data;
  }

  set data(data: T) {
    this.#data = data;
  }

  /** Aborts when the task is not this attempt's any more: it was taken over or deleted (seen within a fifth of the lease), or the tracker was disposed of. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Changes the data, all of it or nothing: `change` gets a copy, to change or to replace; if it throws, the data is what it was.
   * Of several at once one begins when the one before has ended.
   */
  update(change: (data: T) => T | void | Promise<T | void>): Promise<T> {
    const updating = this.#updating.then(async () => {
      const draft = structuredClone(this.#data);
      const changed = await change(draft);
      this.#data = changed === undefined ? draft : changed;
      return this.#data;
    });
    this.#updating = updating.catch(() => undefined);
    return updating;
  }

  /**
   * Writes the data down as it is now. Once this resolves it survives a failure of this attempt and the end of its process: the
   * next attempt starts from it. A stop in the middle leaves the checkpoint before it.
   * @throws InvalidValueError if the schema refuses it, UnserialisableValueError, ClaimLostError, QueueClosedError once the tracker is disposed of, and then nothing was written; DiskError
   */
  async checkpoint(): Promise<void> {
    this.#assertOurs();
    const data = copyOf(dataAs<T>(await this.#ground.valid(this.#data)));
    await this.#write(() => ({ data }));
    this.#kept = data;
    this.#isCheckpointed = true;
  }

  /**
   * Says how far it is, from 0 to 1, for others to see. As dear as a checkpoint, which it is not: no more than one a second is of use.
   * @throws ClaimLostError, QueueClosedError, RangeError, DiskError
   */
  async progress(fraction: number, note?: string): Promise<void> {
    if (!(fraction >= 0 && fraction <= 1)) throw new RangeError(`progress takes a number from 0 to 1, got ${fraction}.`);
    this.#assertOurs();
    this.#progress = { fraction, ...(note !== undefined && { note }) };
    await this.#write(() => (this.#isCheckpointed ? { data: this.#kept } : {}));
  }

  /**
   * Where to write a file that is to appear at `path` when the task has succeeded: whole, replacing what is there. After a
   * failure, and after a lost claim, it never appears. A process that dies leaves it under the
   * name that this gives, until the next attempt asks for the same path.
   * @throws ClaimLostError, QueueClosedError, DiskError
   */
  async output(path: string): Promise<string> {
    this.#assertOurs();
    const { outputs, useCase, claim } = this.#ground;
    const writer = { task: outputStageTask(useCase, this.id), attempt: this.number, died: claim.task.claims - 1 };
    const final = resolve(path);
    const staging = this.#outputs.get(final) ?? outputs.stage(final, writer);
    this.#outputs.set(final, staging);
    staging.catch(() => this.#outputs.delete(final));
    return (await staging).stage;
  }

  /** @internal Once all that were asked for are known. */
  async outputs(): Promise<readonly TaskOutput[]> {
    const staged = await Promise.allSettled(this.#outputs.values());
    return staged.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  /** @internal What stays if it fails. */
  get kept(): T {
    return this.#kept;
  }

  /** @internal Looks whether the task is still ours. While something is written the claim's name changes, and nobody could tell. */
  look(): void {
    if (this.#state === 'open' && !this.#isWriting && !this.#ground.claim.isOurs()) this.lose(this.lostError());
  }

  /** @internal */
  lose(reason: Error): void {
    if (this.#state === 'lost') return;
    this.#state = 'lost';
    this.#lostFor = reason;
    this.#controller.abort(reason);
  }

  /** @internal Nothing is written any more, once what is being written is there. */
  end(): Promise<void> {
    if (this.#state === 'open') this.#state = 'ended';
    return this.#writing;
  }

  /** @internal What the task holds after it. */
  show(data: T): void {
    this.#data = copyOf(data);
  }

  /** @internal */
  lostError(options?: ErrorOptions): ClaimLostError {
    return new ClaimLostError(this.#ground.useCase, this.id, options);
  }

  #write(checkpoint: () => Checkpoint): Promise<void> {
    const startedAt = timeOf(this.#ground.claim.claimedMs);
    const told = { attempt: this.number, ...(startedAt !== undefined && { startedAt }) };
    const writing = this.#writing.then(() => this.#writeNow({ ...checkpoint(), progress: this.#progress, ...told }));
    this.#writing = writing.catch(() => undefined);
    return writing;
  }

  async #writeNow(checkpoint: Checkpoint): Promise<void> {
    if (this.#state === 'lost') throw this.#lostFor ?? this.lostError();
    const { store, claim } = this.#ground;
    this.#isWriting = true;
    try {
      if (await store.checkpoint(claim, { ...checkpoint })) return;
    } finally {
      this.#isWriting = false;
    }
    this.lose(this.lostError());
    throw this.#lostFor ?? this.lostError();
  }

  #assertOurs(): void {
    if (this.#state === 'ended') throw new TypeError(`The attempt at ${this.id} has ended.`);
    this.look();
    if (this.#state === 'lost') throw this.#lostFor ?? this.lostError();
  }
}
