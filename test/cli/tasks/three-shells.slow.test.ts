import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';
import { dibs, type Ended, jsonLines, MAIN, type Running, startDibs, startProgram } from '../dibs.ts';
import { eventually } from '../processes.ts';

const COUNT = 60;
const SHELLS = 3;
const LIMIT_MS = 240_000;

const IDS = Array.from({ length: COUNT }, (_, index) => String(index));

function lines(cwd: string, file: string): string[] {
  return existsSync(join(cwd, file)) ? readFileSync(join(cwd, file), 'utf8').split('\n').filter(Boolean) : [];
}

interface Ledger {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

function ledger(): Ledger {
  const cwd = tempFolder();
  return { cwd, env: { DIBS_STORE: 'file:./s', NODE: process.execPath, DIBS: MAIN } };
}

/**
 * Starts that many, and kills each once, one after the other, when more and more is done: whatever it is at then. Another is
 * started in its place.
 */
async function killEachOnce({ cwd }: Ledger, start: (shell: number) => Running, kill: (running: Running) => void): Promise<Ended[]> {
  const running = Array.from({ length: SHELLS }, (_, shell) => start(shell));
  for (let shell = 0; shell < SHELLS; shell += 1) {
    await eventually(() => lines(cwd, 'ended').length >= 8 + 12 * shell);
    const victim = running[shell];
    if (victim === undefined) continue;
    kill(victim);
    expect((await victim.ended).signal).toBe('SIGKILL');
    running[shell] = start(shell);
  }
  return Promise.all(running.map(({ ended }) => ended));
}

/** What must be so of `begun` (a line `id attempt`) and `ended` (a line `id`), however the dice fell. */
function expectNothingLost({ cwd }: Ledger, mostKilled: number): void {
  expect([...new Set(lines(cwd, 'ended'))].toSorted()).toEqual(IDS.toSorted());
  const begun = lines(cwd, 'begun');
  // No attempt is made twice, and none without a kill that is the reason for it.
  expect(new Set(begun).size).toBe(begun.length);
  expect(begun.length - COUNT).toBeLessThanOrEqual(mostKilled);
}

const PROGRAM = 'echo "$ID $DIBS_ATTEMPT" >> begun; sleep 0.05; echo "$ID" >> ended';

describe('three shells, each killed once in the middle', () => {
  it('lose no task: dibs task run', { timeout: LIMIT_MS }, async () => {
    const at = ledger();
    await dibs(['task', 'create', ...IDS], at);
    // Its own third first, then whatever anybody left; what somebody else has is refused, and tried again.
    const script = `
      dibs() { "$NODE" "$DIBS" "$@"; }
      left() { dibs task ls --unfinished | sed 1d | cut -d ' ' -f 1; }
      run() { dibs task run "$1" -- sh -c 'ID=$DIBS_TASK; ${PROGRAM}' 2>> refusals; }
      for id in $(left | awk -v me="$1" '$1 % ${SHELLS} == me'); do run "$id"; done
      while ids=$(left) && [ -n "$ids" ]; do for id in $ids; do run "$id"; done; done
      exit 0`;
    const start = (shell: number): Running => startProgram('setsid', ['sh', '-c', script, 'sh', String(shell)], at);
    // With the dibs that it runs: the terminal was closed.
    const ended = await killEachOnce(at, start, ({ child: { pid } }) => pid !== undefined && process.kill(-pid, 'SIGKILL'));
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    const counts = { pending: 0, running: 0, succeeded: COUNT, failed: 0, ignored: 0 };
    expect(jsonLines(await dibs(['task', 'counts', '--json'], at))).toEqual([counts]);
    expectNothingLost(at, SHELLS);
  });

  it('lose no task: dibs task work', { timeout: LIMIT_MS }, async () => {
    const at = ledger();
    await dibs(['task', 'create', ...IDS], at);
    const ended = await killEachOnce(
      at,
      () => startDibs(['task', 'work', '-j', '2', '--', 'sh', '-c', `ID=$DIBS_TASK; ${PROGRAM}`], at),
      ({ child }) => child.kill('SIGKILL'),
    );
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    const counts = { pending: 0, running: 0, succeeded: COUNT, failed: 0, ignored: 0 };
    expect(jsonLines(await dibs(['task', 'counts', '--json'], at))).toEqual([counts]);
    expectNothingLost(at, SHELLS * 2);
  });

  it('lose no part, and reduce once: dibs batch work', { timeout: LIMIT_MS }, async () => {
    const at = ledger();
    await dibs(['batch', 'create', '-', '--id', 'b'], { ...at, input: IDS.map((id) => `${id}\n`).join('') });
    const reduce = 'echo run >> reduces; wc -l';
    const words = ['batch', 'work', 'b', '-j', '2', '--reduce', reduce, '--', 'sh', '-c', `ID=$DIBS_PART; ${PROGRAM}; echo "$ID"`];
    const ended = await killEachOnce(
      at,
      () => startDibs(words, at),
      ({ child }) => child.kill('SIGKILL'),
    );
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(jsonLines(await dibs(['batch', 'info', 'b', '--json'], at))).toMatchObject([
      { state: 'done', total: COUNT, remaining: 0, parts: { succeeded: COUNT } },
    ]);
    expectNothingLost(at, SHELLS * 2);
    expect(lines(at.cwd, 'reduces')).toEqual(['run']);
    expect(ended.map(({ stdout }) => stdout.trim()).filter((text) => text !== '')).toEqual([String(COUNT)]);
  });
});
