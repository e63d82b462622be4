import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { check } from './kill-chain.ts';
import { ContainedProcess } from './contained-process.ts';
import { CONTAINER } from './container.ts';
import { FolderLedger } from './folder-ledger.ts';
import { NotingOwner, OWNER } from './noting-owner.ts';
import { randomNumbers } from './random.ts';
import { TalkingProcess } from './talking-process.ts';
import { SHIFTS, type Shift, WallClock } from './wall-clock.ts';

const PROCESSES = join(import.meta.dirname, '..', 'processes');
const FILES = 4;

export interface ClockRun {
  readonly place: string;
  readonly seed: number;
  readonly leaseMs: number;
}

export interface ClockVerdict {
  readonly violations: readonly string[];
  /** So many leases after its death what one had was somebody else's. */
  readonly foundAfter: number;
}

/** The clocks of one run: each shows something else, and every second run somebody sets them all the time. */
class Clocks {
  readonly #place: string;
  readonly #random: () => number;
  readonly #clocks: WallClock[] = [];
  readonly #jumper: NodeJS.Timeout | undefined;

  constructor({ place, seed }: ClockRun) {
    this.#place = place;
    this.#random = randomNumbers(seed);
    if (seed % 2 === 0) this.#jumper = setInterval(() => this.#jump(), 50);
  }

  next(): WallClock {
    const clock = new WallClock(join(this.#place, `clock-${this.#clocks.length}`), this.#shift());
    this.#clocks.push(clock);
    return clock;
  }

  stop(): void {
    clearInterval(this.#jumper);
  }

  #shift(): Shift {
    return SHIFTS[Math.floor(this.#random() * SHIFTS.length)] ?? '+0';
  }

  #jump(): void {
    this.#clocks[Math.floor(this.#random() * this.#clocks.length)]?.set(this.#shift());
  }
}

/**
 * Three readers in containers hold each file for about two leases; one of them is killed while it holds one. So of all that
 * is held one file may come again, and must.
 */
export async function folderWithClocks(run: ClockRun): Promise<ClockVerdict> {
  const { place, seed, leaseMs } = run;
  mkdirSync(place);
  const clocks = new Clocks(run);
  const [ledger, directory] = [new FolderLedger(join(place, 'ledger')), join(place, 'inbox')];
  const common = { directory, ledger: ledger.path, leaseMs, durability: 'process', maxAttempts: 1_000 };
  const start = (actor: string, script: string, more: object): ContainedProcess =>
    new ContainedProcess(join(PROCESSES, script), { ...common, actor, ...more }, clocks.next().launcher);
  const producer = start('producer', 'folder-soak-producer.mjs', { producer: 'one', from: 0, to: FILES });
  const workers = Array.from({ length: 3 }, (_, index) =>
    start(`worker ${index}`, 'folder-soak-worker.mjs', { holdMs: 2.4 * leaseMs, seed: seed * 10 + index, pollIntervalMs: 100 }),
  );
  const foundAfter = await killHolder(ledger, workers, leaseMs);
  const ends = await Promise.all([producer, ...workers].map((actor) => actor.end()));
  clocks.stop();
  const { violations } = ledger.judge(directory);
  const killed = ledger.events().filter(({ event }) => event === 'kill!').length;
  const broke = ends.filter((end) => end !== undefined);
  if (killed !== 1) broke.push('nobody was killed');
  return { violations: [...violations, ...broke], foundAfter };
}

/** Kills the first that has had something for a while, and gives how many leases it took until somebody else had it. */
async function killHolder(ledger: FolderLedger, workers: readonly ContainedProcess[], leaseMs: number): Promise<number> {
  const isOver = (): boolean => workers.every(({ isGone }) => isGone);
  let victim = -1;
  while (victim < 0 && !isOver()) {
    await sleep(20);
    victim = workers.findIndex((_, index) => ledger.heldBy(`worker ${index}`) !== undefined);
  }
  await sleep(leaseMs / 2);
  const actor = `worker ${victim}`;
  if (!(await workers[victim]?.kill())) return Infinity;
  ledger.note(actor, 'kill!');
  const killedAt = performance.now();
  const name = ledger.events().findLast((event) => event.actor === actor && event.event === 'got')?.name;
  const isFound = (): boolean => {
    const last = ledger.events().findLast((event) => event.name === name && event.event === 'got');
    return last !== undefined && last.actor !== actor;
  };
  while (!isFound() && !isOver()) await sleep(20);
  return isFound() ? (performance.now() - killedAt) / leaseMs : Infinity;
}

/** An owner in a container, for three leases, while another one wants its queue; then it is killed. */
export async function ownersWithClocks(run: ClockRun): Promise<ClockVerdict> {
  const { place, leaseMs } = run;
  mkdirSync(place);
  const clocks = new Clocks(run);
  const ledger = join(place, 'ledger');
  const at = { directory: join(place, 'queue'), ledger, options: { leaseMs, maxAttempts: 5, durability: 'process' } } as const;
  const [owner, heir] = ['owner', 'heir'].map(
    (actor) => new NotingOwner(actor, at, new TalkingProcess(join(PROCESSES, OWNER), [...CONTAINER, ...clocks.next().launcher])),
  );
  if (owner === undefined || heir === undefined) throw new Error('there are two');
  const violations: string[] = [];
  await owner.open();
  for (let number = 1; number <= 3; number += 1) await owner.put(`value ${number}`);
  await owner.take();
  const end = performance.now() + 3 * leaseMs;
  while (performance.now() < end) {
    if ((await heir.open()) !== 'ERR_QUEUE_LOCKED') violations.push('a living owner was succeeded');
    await owner.put(`later ${performance.now()}`);
  }
  await owner.done();
  await owner.kill();
  const killedAt = performance.now();
  const opened = await heir.open();
  if (opened !== undefined) violations.push(`the dead owner is not succeeded: ${opened}`);
  const foundAfter = (performance.now() - killedAt) / leaseMs;
  await heir.workOff();
  clocks.stop();
  return { violations: [...violations, ...check(ledger).violations], foundAfter };
}
