import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { dibs, type Ended, jsonLines, MAIN, type Running, startProgram } from '../cli/dibs.ts';
import { eventually } from '../cli/processes.ts';
import { randomNumbers } from '../support/random.ts';
import { DEEP } from '../support/sample.ts';
import { expectAllowedStates } from '../support/store-states.ts';
import { tempFolder } from '../support/temp-folder.ts';

const SHELLS = 3;
const KILLS = 9;
/** Each start of `dibs` costs a fifth of a second of processor time. */
const TASKS = DEEP ? 1_000 : 150;
const PARTS = 1_000;
/** So many parts each `dibs batch work` has in hands. */
const AT_ONCE = 4;
const LIMIT_MS = DEEP ? 3_600_000 : 900_000;

/** What the programs do: a line `id attempt` when they begin, and a line `id` when they end, in files that are no part of the store. */
const PROGRAM = 'echo "$ID $DIBS_ATTEMPT" >> ../begun; sleep 0.02; echo "$ID" >> ../ended';
const DIBS = 'dibs() { "$NODE" "$DIBS" "$@"; }';

const idsOf = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

/** Three shells beside a ledger, one after the other killed at random, with all that it runs, and started anew. */
class Shells {
  readonly #folder = tempFolder();
  readonly at = { cwd: join(this.#folder, 'work'), env: { DIBS_STORE: 'file:../s', NODE: process.execPath, DIBS: MAIN } };
  readonly #script: string;
  readonly #random = randomNumbers(3);

  constructor(script: string) {
    mkdirSync(this.at.cwd);
    this.#script = script;
  }

  get store(): string {
    return join(this.#folder, 's');
  }

  lines(file: string): string[] {
    const path = join(this.#folder, file);
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  }

  /** Runs them to their end. Gives what they said, those that were killed too. */
  async run(count: number): Promise<Ended[]> {
    const running = Array.from({ length: SHELLS }, (_, shell) => this.#start(shell));
    const killed: Ended[] = [];
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await eventually(() => this.lines('ended').length >= (count * kill) / (KILLS + 2));
      await pause(this.#random() * 200);
      const shell = Math.floor(this.#random() * SHELLS);
      const victim = running[shell];
      if (victim?.child.pid === undefined) throw new Error('it was not started');
      process.kill(-victim.child.pid, 'SIGKILL');
      killed.push(await victim.ended);
      running[shell] = this.#start(shell);
    }
    expect(killed.map(({ signal }) => signal)).toEqual(killed.map(() => 'SIGKILL'));
    return [...killed, ...(await Promise.all(running.map(({ ended }) => ended)))];
  }

  /** What must be so of the ledger, however the dice fell. */
  expectNothingLost(count: number, mostAtOnce: number): void {
    expect([...new Set(this.lines('ended'))].toSorted(), 'each was done').toEqual(idsOf(count).toSorted());
    const begun = this.lines('begun');
    expect(new Set(begun).size, 'no attempt was made twice').toBe(begun.length);
    expect(begun.length - count, 'none again without a kill').toBeLessThanOrEqual(KILLS * mostAtOnce);
    expectAllowedStates(this.store);
  }

  #start(shell: number): Running {
    return startProgram('setsid', ['sh', '-c', `${DIBS}\n${this.#script}`, 'sh', String(shell)], this.at);
  }
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  process.stdout.write(`${what}: ${((performance.now() - begun) / 1_000).toFixed(0)} s\n`);
  return result;
}

describe(`three shells, ${KILLS} times one of them killed with SIGKILL and all that it runs`, () => {
  it(`lose none of ${TASKS} tasks: dibs task run`, { timeout: LIMIT_MS }, async () => {
    // Its own third first, then whatever anybody left; what somebody else has is refused, and tried again.
    const shells = new Shells(`
      left() { dibs task ls --unfinished | sed 1d | cut -d ' ' -f 1; }
      run() { dibs task run "$1" -- sh -c 'ID=$DIBS_TASK; ${PROGRAM}' 2>> ../refusals; }
      for id in $(left | awk -v me="$1" '$1 % ${SHELLS} == me'); do run "$id"; done
      while ids=$(left) && [ -n "$ids" ]; do for id in $ids; do run "$id"; done; done
      exit 0`);
    await dibs(['task', 'create', ...idsOf(TASKS)], shells.at);
    const ended = await timed(`${TASKS} tasks`, () => shells.run(TASKS));
    expect(ended.slice(KILLS).map(({ code }) => code)).toEqual([0, 0, 0]);
    const counts = { pending: 0, running: 0, succeeded: TASKS, failed: 0, ignored: 0 };
    expect(jsonLines(await dibs(['task', 'counts', '--json'], shells.at))).toEqual([counts]);
    shells.expectNothingLost(TASKS, 1);
  });

  it(`lose none of ${PARTS} parts, and reduce once: dibs batch work`, { timeout: LIMIT_MS }, async () => {
    const work = `dibs batch work b -j ${AT_ONCE} --reduce 'echo run >> ../reduces; wc -l'`;
    const shells = new Shells(`${work} -- sh -c 'ID=$DIBS_PART; ${PROGRAM}; echo "$ID"'`);
    await dibs(['batch', 'create', '-', '--id', 'b'], { ...shells.at, input: idsOf(PARTS).join('\n') });
    const ended = await timed(`${PARTS} parts`, () => shells.run(PARTS));
    expect(ended.slice(KILLS).map(({ code }) => code)).toEqual([0, 0, 0]);
    const done = { state: 'done', total: PARTS, remaining: 0, parts: { succeeded: PARTS } };
    expect(jsonLines(await dibs(['batch', 'info', 'b', '--json'], shells.at))).toMatchObject([done]);
    shells.expectNothingLost(PARTS, AT_ONCE);
    expect(shells.lines('reduces')).toEqual(['run']);
    expect(ended.map(({ stdout }) => stdout.trim()).filter((text) => text !== '')).toEqual([String(PARTS)]);
  });
});
