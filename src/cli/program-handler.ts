import type { Clock } from '../clock.ts';
import { PermanentError } from '../errors.ts';
import type { Handler } from '../queues/consume.ts';
import type { Item } from '../queues/queue.ts';
import { CannotStartError } from './cannot-start-error.ts';
import { fillCommand, valueAsText } from './child/command-template.ts';
import type { GroupGuard } from './child/group-guard.ts';
import { ProgramFailedError } from './child/program-failed-error.ts';
import { runProgram } from './child/run-program.ts';
import type { OutputSource } from './child/program-output.ts';
import { ForeignValue, ForeignValueError } from './foreign-value.ts';
import { OutputClosedError, OutputFailedError } from './output.ts';
import type { Attempt, WorkDisplay } from './render/work-display.ts';

/** What runs for each message. */
export interface ProgramPlan {
  /** The command with its `{}`. */
  readonly words: readonly string[];
  /** Whether the value goes to the program's stdin; then it is no argument unless there is a `{}`. */
  readonly stdin: boolean;
  readonly timeoutMs: number | undefined;
  readonly maxAttempts: number;
  readonly stopOnFailure: boolean;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly clock: Clock;
}

/** Why no more messages are taken, though there are some. */
export type StopReason = 'failure' | 'output-closed' | CannotStartError | ForeignValueError | OutputFailedError;

const KILL_AFTER_MS = 5_000;

/** Runs the program for a message: its success is the message's, its failure a failed attempt. */
export class ProgramHandler {
  readonly #plan: ProgramPlan;
  readonly #display: WorkDisplay;
  readonly #guard: GroupGuard;
  readonly #stop: (reason: StopReason) => void;
  readonly #durations = new Map<string, number>();

  constructor(plan: ProgramPlan, display: WorkDisplay, guard: GroupGuard, stop: (reason: StopReason) => void) {
    this.#plan = plan;
    this.#display = display;
    this.#guard = guard;
    this.#stop = stop;
  }

  readonly handle: Handler<Item<unknown>> = async (item, { signal }) => {
    const { clock, maxAttempts, stopOnFailure } = this.#plan;
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
      const givenUp = error instanceof PermanentError || item.attempt >= maxAttempts;
      const attempt = {
        ...attemptOf(item, clock.monotonic() - startedAt),
        value: item.value,
        maxAttempts,
        givenUp,
        error: nameAndMessage(error),
      };
      await this.#tell(() => this.#display.failed(attempt));
      if (givenUp && stopOnFailure) this.#stop('failure');
      throw error;
    }
  };

  /** Called when a message's end is on disk: earlier it would promise too much. */
  async told(item: Item<unknown>): Promise<void> {
    const durationMs = this.#durations.get(item.id) ?? 0;
    this.#durations.delete(item.id);
    await this.#tell(() => this.#display.done(attemptOf(item, durationMs)));
  }

  async #run(item: Item<unknown>, signal: AbortSignal): Promise<void> {
    const { words, stdin, env, timeoutMs } = this.#plan;
    const text = valueAsText(item.value);
    await runProgram({
      words: fillCommand(words, text, { append: !stdin }),
      env: { ...env, DIBS_ID: item.id, DIBS_ATTEMPT: String(item.attempt) },
      stdin: stdin ? text : undefined,
      timeoutMs,
      killAfterMs: KILL_AFTER_MS,
      signal,
      onOutput: (from: OutputSource, lines: Buffer) => this.#tell(() => this.#display.output(from, lines)),
      guard: this.#guard,
    });
  }

  /** Nobody reads our output any more, or its disk is full: that is no fault of the message, but no more are begun. */
  async #tell(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (error instanceof OutputClosedError) this.#stop('output-closed');
      else if (error instanceof OutputFailedError) this.#stop(error);
      else throw error;
    }
  }

  /** Why the command can't be started, if that is so for every message: not when the message names the program. */
  #unstartable(error: unknown): string | undefined {
    if (!(error instanceof ProgramFailedError) || error.end.kind !== 'start' || this.#plan.words[0]?.includes('{}')) return undefined;
    return error.end.errno;
  }
}

function attemptOf({ id, attempt }: Item<unknown>, durationMs: number): Attempt {
  return { id, attempt, durationMs: Math.round(durationMs) };
}

function nameAndMessage(error: unknown): { name: string; message: string } {
  return error instanceof Error ? { name: error.name, message: error.message } : { name: 'Error', message: String(error) };
}
