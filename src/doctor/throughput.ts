import { claimFile } from '../fs/claim.ts';
import { linkOnce, publishFile, removeIfThere, stageFile } from '../fs/publish.ts';
import { paceOf } from './pace.ts';
import type { Effort, Pace } from './pace.ts';
import { makeFile } from './small-files.ts';
import type { Workplace } from './workplace.ts';

/** How fast one process is here, alone. */
export interface ThroughputFinding {
  readonly renames: Pace;
  /** A second name for a file, and away with it; null where there are no hard links. */
  readonly linksAndUnlinks: Pace | null;
  /** Small files staged and published, surviving any kill; null likewise. */
  readonly putsProcess: Pace | null;
  /** The same, synced one by one to survive a power cut; null also where syncs are refused. */
  readonly putsPower: Pace | null;
  /** Empty files made. */
  readonly newFiles: Pace;
  /** Names that listings gave. */
  readonly listedNames: Pace;
}

export interface Abilities {
  readonly hardLinks: boolean;
  readonly syncs: boolean;
}

const EFFORT: Effort = { mostMs: 120, mostCount: 2_000 };
const LISTED: Effort = { mostMs: 200, mostCount: 1_000 };
const LISTINGS: Effort = { mostMs: 100, mostCount: 20 };

export async function measureThroughput(place: Workplace, { hardLinks, syncs }: Abilities): Promise<ThroughputFinding> {
  return {
    renames: await renames(place),
    linksAndUnlinks: hardLinks ? await linksAndUnlinks(place) : null,
    putsProcess: hardLinks ? await puts(place, 'process') : null,
    putsPower: hardLinks && syncs ? await puts(place, 'power') : null,
    ...(await newFilesAndListings(place)),
  };
}

async function renames(place: Workplace): Promise<Pace> {
  const room = await place.room('renames');
  await makeFile(place.fs, `${room}/0`);
  return paceOf(place, EFFORT, async (index) => {
    const next = `${room}/${index + 1}`;
    // A disk that loses files is found by the race; here it only has to go on.
    if (!(await claimFile(place.fs, `${room}/${index}`, next))) await makeFile(place.fs, next);
  });
}

async function linksAndUnlinks(place: Workplace): Promise<Pace> {
  const room = await place.room('links-and-unlinks');
  await makeFile(place.fs, `${room}/file`);
  return paceOf(place, EFFORT, async (index) => {
    await linkOnce(place.fs, `${room}/file`, `${room}/${index}`);
    await removeIfThere(place.fs, `${room}/${index}`);
  });
}

async function puts(place: Workplace, durability: 'process' | 'power'): Promise<Pace> {
  const room = await place.room(`puts-${durability}`);
  const bytes = new TextEncoder().encode('a small message\n');
  const sync = durability === 'power';
  return paceOf(place, EFFORT, async (index) => {
    const stage = `${room}/${index}.stage`;
    await stageFile(place.fs, stage, bytes, { sync });
    await publishFile(place.fs, stage, `${room}/${index}.tsv`, { syncDirectory: sync ? room : null });
  });
}

async function newFilesAndListings(place: Workplace): Promise<Pick<ThroughputFinding, 'newFiles' | 'listedNames'>> {
  const room = await place.room('listings');
  const newFiles = await paceOf(place, LISTED, (index) => makeFile(place.fs, `${room}/message-${index}.tsv`));
  const { count, ms } = await paceOf(place, LISTINGS, async () => void (await place.fs.readdir(room)));
  return { newFiles, listedNames: { count: count * newFiles.count, ms } };
}
