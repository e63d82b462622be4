import { spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge } from '../processes/checker.mjs';
import { FolderLedger } from './folder-ledger.ts';
import { TalkingProcess } from './talking-process.ts';

const USER = join(import.meta.dirname, '..', 'processes', 'full-disk-user.mjs');

/** What is refused, as it is told. */
interface Refusal {
  readonly what: string;
  readonly isOurs: boolean;
  readonly code?: string;
  readonly errno?: string;
  readonly operation?: string;
  readonly path?: string;
  readonly name: string;
  readonly message: string;
}

export interface FullDiskVerdict {
  readonly violations: readonly string[];
  /** What was refused, and why: `put ENOSPC`. */
  readonly refused: readonly string[];
}

export type QueueKind = 'queue' | 'folder';

/** One use of a queue: what it is, where, and what the disk may say while something is wrong with it. */
export interface FullDiskRun {
  readonly kind: QueueKind;
  readonly directory: string;
  readonly ledger: string;
  readonly errnos: readonly string[];
  readonly seed: number;
}

/** A process that uses a queue on a disk with which something is wrong meanwhile, from the first put to the last done. */
export class FullDiskUser {
  readonly #process = new TalkingProcess(USER);
  #run: FullDiskRun | undefined;
  #violations: string[] = [];
  #refused: string[] = [];

  /** What came before is forgotten. */
  async begin(run: FullDiskRun): Promise<void> {
    const { kind, directory, seed } = run;
    this.#run = run;
    this.#violations = [];
    this.#refused = [];
    const options = kind === 'queue' ? { segmentBytes: 2048, maxAttempts: 4 } : { leaseMs: 500, maxAttempts: 4 };
    await this.well('begin', { kind, directory, seed, options });
  }

  /** Nothing may be refused. */
  async well(command: string, facts: object = {}): Promise<void> {
    for (const refusal of await this.#ask(command, facts)) this.#violations.push(`${command}: ${describe(refusal)}`);
  }

  /** What is refused has to be told honestly. */
  async badly(command: string, facts: object = {}): Promise<void> {
    for (const refusal of await this.#ask(command, facts)) {
      this.#refused.push(`${refusal.what} ${refusal.errno ?? refusal.code}`);
      const complaint = this.#dishonest(refusal);
      if (complaint !== undefined) this.#violations.push(`${command}: ${complaint}: ${describe(refusal)}`);
    }
  }

  /** Nothing is wrong any more: it goes on, and works off what is left. */
  async end(): Promise<FullDiskVerdict> {
    // What may have lost what it was told of refuses everything, until it is opened again.
    if (this.#refused.some((refusal) => refusal.endsWith('ERR_QUEUE_BROKEN'))) await this.well('leave');
    await this.well('freed');
    await this.well('finish');
    const { kind, ledger, directory } = this.#begun();
    const { violations } = kind === 'queue' ? judge(readFileSync(ledger, 'utf8')) : new FolderLedger(ledger).judge(directory);
    return { violations: [...this.#violations, ...violations], refused: this.#refused };
  }

  /** It was not refused, but has to wait until all is well. */
  waits(): void {
    this.#refused.push('nothing, but wait');
  }

  /** The disk forgot what was not synced. A folder gives back by a rename that is not, and so this is told of folders. */
  forgotten(): void {
    const { kind, ledger } = this.#begun();
    if (kind === 'folder') appendFileSync(ledger, `${JSON.stringify({ actor: 'the disk', event: 'cut!' })}\n`);
  }

  /** How many files it has open. */
  get files(): number {
    return readdirSync(`/proc/${this.#process.pid}/fd`).length;
  }

  limit(what: 'fsize' | 'nofile', most: number | 'unlimited'): void {
    const { status, stderr } = spawnSync('prlimit', ['--pid', `${this.#process.pid}`, `--${what}=${most}:`], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }

  #dishonest({ isOurs, code, errno, operation, path }: Refusal): string | undefined {
    const { errnos, directory } = this.#begun();
    if (!isOurs) return 'an error that is none of ours';
    if (code === 'ERR_QUEUE_BROKEN' || code === 'ERR_READ_ONLY_QUEUE') return undefined;
    if (code !== 'ERR_DISK') return 'another error than one of the disk';
    if (!errnos.includes(errno ?? '')) return 'not what the disk said';
    if (!operation || !path?.startsWith(directory)) return 'it does not say where';
    return undefined;
  }

  async #ask(command: string, facts: object): Promise<readonly Refusal[]> {
    const { notes, refusals }: { notes?: readonly object[]; refusals?: readonly Refusal[] } = await this.#process.ask(
      JSON.stringify([command, facts]),
    );
    for (const note of notes ?? []) appendFileSync(this.#begun().ledger, `${JSON.stringify(note)}\n`);
    return refusals ?? [];
  }

  #begun(): FullDiskRun {
    if (this.#run === undefined) throw new Error('it has not begun');
    return this.#run;
  }
}

function describe({ what, name, message }: Refusal): string {
  return `${what} ended with ${name}: ${message}`;
}
