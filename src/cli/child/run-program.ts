import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { PermanentError } from '../../errors.ts';
import { Deadline } from './deadline.ts';
import { signalGroup } from './process-group.ts';
import { ProgramFailedError } from './program-failed-error.ts';
import type { BadEnd } from './program-failed-error.ts';
import { ProgramOutput } from './program-output.ts';
import type { OnOutput } from './program-output.ts';
import { feedProgram } from './feed-program.ts';

export interface ProgramRun {
  /** The program and its arguments, as they are: no shell reads them. */
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** What it reads, whole or piece by piece; nothing unless given. */
  readonly stdin?: string | AsyncIterable<string> | undefined;
  /**
   * SIGTERM after that many milliseconds, and SIGKILL after `killAfterMs` more, to it and all that it started. What goes
   * on writing after its own end gets them too, and changes nothing about how it ended.
   */
  readonly timeoutMs?: number | undefined;
  readonly killAfterMs: number;
  /** SIGKILL to the program and all that it started, at once. */
  readonly signal: AbortSignal;
  readonly onOutput: OnOutput;
  /** Told the group that it started, and that it is gone: see `GroupGuard`. */
  readonly guard?: { add(group: number): void; remove(group: number): void } | undefined;
}

const QUIET_AFTER_EXIT_MS = 300;

/** Resolves when the program ended with 0; rejects with `ProgramFailedError` else, and with the signal's reason when aborted. */
export async function runProgram(run: ProgramRun): Promise<void> {
  run.signal.throwIfAborted();
  const child = start(run);
  const output = new ProgramOutput(child, run.onOutput);
  const kill = (): void => {
    signalGroup(child, 'SIGKILL');
    output.leave();
  };
  // Until its output is finished too: what it left running may write for ever.
  const deadline = new Deadline(run, { terminate: () => signalGroup(child, 'SIGTERM'), kill });
  run.signal.addEventListener('abort', kill, { once: true });
  const feeding = feed(child, run.stdin, kill);
  if (child.pid !== undefined) run.guard?.add(child.pid);
  try {
    const end = await endOf(child, run, deadline);
    if (end?.kind === 'timeout') kill(); // those of its group that did not hear the SIGTERM
    await output.finish(QUIET_AFTER_EXIT_MS);
    run.signal.throwIfAborted();
    await feeding;
    if (end) throw new ProgramFailedError(end, output.lastWords);
  } finally {
    run.signal.removeEventListener('abort', kill);
    deadline.cancel();
    if (child.pid !== undefined) run.guard?.remove(child.pid);
  }
}

function start(run: ProgramRun): ChildProcess {
  const [program = '', ...args] = run.words;
  try {
    return spawn(program, args, {
      env: run.env,
      stdio: [run.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    // Thrown, not told by an event: the words themselves can't be passed. Another try would end the same way.
    throw new PermanentError(`the command can't be started: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** It need not read what it is given. Rejects when what it is to read can't be had, and kills it: it is to make nothing of a part. */
function feed({ stdin }: ChildProcess, text: ProgramRun['stdin'], kill: () => void): Promise<void> {
  stdin?.on('error', () => {});
  if (typeof text === 'object' && stdin !== null) {
    const feeding = feedProgram(stdin, text, kill);
    feeding.catch(() => {}); // told at its end
    return feeding;
  }
  if (typeof text !== 'object') stdin?.end(text);
  return Promise.resolve();
}

/** How its own end was bad, undefined if good. */
async function endOf(child: ChildProcess, { timeoutMs }: ProgramRun, deadline: Deadline): Promise<BadEnd | undefined> {
  try {
    const [code, killedBy]: unknown[] = await once(child, 'exit');
    if (deadline.passed && timeoutMs !== undefined) return { kind: 'timeout', timeoutMs };
    if (typeof killedBy === 'string') return { kind: 'signal', signal: killedBy };
    return code === 0 ? undefined : { kind: 'exit', code: Number(code) };
  } catch (error) {
    return { kind: 'start', errno: error instanceof Error && 'code' in error ? String(error.code) : String(error) };
  }
}
