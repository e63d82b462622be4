import { formatStamp, parseCheckpoint, parseTaskClaim } from '../formats/task-name.ts';
import { LifeWatch } from '../fs/life-watch.ts';
import { removeIfThere, STAGE_PREFIX } from '../fs/publish.ts';
import { isRunning } from '../machines/task-place.ts';
import { finishBack, putBackAside } from './put-back.ts';
import { finishCreation, isStageOfId } from './task-creation.ts';
import { claimsIn, findTask, isThere, readTaskFile, type TaskFile } from './task-files.ts';
import type { OutcomeParts } from './task-outcome.ts';
import { placesOf, type TaskFolders } from './task-folders.ts';
import { removeStage } from './task-ids.ts';

/**
 * So much younger than the disk's newest file is what somebody may be at, in milliseconds. Nothing is decided by it alone: who
 * stood still for longer than that finds out that its file is gone, and writes it again.
 */
const A_DAY_MS = 24 * 60 * 60 * 1_000;

/** What the sweep goes by: who is dead for good, what is claimed, and how late it is on the disk. */
interface Remains {
  readonly folders: TaskFolders;
  readonly dead: ReadonlySet<string>;
  readonly beating: ReadonlySet<string>;
  readonly claims: readonly TaskFile[];
  /** By the disk's own clock. */
  readonly nowMs: number;
}

/**
 * Removes what those left behind who were stopped in the middle: records and checkpoints that never came to mean anything,
 * and heartbeats of the dead who have nothing any more. Tasks that were being created are brought to their place. Nothing
 * of anybody who may live is touched. What the disk refuses is left to the next opening.
 */
export async function sweepTasks(parts: OutcomeParts, leaseMs: number): Promise<void> {
  const { folders } = parts;
  const { fs, layout, checkpoints } = folders;
  const [beats, stages, kept] = [await fs.readdir(layout.consumers), await fs.readdir(layout.stages), await fs.readdir(checkpoints)];
  if (beats.length + stages.length + kept.length === 0) return;
  const lives = await new LifeWatch(fs, { directory: layout.consumers, clock: folders.clock, leaseMs }).look(beats);
  const nowMs = await timeOnDisk(folders);
  const dead = new Set<string>();
  for (const beat of beats) {
    const life = lives.get(beat);
    // What a power cut tore says of nobody that it lives, and the living write it again and again.
    const isTorn = life?.process === undefined && (await isOld(folders, nowMs, `${layout.consumers}/${beat}`));
    if (life?.isFinal || isTorn) dead.add(beat);
  }
  const claims: TaskFile[] = [];
  for (const place of await placesOf(folders)) if (isRunning(place)) claims.push(...(await claimsIn(folders, place)));
  await putBackAsides(parts, claims, dead);
  const remains: Remains = { folders, dead, beating: new Set(beats), claims, nowMs };
  for (const name of stages) await sweepStage(remains, name);
  for (const name of kept) await sweepCheckpoint(remains, name);
  await sweepBeats(remains);
}

/** What somebody dead had taken aside was as its record says, and is. */
async function putBackAsides(parts: OutcomeParts, claims: readonly TaskFile[], dead: ReadonlySet<string>): Promise<void> {
  for (const file of claims) {
    if (file.claim?.state === 'back') await finishBack(parts, file);
    if (file.claim?.state !== 'wip' || file.claim.claims > 0 || !dead.has(file.claim.consumer)) continue;
    const content = await readTaskFile(parts.folders, file.path);
    if (content.kind === 'record') await putBackAside(parts, file, content.place);
  }
}

async function sweepStage({ folders, dead, beating, claims, nowMs }: Remains, name: string): Promise<void> {
  const path = `${folders.layout.stages}/${name}`;
  const outcome = parseTaskClaim(name);
  if (outcome !== null) {
    const isNeeded = claims.some(({ claim }) => claim?.consumer === outcome.consumer && claim.claim === outcome.claim);
    // Whoever sleeps may wake between its outcome and its end, and has to find the outcome then.
    const isOfDead = dead.has(outcome.consumer) || (!beating.has(outcome.consumer) && (await isOld(folders, nowMs, path)));
    if (isOfDead && !isNeeded) await removeIfThere(folders.fs, path);
    return;
  }
  const creation = parseCheckpoint(name);
  if (creation !== null && (await isStageOfId(folders, path, creation.id))) {
    await finishCreation(folders, creation.id);
    // A power cut brought it back after its task was in its place.
    if (await isThere(folders, creation.id)) await removeIfThere(folders.fs, path);
    return;
  }
  if ((creation !== null || name.startsWith(STAGE_PREFIX)) && (await isOld(folders, nowMs, path))) await removeStage(folders.fs, path);
}

async function sweepCheckpoint({ folders, claims, nowMs }: Remains, name: string): Promise<void> {
  const path = `${folders.checkpoints}/${name}`;
  const parsed = parseCheckpoint(name);
  if (parsed === null || claims.some(({ claim }) => claim?.id === parsed.id && claim.checkpoint === parsed.token)) return;
  if (!(await isOld(folders, nowMs, path))) return;
  for (const file of await findTask(folders, parsed.id)) {
    const found = await folders.fs.lstat(file.path);
    if (found === undefined || formatStamp(found) === parsed.token || file.claim?.checkpoint === parsed.token) return;
  }
  await removeIfThere(folders.fs, path);
}

/** Last, since what is left of the dead is known by them. */
async function sweepBeats({ folders, dead, claims }: Remains): Promise<void> {
  const { fs, layout } = folders;
  const holding = new Set(claims.flatMap(({ claim }) => (claim === undefined ? [] : [claim.consumer])));
  for (const consumer of dead) if (!holding.has(consumer)) await removeIfThere(fs, `${layout.consumers}/${consumer}`);
}

/** What time the disk gives to a file that is written now. */
async function timeOnDisk({ fs, layout, names }: TaskFolders): Promise<number> {
  const path = `${layout.stages}/${STAGE_PREFIX}${names.next()}`;
  (await fs.open(path, 'append')).close();
  try {
    return (await fs.lstat(path))?.modifiedMs ?? 0;
  } finally {
    await removeIfThere(fs, path);
  }
}

async function isOld({ fs }: TaskFolders, nowMs: number, path: string): Promise<boolean> {
  const found = await fs.lstat(path);
  return found !== undefined && nowMs - found.modifiedMs >= A_DAY_MS;
}
