import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import PQueue from 'p-queue';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FolderLedger } from '../support/folder-ledger.ts';
import { said } from '../support/folder-ground.ts';
import { DEEP } from '../support/sample.ts';
import { tempFolder } from '../support/temp-folder.ts';

const PROCESSES = join(import.meta.dirname, '..', 'processes');
const RUNS = DEEP ? 100 : 9;
const LEASE_MS = 1_000;
/** Each lane has a process that burns, so there is no core to spare. */
const LANES = Math.max(3, availableParallelism());

/** Burns as much as one core gives. */
function burn(): ChildProcess {
  const burner = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  onTestFinished(() => void burner.kill('SIGKILL'));
  return burner;
}

interface Verdict {
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** One file; who gets it first is blocked with it, while another one waits for it. */
async function block(place: string, settings: object, isHung = false): Promise<Verdict> {
  const directory = join(place, 'inbox');
  mkdirSync(directory, { recursive: true });
  const ledger = new FolderLedger(join(place, 'ledger'));
  ledger.note('somebody', 'put?', { name: 'a.tsv' });
  for (const [name, text] of Object.entries({ 'a.tsv': 'rows', ...said(1, 'helo', 'done') })) writeFileSync(join(directory, name), text);
  ledger.note('somebody', 'put!', { name: 'a.tsv' });
  const start = (script: string, more: object): ChildProcess => {
    const told = { directory, ledger: ledger.path, leaseMs: LEASE_MS, pollIntervalMs: 50, ...more };
    const child = fork(join(PROCESSES, script), [JSON.stringify(told)], { stdio: ['pipe', 'ignore', 'inherit', 'ipc'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };
  const holder = start('busy-reader.mjs', { actor: 'holder', ...settings });
  while (!ledger.events().some(({ event }) => event === 'got') && holder.exitCode === null) await nextTurn();
  const other = start('folder-soak-worker.mjs', { actor: 'other', holdMs: 0, seed: 1 });
  const ends = [once(holder, 'exit'), once(other, 'exit')];
  // It watches from the start.
  await once(other, 'message');
  // It stands still, and that is to be found out.
  if (isHung) ledger.note('holder', 'stop!');
  holder.stdin?.write('now');
  const codes = (await Promise.all(ends)).map(([code]) => `${code}`);
  const { violations, figures } = ledger.judge(directory);
  return { violations: [...violations, ...codes.filter((code) => code !== '0').map((code) => `ended with ${code}`)], figures };
}

describe('a reader whose event loop does nothing else', () => {
  it(
    `T11 keeps its file for three leases, in ${RUNS} runs on a machine that has no core to spare`,
    async () => {
      const folder = tempFolder();
      for (let lane = 0; lane < LANES; lane += 1) burn();
      const runs = Array.from({ length: RUNS }, (_, run) => ({ run, how: ['burn', 'churn', 'wait'][run % 3] }));
      const lanes = new PQueue({ concurrency: LANES });
      const verdicts = await lanes.addAll(
        runs.map(
          ({ run, how }) =>
            () =>
              block(join(folder, `${run}`), { how, blockMs: 3 * LEASE_MS }),
        ),
      );
      const sum = (name: string): number => verdicts.reduce((total, { figures }) => total + (figures[name] ?? 0), 0);
      expect(verdicts.length).toBe(RUNS);
      console.log(`T11: ${verdicts.length} runs, ${sum('lost')} lost`);
      expect(verdicts.flatMap(({ violations }) => violations)).toEqual([]);
      expect([sum('deliveries'), sum('dones'), sum('lost')]).toEqual([RUNS, RUNS, 0]);
    },
    DEEP ? 3_600_000 : 120_000,
  );

  it('T11 loses it when it stands still for longer than maxRuntimeMs: it is hung', async () => {
    const { violations, figures } = await block(
      join(tempFolder(), 'hung'),
      { how: 'burn', blockMs: 8 * LEASE_MS, maxRuntimeMs: 500 },
      true,
    );
    expect(violations).toEqual([]);
    expect(figures).toMatchObject({ deliveries: 2, repeats: 1, dones: 1, lost: 1 });
  });
});
