/** The files of a queue of values: `<name>.<run>.<segment>.put.tsv`, its done twin, and the keys and kept messages of a run. */

import { formatRun, formatSequence } from './message-id.ts';

/**
 * - `put`: messages; its segment is the sequence number of its first one, so that names alone say where a message lies
 * - `done`: what became of messages; its segment counts from 1
 * - `keys`: keys of messages whose put journal is gone (no segment)
 * - `kept`: messages that were carried over from journals that are gone (no segment)
 */
export type JournalKind = 'put' | 'done' | 'keys' | 'kept';

export interface JournalName {
  readonly name: string;
  readonly run: number;
  readonly segment: number;
  readonly kind: JournalKind;
}

export function formatJournalName({ name, run, segment, kind }: JournalName): string {
  const numbered = isNumbered(kind) ? `.${formatSequence(segment)}` : '';
  return `${name}.${formatRun(run)}${numbered}.${kind}.tsv`;
}

/** The parts of a journal's name, or null for any other file. */
export function parseJournalName(file: string): JournalName | null {
  const [, name, run, segment, kind] = /^([a-z0-9][a-z0-9_-]{0,63})\.(\d{8})(?:\.(\d{10}))?\.(put|done|keys|kept)\.tsv$/.exec(file) ?? [];
  if (name === undefined || (segment !== undefined) !== isNumbered(kind as JournalKind)) return null;
  return { name, run: Number(run), segment: Number(segment ?? 0), kind: kind as JournalKind };
}

/** Farther ahead of the last owner no run of ours can be: each opening has the next number. */
const MOST_AHEAD = 1_000_000;

/**
 * The highest run that these journals are of. One that is far ahead of the last owner's is somebody else's file, and must not use
 * up the numbers; where no owner is known all are believed.
 */
export function highestRunOf(files: readonly string[], ofOwners: number): number {
  const most = ofOwners > 0 ? ofOwners + MOST_AHEAD : Infinity;
  return Math.max(0, ...files.map((file) => parseJournalName(file)?.run ?? 0).filter((run) => run <= most));
}

/** What a queue may be called: it becomes part of its files' names. */
export function isQueueName(name: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,63}$/.test(name);
}

function isNumbered(kind: JournalKind): boolean {
  return kind === 'put' || kind === 'done';
}
