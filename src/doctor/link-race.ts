import { readSmallFile } from '../fs/small-file.ts';
import { judgeRace } from './race-finding.ts';
import type { RaceFinding } from './race-finding.ts';
import { prizePath } from './race.ts';
import type { RaceTake } from './race.ts';
import type { Workplace } from './workplace.ts';

const BREATHE_EVERY = 32;
const NAME_LIMIT = 256;

/** Looks whose file has each name now: of all who link to a name one succeeds, and nobody overwrites it. */
export async function judgeLinks(place: Workplace, directory: string, files: number, takes: readonly RaceTake[]): Promise<RaceFinding> {
  const found = new Map<number, string[]>();
  for (let index = 0; index < files; index += 1) {
    const prize = await readSmallFile(place.fs, prizePath(directory, index), NAME_LIMIT);
    if (prize.kind === 'text') found.set(index, [prize.text]);
    if (index % BREATHE_EVERY === 0) await place.breathe();
  }
  return judgeRace(files, takes, found);
}
