import type { Clock } from '../clock.ts';
import { isPermanent } from '../formats/failure-reason.ts';
import type { Handler } from '../queues/consume.ts';
import { CannotStartError } from './cannot-start-error.ts';
import { fillCommand, valueAsText } from './child/command-template.ts';
import type { GroupGuard } from './child/group-guard.ts';
import { ProgramFailedError } from './child/program-failed-error.ts';
import { runProgram } from './child/run-program.ts';
import type { OutputSource } from './child/program-output.ts';
import type { ProgramResults } from './child/program-results.ts';
import { ForeignValue, ForeignValueError } from './foreign-value.ts';
import { HaltCount, type HaltRule } from './halt.ts';
import { OutputClosedError, OutputFailedError } from './output.ts';
import type { Attempt, WorkDisplay } from './render/work-display.ts';
import type { WorkItem } from './work-item.ts';

/** What runs for each message. */
export interface ProgramPlan {
  /** The command with its `{}`. */
  readonly words: readonly string[];
  /** Whether the value goes to the program's stdin; then it is no argument unless there is a `{}`. */
  readonly stdin: boolean;
  readonly timeoutMs: number | undefined;
  readonly maxAttempts: number;
  /** When to stop early; never without. */
  readonly halt: HaltRule | undefined;
  /** Where what programs write is kept as well. */
  readonly results: ProgramResults | undefined;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly clock: Clock;
}

/** Why no more messages are taken, though there are some. */
export type StopReason = 'halt' | 'output-closed' | CannotStartError | ForeignValueError | OutputFailedError;

const KILL_AFTER_MS = 5_000;

/** Runs the program for a message: its success is the message's, its failure a failed attempt. */
export class ProgramHandler {
  readonly #plan: ProgramPlan;
  readonly #display: WorkDisplay;
  readonly #guard: GroupGuard;
  readonly #stop: (reason: StopReason, how?: HaltRule['how']) => void;
  readonly #halt: HaltCount | undefined;
  readonly #durations = new Map<string, number>();
  readonly #givenUp = new Set<string>();

  constructor(plan: ProgramPlan, display: WorkDisplay, guard: GroupGuard, stop: (reason: StopReason, how?: HaltRule['how']) => void) {
    this.#plan = plan;
    this.#display = display;
    this.#guard = guard;
    this.#stop = stop;
    this.#halt = plan.halt && new HaltCount(plan.halt);
  }

  readonly handle: Handler<WorkItem> = async (item, { signal }) => {
    const { clock, maxAttempts } = this.#plan;
    const startedAt = clock.monotonic();
    if (item.value instanceof ForeignValue) {
      this.#stop(new ForeignValueError(item.id));
      return item.release();
    }
    try {
      await this.#run(item, signal);
      this.#durations.set(item.id, clock.monotonic() - startedAt);
    } catch (error) {
      if (signal.aborted) throw error; // told to end: the message is given back, nothing failed
      const errno = this.#unstartable(error);
      if (errno !== undefined) {
        this.#stop(new CannotStartError(this.#plan.words[0] ?? '', errno));
        return item.release();
      }
      const givenUp = isPermanent(error) || item.attempt >= maxAttempts;
      const attempt = {
        ...attemptOf(item, clock.monotonic() - startedAt),
        // Where a file lies says nothing that its name does not.
        value: item.name === undefined ? item.value : undefined,
        maxAttempts,
        givenUp,
        error: nameAndMessage(error),
      };
      await this.#tell(() => this.#display.failed(attempt));
      if (givenUp) this.#givenUp.add(item.id);
      throw error;
    }
  };

  /** Called when it is on disk that a message is done: earlier it would promise too much. */
  async done(item: WorkItem): Promise<void> {
    const durationMs = this.#durations.get(item.id) ?? 0;
    this.#durations.delete(item.id);
    await this.#tell(() => this.#display.done(attemptOf(item, durationMs)));
    this.#ended('success');
  }

  /** The same of an attempt that failed. */
  failed(item: WorkItem): void {
    if (this.#givenUp.delete(item.id)) this.#ended('fail');
  }

  #ended(how: 'fail' | 'success'): void {
    if (this.#halt?.ended(how)) this.#stop('halt', this.#halt.rule.how);
  }

  async #run(item: WorkItem, signal: AbortSignal): Promise<void> {
    const { words, stdin, env, timeoutMs } = this.#plan;
    const text = valueAsText(item.value);
    const command = fillCommand(words, text, { append: !stdin });
    const kept = await this.#keep(() => this.#plan.results?.begin(item, command));
    const run = runProgram({
      words: command,
      env: {
        ...env,
        DIBS_ID: item.id,
        ...(item.name !== undefined && { DIBS_NAME: item.name }),
        DIBS_ATTEMPT: String(item.attempt),
      },
      stdin: stdin ? text : undefined,
      timeoutMs,
      killAfterMs: KILL_AFTER_MS,
      signal,
      onOutput: async (from: OutputSource, lines: Buffer) => {
        await this.#keep(() => kept?.write(from, lines));
        await this.#tell(() => this.#display.output(from, lines));
      },
      guard: this.#guard,
    });
    await this.#keep(() => kept?.follow(run, signal));
    await run;
  }

  /** A disk that takes no results is as one that takes no output. */
  #keep<R>(write: () => Promise<R> | undefined): Promise<R | undefined> {
    return this.#tell(async () => {
      try {
        return await write();
      } catch (error) {
        throw this.#plan.results?.refusal(error) ?? error;
      }
    });
  }

  /** Nobody reads our output any more, or its disk is full: that is no fault of the message, but no more are begun. */
  async #tell<R>(write: () => Promise<R>): Promise<R | undefined> {
    try {
      return await write();
    } catch (error) {
      if (error instanceof OutputClosedError) this.#stop('output-closed');
      else if (error instanceof OutputFailedError) this.#stop(error);
      else throw error;
      return undefined;
    }
  }

  /** Why the command can't be started, if that is so for every message: not when the message names the program. */
  #unstartable(error: unknown): string | undefined {
    if (!(error instanceof ProgramFailedError) || error.end.kind !== 'start' || this.#plan.words[0]?.includes('{}')) return undefined;
    return error.end.errno;
  }
}

function attemptOf({ id, attempt }: WorkItem, durationMs: number): Attempt {
  return { id, attempt, durationMs: Math.round(durationMs) };
}

function nameAndMessage(error: unknown): { name: string; message: string } {
  return error instanceof Error ? { name: error.name, message: error.message } : { name: 'Error', message: String(error) };
}
