import { spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomNumbers } from './random.ts';
import { SoakActor, type SoakKind } from './soak-actor.ts';

const CHECKER = join(import.meta.dirname, '..', 'processes', 'folder-checker.mjs');

/** The longest pause between two kills. */
const PAUSE_MS = 300;

/** So many kills of workers for each of a producer, until the producers are through. */
const KILLS_A_PRODUCER = 5;

export interface SoakPlan {
  readonly folder: string;
  readonly files: number;
  readonly workers: number;
  readonly producers: number;
  /** So many SIGKILLs of workers; producers are killed besides. */
  readonly kills: number;
  /** So many SIGKILLs of the one who only takes back what others had. */
  readonly reaperKills: number;
  /** So many SIGSTOPs of workers, each longer than the lease. */
  readonly stops: number;
  readonly leaseMs: number;
  readonly holdMs: number;
  /** How long a producer waits after every twenty files: it is to be there while it is killed. */
  readonly paceMs: number;
  readonly seed: number;
}

export interface Verdict {
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** Real processes fill and work off one folder while others of them are killed and stopped; then all is worked off and judged. */
export async function soak(plan: SoakPlan): Promise<Verdict> {
  const run = new Soak(plan);
  await run.disturb();
  await run.end();
  const checker = [CHECKER, join(plan.folder, 'ledger'), join(plan.folder, 'inbox')];
  const { stdout, stderr } = spawnSync(process.execPath, checker, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (stderr !== '') throw new Error(stderr);
  const { violations, figures }: Verdict = JSON.parse(stdout);
  return { violations: [...violations, ...run.broken()], figures: { ...figures, ...run.killed } };
}

class Soak {
  /** How many of each kind. */
  readonly killed: Record<`${SoakKind}sKilled`, number> = { workersKilled: 0, producersKilled: 0, reapersKilled: 0 };
  readonly #plan: SoakPlan;
  readonly #random: () => number;
  readonly #ledger: string;
  readonly #all: SoakActor[] = [];
  readonly #workers: SoakActor[] = [];
  readonly #producers: SoakActor[] = [];
  readonly #reapers: SoakActor[] = [];
  readonly #pauses: Promise<void>[] = [];

  constructor(plan: SoakPlan) {
    this.#plan = plan;
    this.#random = randomNumbers(plan.seed);
    this.#ledger = join(plan.folder, 'ledger');
    writeFileSync(this.#ledger, '');
    for (let index = 0; index < plan.producers; index += 1) this.#producers.push(this.#start('producer', index));
    for (let index = 0; index < plan.workers; index += 1) this.#workers.push(this.#start('worker', index));
    this.#reapers.push(this.#start('reaper', 0));
  }

  async disturb(): Promise<void> {
    const { kills, stops, reaperKills, producers, leaseMs } = this.#plan;
    const every = (times: number): number => Math.max(1, Math.floor(kills / Math.max(1, times)));
    for (let kill = 1; kill <= kills && this.#isBusy(); kill += 1) {
      await sleep(PAUSE_MS * this.#random());
      await this.#killWorker();
      if (kill % every(stops) === 0) await this.#stopWorker();
      if (kill % KILLS_A_PRODUCER === 0) await this.#kill(this.#producers, Math.floor(this.#random() * producers));
      if (kill % every(reaperKills) !== 0) continue;
      // It looks five times a lease: some of these moments are in the middle of bringing back what the killed one had.
      await sleep(leaseMs * 0.2 * this.#random());
      await this.#kill(this.#reapers, 0);
    }
  }

  /** Lets all who are left come to their end. */
  async end(): Promise<void> {
    await Promise.all(this.#pauses);
    await Promise.all([...this.#producers, ...this.#workers].map(({ gone }) => gone));
    for (const reaper of this.#reapers) await reaper.end();
  }

  broken(): string[] {
    return this.#all.filter(({ isBroken }) => isBroken).map(({ name }) => `${name} ended with an error`);
  }

  #isBusy(): boolean {
    return this.#workers.some(({ isGone }) => !isGone);
  }

  /** Nine times of ten one that holds a file. */
  async #killWorker(): Promise<void> {
    const wantsHolder = this.#random() < 0.9;
    // One that came to its end in that moment was not killed: then another one is.
    for (let isKilled = false; !isKilled && this.#isBusy();) {
      const victim = await this.#aim(({ holds, stopped }) => !stopped && (!wantsHolder || holds));
      if (victim !== undefined) isKilled = await this.#kill(this.#workers, this.#workers.indexOf(victim));
    }
  }

  /** Another one starts in its place. False if it was at its end before. */
  async #kill(actors: SoakActor[], index: number): Promise<boolean> {
    const victim = actors[index];
    if (victim === undefined || !(await victim.kill())) return false;
    this.#note(victim, 'kill!');
    this.killed[`${victim.kind}sKilled`] += 1;
    actors[index] = this.#start(victim.kind, index);
    return true;
  }

  /** Waits until one is as it is wanted. */
  async #aim(wanted: (actor: SoakActor) => boolean): Promise<SoakActor | undefined> {
    while (this.#isBusy()) {
      const those = this.#workers.filter((actor) => !actor.isGone && wanted(actor));
      if (those.length > 0) return those[Math.floor(this.#random() * those.length)];
      await sleep(1);
    }
    return undefined;
  }

  async #stopWorker(): Promise<void> {
    const actor = await this.#stopHolder();
    if (actor === undefined) return;
    this.#note(actor, 'stop!');
    this.#pauses.push(
      sleep(this.#plan.leaseMs * (2 + this.#random())).then(() => {
        actor.goOn();
        this.#note(actor, 'cont!');
      }),
    );
  }

  /** One that says that it holds a file may have settled it by the time that it stops: then another one is stopped. */
  async #stopHolder(): Promise<SoakActor | undefined> {
    for (;;) {
      const actor = await this.#aim(({ holds, stopped }) => holds && !stopped);
      if (actor === undefined) return undefined;
      actor.stop();
      await sleep(5);
      const names = readdirSync(join(this.#plan.folder, 'inbox'));
      if (names.some((name) => name.includes(`-${actor.pid}-`) && name.endsWith('.wip'))) return actor;
      actor.goOn();
    }
  }

  #start(kind: SoakKind, index: number): SoakActor {
    const { folder, leaseMs } = this.#plan;
    const place = { directory: join(folder, 'inbox'), ledger: this.#ledger, durability: 'process', leaseMs, maxAttempts: 1_000 };
    const number = this.#all.length + 1;
    const actor = new SoakActor(kind, number, { ...place, ...this.#orders(kind, index, number) });
    this.#all.push(actor);
    return actor;
  }

  #orders(kind: SoakKind, index: number, seed: number): object {
    const { files, producers, holdMs, paceMs } = this.#plan;
    if (kind === 'worker') return { holdMs, seed, pollIntervalMs: 100 };
    if (kind === 'reaper') return {};
    const each = Math.ceil(files / producers);
    return { from: index * each, to: Math.min(files, (index + 1) * each), producer: `producer-${index}`, paceMs };
  }

  #note({ name }: SoakActor, event: string): void {
    appendFileSync(this.#ledger, `${JSON.stringify({ actor: name, event })}\n`);
  }
}
