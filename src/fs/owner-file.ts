import type { QueueHolder } from './ownership-errors.ts';
import { BEATING_FILE_BYTES } from '../formats/beating-record.ts';
import { formatOwnerName, parseOwner, parseOwnerName } from '../formats/owner-record.ts';
import type { OwnerRecord, OwnerState } from '../formats/owner-record.ts';
import type { FileSystem } from './file-system.ts';
import { standingOf } from './process-identity.ts';
import type { ProcessIdentity, ProcessStanding } from './process-identity.ts';
import { readSmallFile } from './small-file.ts';
import { hasThreadEnded } from './thread-identity.ts';

/** An owner file as it was read. */
export interface OwnerFile {
  readonly number: number;
  /** What it says; null if it is damaged. */
  readonly state: OwnerState | null;
  /** Changes when the owner beats, also in a file that is damaged. */
  readonly beat: string;
}

/** The numbers of the owner files among these names, the latest last. */
export function ownerNumbers(names: readonly string[]): number[] {
  return names
    .map(parseOwnerName)
    .filter((number) => number !== null)
    .sort((a, b) => a - b);
}

/** Undefined if it is gone: a later owner removed it. */
export async function readOwnerFile(fs: FileSystem, directory: string, number: number): Promise<OwnerFile | undefined> {
  const found = await readSmallFile(fs, `${directory}/${formatOwnerName(number)}`, BEATING_FILE_BYTES);
  if (found.kind === 'absent') return undefined;
  if (found.kind === 'strange') return { number, state: null, beat: found.reason };
  const state = parseOwner(found.text);
  return { number, state, beat: state?.beat ?? found.text };
}

/** Whether an owner lives: its process, and in that its thread. */
export function standingOfOwner(
  record: OwnerRecord,
  standing: (identity: ProcessIdentity) => ProcessStanding = standingOf,
): ProcessStanding {
  const found = standing(record);
  return found === 'alive' && hasThreadEnded(record.pid, record.thread) ? 'dead' : found;
}

/** Who owns a directory, as one look can tell. */
export interface OwnerSighting {
  readonly number: number;
  /** Null if its record is damaged. */
  readonly holder: QueueHolder | null;
  readonly run: number | null;
  /** `released`: it gave the directory back. `unknown`: it is elsewhere, and only watching its beat can tell. */
  readonly standing: ProcessStanding | 'released';
}

/**
 * The latest owner of a directory; undefined if it never had one. Owns nothing, waits for nothing, changes nothing.
 * @param standing whether a process lives; default: ask this system
 */
export async function readOwner(
  fs: FileSystem,
  directory: string,
  standing: (identity: ProcessIdentity) => ProcessStanding = standingOf,
): Promise<OwnerSighting | undefined> {
  for (let gone = 0; ;) {
    const number = ownerNumbers(await fs.readdir(directory)).at(-1);
    if (number === undefined) return undefined;
    const found = await readOwnerFile(fs, directory, number);
    if (found === undefined && number !== gone) {
      // It went since it was listed: there is a later one now.
      gone = number;
      continue;
    }
    if (!found?.state) return { number, holder: null, run: null, standing: 'unknown' };
    const { record, released } = found.state;
    return { number, holder: holderOf(found.state), run: record.run, standing: released ? 'released' : standingOfOwner(record, standing) };
  }
}

/** What people are told of an owner. */
export function holderOf(state: OwnerState | null): QueueHolder {
  if (state === null) return { host: 'an unknown host', pid: 0, since: 'an unknown time' };
  const { host, pid, since } = state.record;
  return { host, pid, since };
}
