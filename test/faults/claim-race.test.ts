import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CuttableDisk, whyNoPowerCuts } from '../support/cuttable-disk.ts';
import { said } from '../support/folder-ground.ts';
import { sayIfSkipped } from '../support/missing-tools.ts';
import { DEEP } from '../support/sample.ts';
import { TalkingProcess } from '../support/talking-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const RACER = join(import.meta.dirname, '..', 'processes', 'claim-racer.mjs');

/** So many files are claimed in all: on each disk, in each way, by each number of processes as many. */
const CLAIMS = DEEP ? 1_000_000 : 20_000;
const RACERS = [2, 4, 8, 16] as const;
const WAYS = ['claim', 'get', 'many'] as const;

interface Disk {
  readonly name: string;
  /** Why there is none here; undefined if there is. */
  readonly why: string | undefined;
  /** A folder on it, for as long as the test lasts. */
  open(): string;
}

const DISKS: readonly Disk[] = [
  { name: 'the disk', why: undefined, open: tmpdir },
  { name: 'the memory', why: existsSync('/dev/shm') ? undefined : 'there is no /dev/shm', open: () => '/dev/shm' },
  { name: 'XFS', why: whyNoPowerCuts(), open: () => new CuttableDisk('xfs').directory },
];
const here = DISKS.filter(({ name, why }) => sayIfSkipped(`claims raced for on ${name}`, WAYS.length * RACERS.length, why));

/** In each race as many, so that those on a disk that is not there are made up for on the others. */
const NAMES = Math.ceil(CLAIMS / (here.length * WAYS.length * RACERS.length));

interface Race {
  /** Those that more than one won, and those that nobody won. */
  readonly doubles: readonly string[];
  readonly unclaimed: number;
  readonly left: readonly string[];
  readonly wins: readonly number[];
  readonly tries: number;
  /** How often another process won than the one before. */
  readonly changes: number;
}

/** Lets processes race for the same files, and reads in their ledger who got which. */
async function race(racers: readonly TalkingProcess[], how: string, parent: string): Promise<Race> {
  const folder = tempFolder(parent);
  const directory = join(folder, 'inbox');
  const ledger = join(tempFolder(), 'ledger');
  mkdirSync(directory);
  writeFileSync(ledger, '');
  for (const [name, text] of Object.entries(said(1, 'helo', 'done'))) writeFileSync(join(directory, name), text);
  for (let number = 0; number < NAMES; number += 1) writeFileSync(join(directory, `${number}.tsv`), '');
  const answers = await Promise.all(
    racers.map((racer, index) => racer.ask(JSON.stringify({ how, directory, ledger, racer: `racer-${index}`, names: NAMES }))),
  );
  const lines = readFileSync(ledger, 'utf8').split('\n').slice(0, -1);
  const winners = lines.map((line) => line.split(' ')[1]);
  const names = lines.map((line) => line.split(' ')[0] ?? '');
  const once = new Set<string>();
  const doubles = names.filter((name) => once.has(name) || !once.add(name));
  const left = readdirSync(directory).filter((name) => name.includes('.tsv') && !/\.racer-\d+$/.test(name));
  rmSync(folder, { recursive: true });
  return {
    doubles,
    unclaimed: NAMES - once.size,
    left,
    wins: answers.map(({ wins }) => Number(wins)),
    tries: answers.reduce((sum, { tries }) => sum + Number(tries), 0),
    changes: winners.filter((winner, index) => index > 0 && winner !== winners[index - 1]).length,
  };
}

describe('processes that race for the same files', () => {
  it('F-15 win each of them once, on each disk, in each way, however many they are', async () => {
    const racers: TalkingProcess[] = [];
    const disks = here.map(({ name, open }) => [name, open()] as const);
    const claims: Record<string, number> = {};
    for (const count of RACERS) {
      while (racers.length < count) racers.push(new TalkingProcess(RACER));
      let changes = 0;
      for (const [disk, parent] of disks) {
        for (const how of WAYS) {
          const result = await race(racers, how, parent);
          const { doubles, unclaimed, left, wins, tries } = result;
          console.log(`${NAMES} claims on ${disk} by ${how}: ${tries} tries, ${result.changes} changes of the winner, wins ${wins.join()}`);
          expect({ doubles, unclaimed, left }).toEqual({ doubles: [], unclaimed: 0, left: [] });
          changes += result.changes;
          const sum = wins.reduce((total, one) => total + one, 0);
          claims[`by ${count}`] = (claims[`by ${count}`] ?? 0) + sum;
          claims[`on ${disk}`] = (claims[`on ${disk}`] ?? 0) + sum;
          claims['in all'] = (claims['in all'] ?? 0) + sum;
        }
      }
      // They did race: it went to and fro.
      expect(changes).toBeGreaterThan(100);
    }
    console.log(`claims: ${JSON.stringify(claims)}`);
    expect(claims['in all']).toBeGreaterThanOrEqual(CLAIMS);
    for (const count of RACERS) expect(claims[`by ${count}`], `by ${count} processes`).toBeGreaterThanOrEqual(CLAIMS / RACERS.length);
  }, 3_600_000);

  it('F-15 win some of them twice if they look before they take', async () => {
    const racers = Array.from({ length: 4 }, () => new TalkingProcess(RACER));
    // Whether two look at the same moment is chance: some races show it.
    let doubles = 0;
    for (let left = 20; left > 0 && doubles === 0; left -= 1) doubles += (await race(racers, 'look', tmpdir())).doubles.length;
    expect(doubles).toBeGreaterThan(0);
  });
});
