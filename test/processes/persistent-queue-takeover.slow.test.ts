import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { check, noteInLedger, run, type RunOptions } from '../support/kill-chain.ts';
import { moveOwnerElsewhere } from '../support/owner-elsewhere.ts';
import { program } from '../support/programs.ts';
import { take } from '../support/queue-lives.ts';
import { randomNumbers } from '../support/random.ts';
import { standingStill } from '../support/standing-still.ts';
import { tempFolder } from '../support/temp-folder.ts';

const DEEP = process.env['DIBS_DEEP'] === '1';
const RUN = program('persistent-queue-run.mjs');
const LEASE_MS = 150;

/** A process that works, is stopped for longer than its lease, and wakes while another one has the queue. */
async function takeover(
  durability: 'power' | 'process',
  random: () => number,
): Promise<ReturnType<typeof check> & { readonly woke: string }> {
  const folder = tempFolder();
  const ours = { durability, segmentBytes: 2048, maxAttempts: 8 };
  const place = { directory: join(folder, 'queue'), ledger: join(folder, 'ledger'), ...ours };
  const note = (event: string, facts: object): void =>
    appendFileSync(place.ledger, `${JSON.stringify({ actor: 'heir', event, ...facts })}\n`);
  const options: RunOptions & { leaseMs: number } = {
    ...place,
    actor: 'sleeper',
    seed: Math.floor(random() * 1e9),
    puts: 5_000,
    leaseMs: LEASE_MS,
  };
  const sleeper = spawn(process.execPath, [RUN, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void sleeper.kill('SIGKILL'));
  let said = '';
  sleeper.stderr.on('data', (text) => (said += String(text)));
  const exit = once(sleeper, 'exit');
  await once(sleeper.stdout, 'data');
  await sleep(random() * 120);
  // What it holds from now on may come again; what it is told from now on has to hold nevertheless.
  noteInLedger(place.ledger, 'sleeper', 'kill?');
  sleeper.kill('SIGSTOP');
  await standingStill(sleeper.pid ?? 0);
  moveOwnerElsewhere(place.directory);
  const heir = await PersistentQueue.open<string>(place.directory, { ...ours, leaseMs: LEASE_MS });
  note('open', { maxAttempts: heir.maxAttempts });
  const work = async (): Promise<void> => {
    const { id, value, attempt, done } = await take(heir).then((item) => ({
      id: item.id,
      value: item.value,
      attempt: item.attempt,
      done: () => item.done(),
    }));
    note('got', { id, value, attempt });
    note('done?', { id });
    await done();
    note('done!', { id });
  };
  for (const value of ['heir 1', 'heir 2', 'heir 3']) {
    note('put?', { value });
    await heir.put(value);
    note('put!', { value });
  }
  await work();
  sleeper.kill('SIGCONT');
  await work();
  await exit;
  await work();
  noteInLedger(place.ledger, 'sleeper', 'kill!');
  noteInLedger(place.ledger, 'heir', 'end?');
  await heir.dispose();
  noteInLedger(place.ledger, 'heir', 'end!');
  await run({ ...place, actor: 'the last run', seed: 1, isLast: true });
  return { ...check(place.ledger), woke: said };
}

it.each(['power', 'process'] as const)(
  'Q-35 an owner that is stopped anywhere, succeeded, and wakes, was told nothing that does not hold (%s)',
  async (durability) => {
    const random = randomNumbers(durability.length);
    for (let left = DEEP ? 300 : 1; left > 0; left -= 1) {
      const { violations, woke } = await takeover(durability, random);
      expect(violations).toEqual([]);
      expect(woke).toContain('QueueTakenError');
    }
  },
  DEEP ? 3_600_000 : 120_000,
);
