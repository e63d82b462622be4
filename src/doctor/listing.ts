import { claimFile } from '../fs/claim.ts';
import { removeIfThere } from '../fs/publish.ts';
import { makeFile } from './small-files.ts';
import { until } from './waiting.ts';
import type { Workplace } from './workplace.ts';

/** Whether a listing tells what is there now. */
export interface ListingFinding {
  readonly looks: number;
  /** Listings that lacked a name that had come, or still had one that had gone. */
  readonly late: number;
  /** Whether the directory's own time moves when a name in it changes: the end of a queue is judged by that. */
  readonly directoryTimeMoves: boolean;
}

const ROUNDS = 12;
/** The coarsest clock of a file system that is in use ticks every two seconds. */
const COARSEST = { limitMs: 2_500, everyMs: 5 } as const;

/** Makes, renames and removes names, and lists the directory after each. */
export async function examineListing(place: Workplace): Promise<ListingFinding> {
  const { fs } = place;
  const room = await place.room('listing');
  let [looks, late] = [0, 0];
  const expectNames = async (...expected: readonly string[]): Promise<void> => {
    const names = await fs.readdir(room);
    looks += 1;
    if (names.toSorted().join('/') !== expected.join('/')) late += 1;
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const [first, second] = [`first-${round}`, `second-${round}`];
    await makeFile(fs, `${room}/${first}`);
    await expectNames(first);
    if (!(await claimFile(fs, `${room}/${first}`, `${room}/${second}`))) await makeFile(fs, `${room}/${second}`);
    await expectNames(second);
    await removeIfThere(fs, `${room}/${second}`);
    await expectNames();
    await place.breathe();
  }
  return { looks, late, directoryTimeMoves: await movesWithNames(place) };
}

async function movesWithNames(place: Workplace): Promise<boolean> {
  const { fs } = place;
  const room = await place.room('listing-time');
  const before = (await fs.lstat(room))?.modifiedMs;
  let turn = 0;
  await makeFile(fs, `${room}/0`);
  const moved = await until(place, COARSEST, async () => {
    if (!(await claimFile(fs, `${room}/${turn}`, `${room}/${(turn += 1)}`))) await makeFile(fs, `${room}/${turn}`);
    return (await fs.lstat(room))?.modifiedMs !== before;
  });
  return moved !== null;
}
