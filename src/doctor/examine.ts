import { resolve } from 'node:path';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { DiskError, WorkQueueError } from '../errors.ts';
import { disk } from '../fs/disk.ts';
import { errnoName } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { systemProbe } from '../fs/folder-probe.ts';
import type { FolderProbe } from '../fs/folder-probe.ts';
import type { FolderEvents } from '../fs/folder-watch.ts';
import { adviseOn, noteOn } from './advice.ts';
import { examineSync } from './directory-sync.ts';
import { kindOf } from './file-system-kind.ts';
import { examineTimes } from './file-times.ts';
import type { Findings } from './findings.ts';
import type { FolderReport } from './folder-report.ts';
import { examineLinks } from './links.ts';
import { examineListing } from './listing.ts';
import { meet } from './meeting.ts';
import { examineFolding } from './name-folding.ts';
import { examineNameLimits } from './name-limits.ts';
import { millisecondsEach } from './pace.ts';
import type { Racers } from './race.ts';
import { startRacers } from './racer-processes.ts';
import { raceAlone, raceTogether } from './races.ts';
import { seeOthers } from './seeing-others.ts';
import { measureThroughput } from './throughput.ts';
import type { ThroughputFinding } from './throughput.ts';
import { judgePromises } from './verdict.ts';
import { examineWatch } from './watch-events.ts';
import { Workplace } from './workplace.ts';

export interface ExamineOptions {
  /** How many processes race in this run. @default 4 */
  readonly processes?: number;
  /** How many runs of this, on whatever machines, examine the folder together. @default 1, this one alone */
  readonly together?: number;
  /** How long to wait for the others, in milliseconds. @default 60,000 */
  readonly waitMs?: number;
  /** How long to wait until another run's names, and its bytes, are seen. @default 5,000 and 75,000 */
  readonly namesMs?: number;
  readonly bytesMs?: number;
  /** Ends the examination with its reason; nothing is left in the folder. */
  readonly signal?: AbortSignal;
  /** Told what takes longer: that it waits for others. */
  readonly tell?: (sentence: string) => void;
  readonly clock?: Clock;
  /** The disk, and what else is asked of it; the racers are processes of their own and use the machine's. */
  readonly fileSystem?: FileSystem;
  readonly probe?: FolderProbe;
  readonly events?: FolderEvents;
  readonly startRacers?: (names: readonly string[], signal: AbortSignal) => Promise<Racers>;
}

const DEFAULTS = { processes: 4, together: 1, waitMs: 60_000, namesMs: 5_000, bytesMs: 75_000 } as const satisfies ExamineOptions;

type Settled = ExamineOptions & Required<Pick<ExamineOptions, keyof typeof DEFAULTS>>;

/**
 * Tries what a folder can do, and says which promises hold in it. All happens below `.dibs-doctor` in that folder, and
 * goes when it is over; a kill in the middle leaves it there, and nothing else was touched.
 * @throws FolderNotFoundError, ReadOnlyQueueError, MeetingFailedError, DiskError
 */
export async function examineFolder(directory: string, options: ExamineOptions = {}): Promise<FolderReport> {
  const settled: Settled = { ...DEFAULTS, ...options };
  const { fileSystem: fs = disk, probe = systemProbe, clock = systemClock, signal = new AbortController().signal } = settled;
  const folder = resolve(directory);
  const place = await Workplace.open(folder, { fs, probe, clock, signal });
  let left: readonly string[] = [];
  let findings: Findings;
  try {
    findings = await examineAll(place, settled);
  } catch (error) {
    throw typedError(error, place);
  } finally {
    left = await place.close();
  }
  const promises = judgePromises(findings);
  return {
    directory: folder,
    holds: promises.every(({ holds }) => holds),
    promises,
    advice: adviseOn(findings, promises),
    notes: [...noteOn(findings), ...noteOnLeft(left, place.token, settled.together)],
    findings,
  };
}

async function examineAll(place: Workplace, options: Settled): Promise<Findings> {
  const kind = kindOf(await place.probe.fileSystemType(place.folder), await place.probe.mounts(place.folder));
  const links = await examineLinks(place);
  const sync = await examineSync(place);
  const abilities = { hardLinks: links.hardLinksRefused === null, syncs: sync.file.refused === null && sync.directory.refused === null };
  const throughput = await measureThroughput(place, abilities);
  const alone = {
    kind,
    sync,
    links,
    listing: await examineListing(place),
    times: await examineTimes(place),
    folding: await examineFolding(place),
    names: await examineNameLimits(place),
    watch: await examineWatch(place, options.events),
    throughput,
  };
  return { ...alone, ...(await examineWithProcesses(place, options, abilities.hardLinks, filesFor(throughput))) };
}

/** The processes are started first: so the races of all runs begin as soon as they have met. */
async function examineWithProcesses(
  place: Workplace,
  options: Settled,
  hardLinks: boolean,
  files: number,
): Promise<Pick<Findings, 'races' | 'others'>> {
  const names = Array.from({ length: options.processes }, (_, index) => `${place.token}-${index + 1}`);
  const racers = await (options.startRacers ?? startRacers)(names, place.signal);
  try {
    if (options.together < 2) return { races: await raceAlone(place, { racers, files, hardLinks }), others: null };
    options.tell?.(`Waiting for ${options.together - 1} more: dibs doctor ${place.folder} --together ${options.together}`);
    const session = await meet(place, { runs: options.together, waitMs: options.waitMs, files });
    try {
      const races = await raceTogether(place, session, { racers, hardLinks });
      const others = await seeOthers(place, session, { namesMs: options.namesMs, bytesMs: options.bytesMs, events: options.events });
      await session.finish();
      return { races, others };
    } catch (error) {
      await session.abandon();
      throw session.explain(error);
    }
  } finally {
    await racers.close();
  }
}

/** Who met others does not wonder that they are still there. */
function noteOnLeft(left: readonly string[], token: string, together: number): string[] {
  if (left.includes(token)) return [`Not all below .dibs-doctor/${token} could be removed. Remove it by hand.`];
  if (left.length === 0 || together > 1) return [];
  return ['.dibs-doctor holds what other runs made, which go on or were killed. When none runs any more, remove it.'];
}

const RACE_MS = 500;
const FEWEST = 50;
const MOST = 2_000;

/** As many as are made, and renamed by one process, in half a second: enough to meet, and no long wait where calls are slow. */
function filesFor({ renames, newFiles }: ThroughputFinding): number {
  const each = Math.max(millisecondsEach(renames), millisecondsEach(newFiles));
  return each === 0 ? MOST : Math.min(MOST, Math.max(FEWEST, Math.round(RACE_MS / each)));
}

/** What the disk refused in the middle of an examination, with its call and its path. */
function typedError(error: unknown, { signal, folder }: Workplace): unknown {
  if (signal.aborted || error instanceof WorkQueueError || errnoName(error) === 'UNKNOWN' || !(error instanceof Error)) return error;
  const call = 'syscall' in error ? String(error.syscall) : 'examine';
  const path = 'path' in error ? String(error.path) : folder;
  return new DiskError(call, path, errnoName(error), { cause: error });
}
