import { MeetingFailedError } from './doctor-errors.ts';
import { readSmallFile } from '../fs/small-file.ts';
import { Arrivals } from './arrivals.ts';
import { formatList, formatListName, parseList, parseListName } from './meeting-list.ts';
import type { MeetingList } from './meeting-list.ts';
import { MeetingSession } from './meeting-session.ts';
import { makeFile } from './small-files.ts';
import { until } from './waiting.ts';
import { WORKPLACE } from './workplace.ts';
import type { Workplace } from './workplace.ts';

export interface MeetingOptions {
  /** How many runs meet, this one too. */
  readonly runs: number;
  /** How long to wait for the others. */
  readonly waitMs: number;
  /** In how many files to race, if it is we who say so. */
  readonly files: number;
}

const LOOK_EVERY_MS = 100;
const LIST_LIMIT = 65_536;

/**
 * Waits until so many runs are here, on whatever machines. Of those who see each other the first by name writes the list,
 * and the others find themselves in it; no link or lock is trusted, since that is what they are about to examine.
 * @throws MeetingFailedError if they do not come in time
 */
export async function meet(place: Workplace, { runs, waitMs, files }: MeetingOptions): Promise<MeetingSession> {
  const directory = `${place.folder}/${WORKPLACE}/meeting`;
  await place.fs.mkdir(directory);
  const arrivals = await Arrivals.enter(place, directory);
  const found: MeetingList[] = [];
  let most = 1;
  try {
    await until(place, { limitMs: waitMs, everyMs: LOOK_EVERY_MS }, async () => {
      const names = await place.fs.readdir(directory);
      const living = await arrivals.look(names);
      most = Math.max(most, living.length);
      const list = (await findOurList(place, directory, names)) ?? (await writeOurList(place, directory, living, { runs, files }));
      if (list !== null) found.push(list);
      return list !== null;
    });
  } finally {
    await arrivals.leave();
    // Refused while others are in it.
    if (found.length === 0) await place.probe.removeDirectory(directory).catch(() => undefined);
  }
  const [list] = found;
  if (list === undefined) throw new MeetingFailedError(place.folder, `Of ${runs} runs ${most} came`);
  return new MeetingSession(place, directory, list);
}

async function findOurList({ fs, token }: Workplace, directory: string, names: readonly string[]): Promise<MeetingList | null> {
  for (const name of names) {
    if (parseListName(name) === null) continue;
    const found = await readSmallFile(fs, `${directory}/${name}`, LIST_LIMIT);
    const list = found.kind === 'text' ? parseList(found.text) : null;
    if (list?.members.includes(token)) return list;
  }
  return null;
}

/** Null while it is not for us to write one. The place is there before the list is, and the list whole before it has its name. */
async function writeOurList(
  { fs, token }: Workplace,
  directory: string,
  living: readonly string[],
  { runs, files }: Pick<MeetingOptions, 'runs' | 'files'>,
): Promise<MeetingList | null> {
  if (living.length < runs || living[0] !== token) return null;
  const list: MeetingList = { members: living.slice(0, runs), files };
  await fs.mkdir(`${directory}/${token}`);
  await makeFile(fs, `${directory}/${token}/staged`, formatList(list));
  await fs.rename(`${directory}/${token}/staged`, `${directory}/${formatListName(token)}`);
  return list;
}
