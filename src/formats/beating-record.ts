/**
 * A small file that shows that a process lives: how often it has beaten, and who it is.
 *
 *     0000000042                       the beat, overwritten in place; `released__` once the process took its leave
 *     1c291ca3<tab>{"host":"etl-1",…}  checksum of the JSON, and the JSON
 *
 * The beat stands first and has a fixed width, so that overwriting it is one small write that moves nothing.
 */

import { checksumOf } from './checksum.ts';

/** The process that beats, and how long its silence is to be tolerated. */
export interface BeatingProcess {
  readonly host: string;
  /** Which boot of the machine, and which pid namespace in it: only there its pid means anything. Empty where unknown. */
  readonly bootId: string;
  readonly pidNamespace: string;
  /** In which time namespace its start time is told; empty where unknown, not set in files of versions that did not ask. */
  readonly timeNamespace?: string | undefined;
  readonly pid: number;
  /** When the process started, in the system's ticks since the boot: tells a pid that was given out again. */
  readonly startTime: string;
  /** By the process's own wall clock, as ISO 8601. For people. */
  readonly since: string;
  /** In milliseconds. */
  readonly leaseMs: number;
}

export type Fields = Readonly<Record<string, unknown>>;

/** What such a file says now. A beat may be torn, of which the record knows nothing: it is a beat like any other. */
export interface BeatingFile {
  readonly beat: string;
  readonly released: boolean;
  readonly fields: Fields;
}

const BEAT_WIDTH = 10;
const RELEASED = 'released__';

/** More than any lease: a record that asks for a longer one is damaged, not patient. */
const LONGEST_LEASE_MS = 7 * 24 * 60 * 60 * 1000;

/** As long as such a file may be: what is longer is not one of ours, and is not read into memory. */
export const BEATING_FILE_BYTES = 4096;

/** A beat as it is written at the start of the file. It begins anew after ten digits: only change matters. */
export function formatBeat(beat: number): string {
  return String(beat % 10 ** BEAT_WIDTH).padStart(BEAT_WIDTH, '0');
}

/** What stands in the beat's place once the process took its leave. */
export function formatReleased(): string {
  return RELEASED;
}

/** The file as it is when it appears, with its first beat. */
export function formatBeatingFile(fields: Fields): string {
  const json = JSON.stringify(fields);
  return `${formatBeat(1)}\n${checksumOf(json)}\t${json}\n`;
}

/** What such a file says, or null if it is damaged: nothing in it is believed then. */
export function parseBeatingFile(text: string): BeatingFile | null {
  const [, beat, checksum, json] = /^([0-9a-z_]{10})\n([0-9a-f]{8})\t(\{.*\})\n$/.exec(text) ?? [];
  if (beat === undefined || json === undefined || checksumOf(json) !== checksum) return null;
  try {
    return { beat, released: beat === RELEASED, fields: JSON.parse(json) as Fields };
  } catch {
    return null;
  }
}

/** The process that these fields name; null if they name none. */
export function parseBeatingProcess(fields: Fields): BeatingProcess | null {
  const { host, bootId, pidNamespace, timeNamespace, pid, startTime, since, leaseMs } = fields;
  if (!isPositive(pid) || !isPositive(leaseMs) || leaseMs > LONGEST_LEASE_MS) return null;
  if (!isText(host) || !isText(bootId) || !isText(pidNamespace) || !isText(startTime) || !isText(since)) return null;
  if (timeNamespace !== undefined && !isText(timeNamespace)) return null;
  return { host, bootId, pidNamespace, timeNamespace, pid, startTime, since, leaseMs };
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isPositive(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
