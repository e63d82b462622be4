import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROCESSES = join(import.meta.dirname, '..', 'processes');
const RUN = join(PROCESSES, 'persistent-queue-run.mjs');
const CHECKER = join(PROCESSES, 'checker.mjs');

/** What persistent-queue-run.mjs is told. */
export interface RunOptions {
  readonly directory: string;
  readonly ledger: string;
  readonly actor: string;
  readonly seed: number;
  readonly killAt?: number;
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
 * Runs the script until it ends, kills itself, or is killed so many milliseconds after it opened the queue.
 * @throws if it ends in any other way
 */
export async function run(options: RunOptions, killAfterMs?: number): Promise<'ended' | 'killed'> {
  const child = spawn(process.execPath, [RUN, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => (said += String(text)));
  const exit = once(child, 'exit');
  if (killAfterMs !== undefined) {
    await Promise.race([once(child.stdout, 'data'), exit]);
    await Promise.race([sleep(killAfterMs), exit]);
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

/** What the checker says of a ledger: it is a program of its own, which shares nothing with the library. */
export function check(ledger: string): { readonly violations: readonly string[]; readonly figures: Readonly<Record<string, number>> } {
  const { stdout, stderr } = spawnSync(process.execPath, [CHECKER, ledger], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (stdout === '') throw new Error(`the checker failed: ${stderr}`);
  const judgement: ReturnType<typeof check> = JSON.parse(stdout);
  return judgement;
}
