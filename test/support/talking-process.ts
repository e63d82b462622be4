import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { standingStill } from './standing-still.ts';

/** A real process that answers each line it is told with a line of JSON. Killed when its test is over. */
export class TalkingProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  /** @param launcher what to start it with, as `unshare -p` */
  constructor(script: string, launcher: readonly string[] = []) {
    const [launch, ...before] = launcher;
    const [command, args] = launch === undefined ? [process.execPath, [script]] : [launch, [...before, process.execPath, script]];
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async ask(line: string): Promise<Record<string, unknown>> {
    this.#child.stdin.write(`${line}\n`);
    return this.answer();
  }

  /** Its next line: for what it says without being asked. */
  async answer(): Promise<Record<string, unknown>> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the process ended without an answer');
    const answer: Record<string, unknown> = JSON.parse(value);
    return answer;
  }

  /** Resolves once it stands still, if that is what it was told. */
  async signal(name: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    this.#child.kill(name);
    if (name === 'SIGSTOP') await standingStill(this.pid);
  }

  /** Resolves once it is gone, and its zombie too. */
  async kill(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
