import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { CONTAINER } from './container.ts';

/** A program in a container that is told all at its start, and runs to its end unless it is killed. */
export class ContainedProcess {
  readonly #unshare: ChildProcess;
  readonly #gone: Promise<unknown[]>;
  #complaints = '';
  #isKilled = false;

  /** @param launcher what else to start it with */
  constructor(script: string, settings: object, launcher: readonly string[] = []) {
    const [unshare, ...options] = CONTAINER;
    const command = [...options, ...launcher, process.execPath, script, JSON.stringify(settings)];
    this.#unshare = spawn(unshare, command, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#unshare.stderr?.on('data', (text) => (this.#complaints += String(text)));
    this.#gone = once(this.#unshare, 'close');
    onTestFinished(() => void this.#unshare.kill('SIGKILL'));
  }

  get isGone(): boolean {
    return this.#unshare.exitCode !== null || this.#unshare.signalCode !== null;
  }

  /** What it said when it ended, if it neither ended well nor was killed. */
  async end(): Promise<string | undefined> {
    await this.#gone;
    return this.#unshare.exitCode === 0 || this.#isKilled ? undefined : `ended with ${this.#unshare.exitCode}: ${this.#complaints}`;
  }

  /** True if it was killed, false if it had come to its end. Resolves once it is gone: not only what started it. */
  async kill(): Promise<boolean> {
    const pid = this.pid();
    if (pid === undefined) return false;
    process.kill(pid, 'SIGKILL');
    await this.#gone;
    this.#isKilled = this.#unshare.exitCode !== 0;
    return this.#isKilled;
  }

  /** As it is seen from outside. */
  pid(): number | undefined {
    const unshare = this.#unshare.pid;
    if (this.isGone || unshare === undefined) return undefined;
    const children = readFileSync(`/proc/${unshare}/task/${unshare}/children`, 'utf8').trim();
    return children === '' ? undefined : Number(children.split(' ')[0]);
  }
}
