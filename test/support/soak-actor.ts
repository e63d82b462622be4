import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PROCESSES = join(import.meta.dirname, '..', 'processes');

export type SoakKind = 'worker' | 'producer' | 'reaper';

/** One process of a soak, as those who kill and stop it see it. */
export class SoakActor {
  readonly kind: SoakKind;
  readonly name: string;
  readonly gone: Promise<unknown>;
  /** Whether it has said that it has a file. */
  holds = false;
  stopped = false;
  readonly #child: ChildProcess;

  constructor(kind: SoakKind, number: number, settings: object) {
    this.kind = kind;
    this.name = `${kind} ${number}`;
    const told = JSON.stringify({ actor: this.name, ...settings });
    this.#child = fork(join(PROCESSES, `folder-soak-${kind}.mjs`), [told], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.gone = once(this.#child, 'exit');
    this.#child.on('message', (message: { holds?: boolean }) => (this.holds = message.holds === true));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Whether it came to an end of its own that is none. */
  get isBroken(): boolean {
    return this.#child.exitCode !== null && this.#child.exitCode !== 0;
  }

  /** False if it was at its end before. */
  async kill(): Promise<boolean> {
    if (this.isGone) return false;
    this.#child.kill('SIGKILL');
    await this.gone;
    return this.#child.signalCode === 'SIGKILL';
  }

  stop(): void {
    this.stopped = true;
    this.#child.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child.kill('SIGCONT');
    this.stopped = false;
  }

  /** Tells one that has no end of its own to come to it. */
  async end(): Promise<void> {
    this.#child.send('end');
    await this.gone;
  }
}
