import { MeetingFailedError } from './doctor-errors.ts';
import { readSmallFile } from '../fs/small-file.ts';
import { judgeLinks } from './link-race.ts';
import type { MeetingSession } from './meeting-session.ts';
import type { RaceFinding } from './race-finding.ts';
import { formatTakes, parseTakes } from './race-take.ts';
import type { Racers, RaceTake } from './race.ts';
import { judgeRenames, layOutPrey } from './rename-race.ts';
import { makeFile } from './small-files.ts';
import type { Workplace } from './workplace.ts';

/** How the races of real processes ended. */
export interface RacesFinding {
  /** How many runs raced, on whatever machines. */
  readonly runs: number;
  readonly renames: RaceFinding;
  /** Null where there are no hard links. */
  readonly links: RaceFinding | null;
}

export interface RacePlan {
  readonly racers: Racers;
  readonly files: number;
  readonly hardLinks: boolean;
}

type Kind = 'rename' | 'link';

/** Only this run's own processes race. */
export async function raceAlone(place: Workplace, { racers, files, hardLinks }: RacePlan): Promise<RacesFinding> {
  const race = async (kind: Kind): Promise<RaceFinding> => {
    const directory = await place.room(`${kind}-race`);
    if (kind === 'rename') await layOutPrey(place, directory, files);
    return judge(place, kind, directory, files, await racers.race({ kind, directory, files }));
  };
  return { runs: 1, renames: await race('rename'), links: hardLinks ? await race('link') : null };
}

/** The processes of all runs race in the same files, and each run judges all of it. */
export async function raceTogether(place: Workplace, session: MeetingSession, plan: Omit<RacePlan, 'files'>): Promise<RacesFinding> {
  const { files } = session;
  const race = async (kind: Kind): Promise<RaceFinding> => {
    const directory = `${session.directory}/${kind}-race`;
    if (session.leads) {
      await place.fs.mkdir(directory);
      if (kind === 'rename') await layOutPrey(place, directory, files);
    }
    await session.all(`${kind}-ready`);
    const own = await plan.racers.race({ kind, directory, files });
    await makeFile(place.fs, takesPath(session, kind, place.token), formatTakes(own));
    await session.all(`${kind}-raced`);
    return judge(place, kind, directory, files, await allTakes(place, session, kind));
  };
  // Run by all, whatever each thinks of links: machines may differ in that, and all have to keep step.
  const [renames, links] = [await race('rename'), await race('link')];
  return { runs: session.members.length, renames, links: plan.hardLinks ? links : null };
}

function judge(place: Workplace, kind: Kind, directory: string, files: number, takes: readonly RaceTake[]): Promise<RaceFinding> {
  return (kind === 'rename' ? judgeRenames : judgeLinks)(place, directory, files, takes);
}

function takesPath({ directory }: MeetingSession, kind: Kind, token: string): string {
  return `${directory}/takes.${kind}.${token}`;
}

const TAKES_LIMIT = 4_000_000;

async function allTakes(place: Workplace, session: MeetingSession, kind: Kind): Promise<RaceTake[]> {
  const takes: RaceTake[] = [];
  for (const member of session.members) {
    const found = await readSmallFile(place.fs, takesPath(session, kind, member), TAKES_LIMIT);
    const theirs = found.kind === 'text' ? parseTakes(found.text) : null;
    if (theirs === null) throw new MeetingFailedError(place.folder, `What ${member} won can't be read`);
    takes.push(...theirs);
  }
  return takes;
}
