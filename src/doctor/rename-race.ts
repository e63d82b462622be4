import { judgeRace } from './race-finding.ts';
import type { RaceFinding } from './race-finding.ts';
import { parseTaken, preyPath } from './race.ts';
import type { RaceTake } from './race.ts';
import { makeFile } from './small-files.ts';
import type { Workplace } from './workplace.ts';

const BREATHE_EVERY = 32;

/** Lays out the files that the racers are to rename. */
export async function layOutPrey(place: Workplace, directory: string, files: number): Promise<void> {
  for (let index = 0; index < files; index += 1) {
    await makeFile(place.fs, preyPath(directory, index));
    if (index % BREATHE_EVERY === 0) await place.breathe();
  }
}

/** Looks where the files lie now: a rename has one winner, and loses nothing. */
export async function judgeRenames(place: Workplace, directory: string, files: number, takes: readonly RaceTake[]): Promise<RaceFinding> {
  const found = new Map<number, (string | null)[]>();
  for (const name of await place.fs.readdir(directory)) {
    const taken = parseTaken(name);
    if (taken === null) continue;
    found.set(taken.index, [...(found.get(taken.index) ?? []), taken.racer]);
  }
  return judgeRace(files, takes, found);
}
