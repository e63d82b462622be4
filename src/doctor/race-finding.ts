import type { RaceTake } from './race.ts';

/** How a race ended: of each file there has to be exactly one winner, who knows it, and it has to lie where it says. */
export interface RaceFinding {
  readonly files: number;
  /** How many processes raced, on all machines. */
  readonly racers: number;
  /** Files with one winner, who has it. */
  readonly fair: number;
  /** Files that two think they won, or that lie in two places. */
  readonly doubled: number;
  /** Files that are gone, or that the winner does not have. */
  readonly lost: number;
  /** Files that nobody took: refused to all. */
  readonly untaken: number;
  /** Wins that the system had called lost. The library looks for itself, so they cost nothing. */
  readonly lied: number;
  /** Refusals that are no way to lose a race, by name. */
  readonly odd: Readonly<Record<string, number>>;
  /** How often a file was won by another than the one before: 0 means that they did not really race. */
  readonly turns: number;
}

/** Where each file was found afterwards: under the names of these racers; null stands for its old name. */
export type Whereabouts = ReadonlyMap<number, readonly (string | null)[]>;

export function judgeRace(files: number, takes: readonly RaceTake[], found: Whereabouts): RaceFinding {
  const winners = winnersOf(takes);
  const counts = { fair: 0, doubled: 0, lost: 0, untaken: 0 };
  let turns = 0;
  let last: string | undefined;
  for (let index = 0; index < files; index += 1) {
    const claimed = winners.get(index) ?? [];
    counts[judgeFile(claimed, found.get(index) ?? [])] += 1;
    const winner = claimed[0];
    if (winner !== undefined && last !== undefined && winner !== last) turns += 1;
    last = winner ?? last;
  }
  const lied = takes.reduce((sum, take) => sum + take.lied.length, 0);
  return { files, racers: takes.length, ...counts, lied, odd: countOdd(takes), turns };
}

function judgeFile(claimed: readonly string[], places: readonly (string | null)[]): 'fair' | 'doubled' | 'lost' | 'untaken' {
  if (claimed.length > 1 || places.length > 1) return 'doubled';
  const [winner] = claimed;
  const [place] = places;
  if (winner === undefined) return place === null ? 'untaken' : 'lost';
  return winner === place ? 'fair' : 'lost';
}

function winnersOf(takes: readonly RaceTake[]): Map<number, string[]> {
  const winners = new Map<number, string[]>();
  for (const { racer, won } of takes) {
    for (const index of won) winners.set(index, [...(winners.get(index) ?? []), racer]);
  }
  return winners;
}

function countOdd(takes: readonly RaceTake[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of takes.flatMap(({ odd }) => odd)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** As `EIO (3 times)`; empty if there were none. */
export function oddRefusals({ odd }: Pick<RaceFinding, 'odd'>): string {
  return Object.entries(odd)
    .map(([name, times]) => (times === 1 ? name : `${name} (${times} times)`))
    .join(', ');
}
