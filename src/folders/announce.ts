import { hostname, userInfo } from 'node:os';
import { type ControlRecord, formatControl, formatControlName, formatStamp } from '../formats/control-file.ts';
import { formatStageName } from '../formats/stage-name.ts';
import { errnoError } from '../fs/errno.ts';
import { discardStage, stageFile } from '../fs/publish.ts';
import { type FolderContext, secure } from './folder-context.ts';
import { showStage } from './show-message.ts';

/** More names than that are not taken in a millisecond: a disk that says so can't be believed. */
const MOST_TRIES = 1_000;

/** What a producer says, all but the time. */
export type Announcement = Omit<ControlRecord, 'stamp'>;

/** One run of a producer, as its control files name it. */
export type RunIdentity = Pick<Announcement, 'uuid' | 'createdBy' | 'hostName' | 'machineFQDN' | 'pid' | 'producer' | 'beat'>;

/**
 * Says something in the folder: a control file, whole from its first moment, safe when this resolves. Where another file has
 * its name the next microsecond is taken. A stop leaves it said or not; if it throws, it may have been said.
 */
export async function announce(context: FolderContext, announcement: Announcement): Promise<void> {
  const { fs, layout, clock, durability, names } = context;
  const now = clock.wall();
  for (let micros = 0; ; micros += 1) {
    if (micros >= MOST_TRIES) throw errnoError('EEXIST', 'link', layout.directory);
    const record = { ...announcement, stamp: formatStamp(now, micros) };
    const stage = `${layout.stages}/${formatStageName(names.next())}`;
    await stageFile(fs, stage, new TextEncoder().encode(formatControl(record)), { sync: durability === 'power' });
    try {
      if (!(await showStage(context, stage, `${layout.directory}/${formatControlName(record)}`))) continue;
      await secure(context, layout.directory);
      return;
    } finally {
      await discardStage(fs, stage);
    }
  }
}

/** Where it runs, and for whom, as people are told. */
export function whereItRuns(): Pick<RunIdentity, 'createdBy' | 'hostName' | 'machineFQDN' | 'pid'> {
  const host = hostname();
  return { createdBy: userName(), hostName: host, machineFQDN: host, pid: process.pid };
}

/** A container may run as a user whom no file names. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}
