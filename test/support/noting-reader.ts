import type { Answering } from './noting-owner.ts';
import type { FolderLedger } from './folder-ledger.ts';

/** The program that does as a NotingReader says. */
export const READER = 'folder-queue-reader.mjs';

/** A process that reads a folder, and of which is written down what it was promised. What it refuses is told as its code. */
export class NotingReader {
  readonly #process: Answering;
  readonly #actor: string;
  readonly #ledger: FolderLedger;
  readonly #held: unknown[] = [];

  constructor(actor: string, ledger: FolderLedger, program: Answering) {
    this.#process = program;
    this.#actor = actor;
    this.#ledger = ledger;
  }

  async open(directory: string, options: object): Promise<void> {
    const { error, message } = await this.#ask('open', directory, options);
    if (error !== undefined) throw new Error(`${JSON.stringify(error)}: ${JSON.stringify(message)}`);
  }

  /** The attempt; null if nothing is left, or the code of what it threw. */
  async get(timeoutMs: number): Promise<unknown> {
    const { name, attempt, error, code } = await this.#ask('get', { timeoutMs });
    if (error !== undefined) return code ?? error;
    if (name === null) return null;
    this.#held.push(name);
    this.#ledger.note(this.#actor, 'got', { name, attempt });
    return attempt;
  }

  /** What it took first: undefined if it is done. */
  async done(): Promise<unknown> {
    const name = this.#held.shift();
    this.#ledger.note(this.#actor, 'done?', { name });
    const { error, code } = await this.#ask('done');
    if (error === undefined) this.#ledger.note(this.#actor, 'done!', { name });
    else if (code === 'ERR_CLAIM_LOST') this.#ledger.note(this.#actor, 'lost', { name });
    return error === undefined ? undefined : (code ?? error);
  }

  async end(): Promise<void> {
    await this.#ask('dispose');
    await this.#process.kill();
  }

  async kill(): Promise<void> {
    await this.#process.kill();
    this.#ledger.note(this.#actor, 'kill!');
  }

  async stop(): Promise<void> {
    this.#ledger.note(this.#actor, 'stop!');
    await this.#process.signal('SIGSTOP');
  }

  async go(): Promise<void> {
    await this.#process.signal('SIGCONT');
    this.#ledger.note(this.#actor, 'cont!');
  }

  #ask(command: string, ...rest: unknown[]): Promise<Record<string, unknown>> {
    return this.#process.ask(JSON.stringify([command, ...rest]));
  }
}
