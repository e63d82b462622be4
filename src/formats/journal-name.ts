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

/** What a queue may be called: it becomes part of its files' names. */
export function isQueueName(name: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,63}$/.test(name);
}

function isNumbered(kind: JournalKind): boolean {
  return kind === 'put' || kind === 'done';
}
