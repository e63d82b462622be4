import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomNumbers } from './random.ts';

const PROCESSES = join(import.meta.dirname, '..', 'processes');

export interface SoakPlan {
  readonly folder: string;
  readonly files: number;
  readonly workers: number;
  readonly producers: number;
  /** So many SIGKILLs, of workers and now and then of a producer. */
  readonly kills: number;
  /** So many SIGSTOPs of workers, each longer than the lease. */
  readonly stops: number;
  readonly leaseMs: number;
  readonly holdMs: number;
  readonly seed: number;
}

export interface Verdict {
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

interface Actor {
  readonly name: string;
  readonly child: ChildProcess;
  readonly gone: Promise<unknown>;
  holds: boolean;
  stopped: boolean;
}

/** Real processes fill and work off one folder while others of them are killed and stopped; then all is worked off and judged. */
export async function soak(plan: SoakPlan): Promise<Verdict> {
  const run = new Soak(plan);
  await run.disturb();
  await run.end();
  const checker = [join(PROCESSES, 'folder-checker.mjs'), join(plan.folder, 'ledger'), join(plan.folder, 'inbox')];
  const { stdout, stderr } = spawnSync(process.execPath, checker, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (stderr !== '') throw new Error(stderr);
  const verdict: Verdict = JSON.parse(stdout);
  return verdict;
}

class Soak {
  readonly #plan: SoakPlan;
  readonly #random: () => number;
  readonly #ledger: string;
  #count = 0;
  readonly #workers: Actor[] = [];
  readonly #producers: Actor[] = [];
  readonly #pauses: Promise<void>[] = [];

  constructor(plan: SoakPlan) {
    this.#plan = plan;
    this.#random = randomNumbers(plan.seed);
    this.#ledger = join(plan.folder, 'ledger');
    writeFileSync(this.#ledger, '');
    for (let index = 0; index < plan.producers; index += 1) this.#producers.push(this.#startProducer(index));
    for (let index = 0; index < plan.workers; index += 1) this.#workers.push(this.#startWorker());
  }

  async disturb(): Promise<void> {
    const { kills, stops, producers } = this.#plan;
    const everyStop = Math.max(1, Math.floor(kills / Math.max(1, stops)));
    for (let kill = 1; kill <= kills && this.#isBusy(); kill += 1) {
      // Somebody has to live for a lease to see that another one is silent for as long.
      await sleep(this.#plan.leaseMs * 0.3 * this.#random());
      await this.#killWorker();
      if (kill % everyStop === 0) await this.#stopWorker();
      if (kill % 25 === 0) await this.#killProducer(Math.floor(this.#random() * producers));
    }
  }

  /** Lets all who are left come to their end. */
  async end(): Promise<void> {
    await Promise.all(this.#pauses);
    await Promise.all([...this.#producers, ...this.#workers].map(({ gone }) => gone));
  }

  #isBusy(): boolean {
    return this.#workers.some(({ child }) => child.exitCode === null);
  }

  /** Four times of five one that holds a file. */
  async #killWorker(): Promise<void> {
    const wantsHolder = this.#random() < 0.9;
    const index = await this.#aim(({ holds, stopped }) => !stopped && (!wantsHolder || holds));
    const victim = index === undefined ? undefined : this.#workers[index];
    if (victim === undefined || index === undefined) return;
    victim.child.kill('SIGKILL');
    await victim.gone;
    if (victim.child.signalCode !== 'SIGKILL') return;
    this.#note(victim.name, 'kill!');
    this.#workers[index] = this.#startWorker();
  }

  /** Waits until one is as it is wanted. */
  async #aim(wanted: (actor: Actor) => boolean): Promise<number | undefined> {
    while (this.#isBusy()) {
      const indexes = [...this.#workers.keys()].filter((index) => {
        const actor = this.#workers[index];
        return actor !== undefined && actor.child.exitCode === null && wanted(actor);
      });
      if (indexes.length > 0) return indexes[Math.floor(this.#random() * indexes.length)];
      await sleep(1);
    }
    return undefined;
  }

  async #stopWorker(): Promise<void> {
    const actor = await this.#stopHolder();
    if (actor === undefined) return;
    this.#note(actor.name, 'stop!');
    this.#pauses.push(
      sleep(this.#plan.leaseMs * (2 + this.#random())).then(() => {
        actor.child.kill('SIGCONT');
        this.#note(actor.name, 'cont!');
        actor.stopped = false;
      }),
    );
  }

  /** One that says that it holds a file may have settled it by the time that it stops: then another one is stopped. */
  async #stopHolder(): Promise<Actor | undefined> {
    for (;;) {
      const actor = this.#workers[(await this.#aim(({ holds, stopped }) => holds && !stopped)) ?? -1];
      if (actor === undefined) return undefined;
      actor.stopped = true;
      actor.child.kill('SIGSTOP');
      await sleep(5);
      const names = readdirSync(join(this.#plan.folder, 'inbox'));
      if (names.some((name) => name.includes(`-${actor.child.pid}-`) && name.endsWith('.wip'))) return actor;
      actor.child.kill('SIGCONT');
      actor.stopped = false;
    }
  }

  async #killProducer(index: number): Promise<void> {
    const victim = this.#producers[index];
    if (victim === undefined || victim.child.exitCode !== null) return;
    victim.child.kill('SIGKILL');
    await victim.gone;
    if (victim.child.signalCode !== 'SIGKILL') return;
    this.#note(victim.name, 'kill!');
    this.#producers[index] = this.#startProducer(index);
  }

  #startWorker(): Actor {
    const { leaseMs, holdMs } = this.#plan;
    return this.#start('worker', 'folder-soak-worker.mjs', { leaseMs, holdMs, seed: this.#count, pollIntervalMs: 100, maxAttempts: 1_000 });
  }

  #startProducer(index: number): Actor {
    const { files, producers, leaseMs } = this.#plan;
    const each = Math.ceil(files / producers);
    const range = { from: index * each, to: Math.min(files, (index + 1) * each) };
    return this.#start('producer', 'folder-soak-producer.mjs', { ...range, leaseMs, producer: `producer-${index}`, maxAttempts: 1_000 });
  }

  #start(kind: string, script: string, options: object): Actor {
    this.#count += 1;
    const name = `${kind} ${this.#count}`;
    const settings = { directory: join(this.#plan.folder, 'inbox'), ledger: this.#ledger, actor: name, durability: 'process', ...options };
    const child = fork(join(PROCESSES, script), [JSON.stringify(settings)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const actor: Actor = { name, child, gone: once(child, 'exit'), holds: false, stopped: false };
    child.on('message', (message: { holds?: boolean }) => (actor.holds = message.holds === true));
    return actor;
  }

  #note(actor: string, event: string): void {
    appendFileSync(this.#ledger, `${JSON.stringify({ actor, event })}\n`);
  }
}
