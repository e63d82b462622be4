import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { program } from './programs.ts';

const RUN = program('persistent-queue-run.mjs');
const CHECKER = program('checker.mjs');

/** What persistent-queue-run.mjs is told. */
export interface RunOptions {
  readonly directory: string;
  readonly ledger: string;
  readonly actor: string;
  readonly seed: number;
  readonly killAt?: number;
  readonly killOn?: string;
  readonly puts?: number;
  readonly keys?: boolean;
  readonly isLast?: boolean;
  readonly durability?: 'power' | 'process';
  readonly segmentBytes?: number;
  readonly maxAttempts?: number;
}

/** A line that a program did not write itself, since it was being killed. */
export function noteInLedger(ledger: string, actor: string, event: 'kill?' | 'kill!' | 'end?' | 'end!'): void {
  appendFileSync(ledger, `${JSON.stringify({ actor, event })}\n`);
}

/**
 * When a process is killed, in milliseconds after it opened the queue, or after it was started. A function is told how long the
 * opening took: a busy machine takes longer for all that follows, too.
 */
export type KillTime = number | { readonly afterStart: number } | ((openingMs: number) => number);

/**
 * Runs the script until it ends, kills itself, or is killed at a time.
 * @throws if it ends in any other way
 */
export async function run(options: RunOptions, killTime?: KillTime): Promise<'ended' | 'killed'> {
  const child = spawn(process.execPath, [RUN, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => (said += String(text)));
  const exit = once(child, 'exit');
  if (killTime !== undefined) {
    await Promise.race([until(killTime, once(child.stdout, 'data')), exit]);
    if (child.exitCode === null && child.signalCode === null) {
      noteInLedger(options.ledger, options.actor, 'kill?');
      child.kill('SIGKILL');
    }
  }
  const [code, signal] = await exit;
  if (signal === 'SIGKILL') {
    noteInLedger(options.ledger, options.actor, 'kill!');
    return 'killed';
  }
  if (code !== 0) throw new Error(`${options.actor} ended with ${code ?? signal}:\n${said}`);
  return 'ended';
}

/** Any moment: now and then while a process comes to life, else while it works. */
export function momentOf(random: () => number): KillTime {
  const share = random();
  return random() < 0.2 ? { afterStart: share * 300 } : (openingMs) => share * (20 + openingMs / 3);
}

/** Resolves when it is time to kill a process that was just started. */
export async function until(time: KillTime, opening: Promise<unknown>): Promise<void> {
  if (typeof time === 'object') {
    await sleep(time.afterStart);
    return;
  }
  const start = performance.now();
  await opening;
  await sleep(typeof time === 'number' ? time : time(performance.now() - start));
}

/** What the checker says of a ledger: it is a program of its own, which shares nothing with the library. */
export function check(ledger: string): { readonly violations: readonly string[]; readonly figures: Readonly<Record<string, number>> } {
  const { stdout, stderr } = spawnSync(process.execPath, [CHECKER, ledger], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (stdout === '') throw new Error(`the checker failed: ${stderr}`);
  const judgement: ReturnType<typeof check> = JSON.parse(stdout);
  return judgement;
}
