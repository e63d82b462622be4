/**
 * Who fills a folder, judged by what producers said in it. Pure: what counts is only what was said, never when.
 *
 *     nobody ── HELO ──▶ open ── every run said DONE ──▶ drained
 *                         ├──── a run said FAILED ─────▶ failed
 *                         └──── a run fell silent ─────▶ lost
 */

/** One sentence of a producer. */
export interface Saying {
  readonly type: 'helo' | 'done' | 'failed';
  /** Together they tell one run of a producer from all others. */
  readonly uuid: string;
  readonly machineFQDN: string;
  readonly pid: number;
  /** What it is called; empty for one without a name. */
  readonly producer: string;
  /** Earlier runs, by uuid, whose words count no more. */
  readonly replaces: readonly string[];
  /** What shows that it lives; empty for one that never shows it. */
  readonly beat: string;
  /** Why it failed. */
  readonly reason: string;
}

/** One run of a producer, and its last word. */
export interface ProducerRun {
  readonly uuid: string;
  readonly producer: string;
  readonly machineFQDN: string;
  readonly pid: number;
  readonly beat: string;
  readonly state: 'open' | 'done' | 'failed';
  readonly reason: string;
}

export interface Roster {
  /** The runs that count, in the order in which they were told. */
  readonly runs: readonly ProducerRun[];
  /** Those of them that have yet to say their last word. */
  readonly open: readonly ProducerRun[];
  /** One that failed. */
  readonly failed: ProducerRun | undefined;
  /** Whether there are as many as were waited for, and all are done. */
  readonly isDrained: boolean;
}

export interface RosterOptions {
  /** How many runs are waited for; without, one is enough. */
  readonly expected?: number | undefined;
  /** Runs, by uuid, that were over before this reader began: they are none of those that are waited for. */
  readonly old?: ReadonlySet<string>;
}

/**
 * What the sayings in a folder amount to. Their order does not matter. A DONE or FAILED without its HELO counts as a whole
 * run: the HELO may have been cleared away.
 */
export function rosterOf(sayings: readonly Saying[], { expected, old }: RosterOptions = {}): Roster {
  const replaced = new Set(sayings.flatMap(({ replaces }) => replaces));
  const runs = new Map<string, ProducerRun>();
  for (const saying of sayings) {
    if (replaced.has(saying.uuid)) continue;
    const id = JSON.stringify([saying.uuid, saying.machineFQDN, saying.pid]);
    runs.set(id, combine(runs.get(id), saying));
  }
  const counted = [...runs.values()].filter(({ uuid, state }) => state === 'open' || expected === undefined || !old?.has(uuid));
  const open = counted.filter(({ state }) => state === 'open');
  const failed = counted.find(({ state }) => state === 'failed');
  const isDrained = counted.length >= Math.max(1, expected ?? 1) && open.length === 0 && failed === undefined;
  return { runs: counted, open, failed, isDrained };
}

/**
 * Whether another run of its name is at work: when that ends, it says whether it replaced this one. So a run that died is
 * not mourned while its script runs again.
 * @param dead runs, by uuid, that are at work no more
 */
export function hasHeir({ uuid, producer }: ProducerRun, open: readonly ProducerRun[], dead: ReadonlySet<string>): boolean {
  return producer !== '' && open.some((other) => other.uuid !== uuid && other.producer === producer && !dead.has(other.uuid));
}

/** A run's last word stands, whatever else is found of it. */
function combine(before: ProducerRun | undefined, { type, uuid, machineFQDN, pid, producer, beat, reason }: Saying): ProducerRun {
  const state = type === 'helo' ? (before?.state ?? 'open') : before?.state === 'failed' ? 'failed' : type;
  return {
    uuid,
    machineFQDN,
    pid,
    producer: before?.producer || producer,
    beat: before?.beat || beat,
    state,
    reason: before?.reason || reason,
  };
}
