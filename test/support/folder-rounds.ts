import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type KillTime, momentOf, noteInLedger, until } from './kill-chain.ts';
import { program } from './programs.ts';
import { randomNumbers } from './random.ts';

export interface FolderLife {
  readonly folder: string;
  readonly durability: 'power' | 'process';
  /** So many processes are killed, and each time another one starts. */
  readonly kills: number;
  /** So many processes put and work at once. */
  readonly workers: number;
  /** Whether two files are a group, and are had together. @default false */
  readonly isGrouped?: boolean;
  /** Where the folder queue is. @default in `folder`, as the ledger */
  readonly directory?: string;
  /** Called when all of them are dead, and before the one that works off what is left. */
  readonly afterKills?: () => void;
  readonly seed: number;
}

export interface RoundsVerdict {
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** Kills one after the other of the processes that share a folder, at any moment of theirs; then one works off what is left. */
export async function liveFolder(life: FolderLife): Promise<RoundsVerdict> {
  const place = { directory: life.directory ?? join(life.folder, 'inbox'), ledger: join(life.folder, 'ledger') };
  const random = randomNumbers(life.seed);
  let started = 0;
  const start = (isLast = false): Worker => {
    started += 1;
    // All others are dead by then. Of whom a power cut took the sign of life that is known a lease later.
    const lease = isLast ? { leaseMs: 1_000 } : {};
    return new Worker({ ...place, actor: `worker ${started}`, seed: life.seed * 1_000 + started, isLast, ...rulesOf(life), ...lease });
  };
  const workers = Array.from({ length: life.workers }, () => start());
  for (let kill = 0; kill < life.kills; kill += 1) {
    const index = Math.floor(random() * workers.length);
    const victim = workers[index];
    await victim?.kill(momentOf(random));
    workers[index] = start();
  }
  for (const worker of workers) await worker.kill();
  life.afterKills?.();
  await start(true).end();
  return judge(place);
}

/** What is killed as often as it likes is not to be given up: that would be no loss, and hide one. */
const rulesOf = ({ durability, kills, isGrouped }: FolderLife): object => ({ durability, maxAttempts: kills + 10, isGrouped });

/** What folder-rounds-run.mjs is told. */
interface Told {
  readonly ledger: string;
  readonly actor: string;
  readonly [option: string]: unknown;
}

class Worker {
  readonly opened: Promise<unknown>;
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;
  readonly #told: Told;
  #said = '';

  constructor(told: Told) {
    this.#told = told;
    const script = program('folder-rounds-run.mjs');
    this.#child = fork(script, [JSON.stringify(told)], { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    this.#child.stderr?.on('data', (text) => (this.#said += String(text)));
    this.#exit = once(this.#child, 'exit');
    this.opened = Promise.race([once(this.#child, 'message'), this.#exit]);
  }

  async kill(time?: KillTime): Promise<void> {
    if (time !== undefined) await until(time, this.opened);
    this.#child.kill('SIGKILL');
    const [code, signal] = await this.#exit;
    if (signal !== 'SIGKILL') throw new Error(`${this.#told.actor} ended by itself, with ${String(code ?? signal)}:\n${this.#said}`);
    noteInLedger(this.#told.ledger, this.#told.actor, 'kill!');
  }

  async end(): Promise<void> {
    const [code, signal] = await this.#exit;
    if (code !== 0) throw new Error(`${this.#told.actor} ended with ${String(code ?? signal)}:\n${this.#said}`);
  }
}

function judge({ ledger, directory }: { readonly ledger: string; readonly directory: string }): RoundsVerdict {
  const checker = [program('folder-checker.mjs'), ledger, directory];
  const { stdout, stderr } = spawnSync(process.execPath, checker, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (stderr !== '') throw new Error(stderr);
  const verdict: RoundsVerdict = JSON.parse(stdout);
  return verdict;
}
