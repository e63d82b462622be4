import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { Output } from '../../src/cli/output.ts';
import type { OutputStream } from '../../src/cli/output.ts';
import { run } from '../../src/cli/run.ts';
import { systemClock } from '../../src/clock.ts';
import type { Clock } from '../../src/clock.ts';
import { MAIN } from '../support/programs.ts';

export { MAIN };

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly input?: string | Uint8Array;
  /** Whether more input may follow: then stdin is left open. */
  readonly moreInput?: true;
  readonly env?: Readonly<Record<string, string>>;
  /** Who runs it; only root may choose. */
  readonly uid?: number;
}

export interface Running {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<Ended>;
}

/** Starts `dibs`; it is killed with the test that started it. */
export function startDibs(words: readonly string[], options: RunOptions): Running {
  return startProgram(process.execPath, [MAIN, ...words], options);
}

export function startProgram(program: string, words: readonly string[], { cwd, input, moreInput, env, uid }: RunOptions): Running {
  const child = spawn(program, words, {
    cwd,
    ...(uid !== undefined && { uid }),
    env: { ...process.env, NO_COLOR: '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => {}); // it may end without reading
  if (input !== undefined) child.stdin.write(input);
  if (!moreInput) child.stdin.end();
  const ended = once(child, 'close').then((): Ended => ({ code: child.exitCode, signal: child.signalCode, stdout, stderr }));
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

/**
 * Runs `dibs` to its end within this process, in the directory it is given: hundreds of starts of Node would take a
 * minute. What is about processes (signals, streams that break, another user) takes `startDibs`.
 */
export async function dibs(
  words: readonly string[],
  { cwd, input, env, clock = systemClock }: Pick<RunOptions, 'cwd' | 'input' | 'env'> & { readonly clock?: Clock },
): Promise<Ended> {
  const [out, err] = [new Pages(), new Pages()];
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const code = await run(words, {
      out: new Output(out),
      err: new Output(err),
      stdin: Readable.from(input === undefined ? [] : [Buffer.from(input)]),
      env: { ...process.env, NO_COLOR: '', ...env },
      clock,
    });
    return { code, signal: null, stdout: out.text, stderr: err.text };
  } finally {
    process.chdir(before);
  }
}

/** A stream that keeps what is written. */
class Pages implements OutputStream {
  text = '';

  write(text: string | Uint8Array, written: () => void): boolean {
    this.text += typeof text === 'string' ? text : Buffer.from(text).toString();
    queueMicrotask(written);
    return true;
  }

  on(): this {
    return this;
  }
}

/** The lines of JSON that it printed. */
export function jsonLines({ stdout }: Pick<Ended, 'stdout'>): unknown[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}
