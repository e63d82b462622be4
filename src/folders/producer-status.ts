import { type ControlRecord, parseStamp } from '../formats/control-file.ts';
import { rosterOf } from '../machines/producer-roster.ts';
import type { FolderContext } from './folder-context.ts';
import type { FolderUser, Standing } from './folder-users.ts';
import { readControl } from './upstream.ts';

/** - `open`: it said HELO and nothing since  - `lost`: and it is dead */
export type ProducerState = 'open' | 'done' | 'failed' | 'lost';

/** One run of a producer. */
export interface ProducerStatus {
  /** What it is called; null for one without a name. */
  readonly name: string | null;
  readonly host: string;
  readonly pid: number;
  /** When it said HELO, by its own clock, as ISO 8601; null if that is not known. */
  readonly since: string | null;
  readonly state: ProducerState;
  /** Why it failed. */
  readonly reason: string | null;
  /** Null for one that never shows whether it lives, and for one that is done or failed. */
  readonly standing: Standing | null;
}

/** What control files say. */
export interface Sayings {
  readonly records: readonly ControlRecord[];
  /** The heartbeats that they speak of. */
  readonly beats: readonly string[];
  /** The names of those of which nothing is believed. */
  readonly damaged: readonly string[];
}

export async function readSayings(context: FolderContext, control: readonly string[]): Promise<Sayings> {
  const records: ControlRecord[] = [];
  const damaged: string[] = [];
  for (const file of control) {
    const record = await readControl(context, file);
    if (record === null) damaged.push(file);
    else if (record !== undefined) records.push(record);
  }
  const beats = rosterOf(records).open.map(({ beat }) => beat);
  return { records, damaged, beats: beats.filter((beat) => beat !== '') };
}

export interface ProducersStatus {
  /** The runs that count, in the order in which they began. */
  readonly producers: readonly ProducerStatus[];
  /** Whether all of them are done, and there is one. */
  readonly isDrained: boolean;
}

/** What producers said, and what is seen of them. */
export function producersOf({ records }: Sayings, users: readonly FolderUser[]): ProducersStatus {
  const standings = new Map(users.filter(({ role }) => role === 'producer').map(({ name, standing }) => [name, standing]));
  // Their names are in the order of their times: of each run the first counts.
  const begun = new Map(records.toReversed().map(({ uuid, stamp, hostName }) => [uuid, { stamp, hostName }]));
  const { runs, isDrained } = rosterOf(records);
  const producers = runs.map(({ uuid, producer, machineFQDN, pid, beat, state, reason }): ProducerStatus => {
    const standing = state === 'open' ? (standings.get(beat) ?? null) : null;
    const { stamp = '', hostName = '' } = begun.get(uuid) ?? {};
    return {
      name: producer || null,
      host: hostName || machineFQDN,
      pid,
      since: parseStamp(stamp)?.toISOString() ?? null,
      state: standing === 'dead' ? 'lost' : state,
      reason: reason || null,
      standing,
    };
  });
  return { producers, isDrained };
}
