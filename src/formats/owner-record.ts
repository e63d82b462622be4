/**
 * The file of one owner, `owner.<n>`: who may write the journals of a directory.
 *
 *     0000000042                       how often it has beaten, overwritten in place; `released__` once it was given back
 *     1c291ca3<tab>{"host":"etl-1",…}  checksum of the JSON, and the JSON
 *
 * The beat stands first and has a fixed width, so that overwriting it is one small write that moves nothing.
 */

import { checksumOf } from './checksum.ts';

export interface OwnerRecord {
  /** The number that every file of this owner's carries: no other owner of the directory, before or after, has it. */
  readonly run: number;
  /** Random: tells this owner from every other. */
  readonly token: string;
  readonly host: string;
  /** Which boot of the machine, and which pid namespace in it: only there its pid means anything. Empty where unknown. */
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly pid: number;
  /** When the process started, in the system's ticks since the boot: tells a pid that was given out again. */
  readonly startTime: string;
  /** By the owner's own wall clock, as ISO 8601. For people. */
  readonly since: string;
  /** How long its silence is to be tolerated, in milliseconds. */
  readonly leaseMs: number;
}

/** What an owner file says now: its beat as text (`released` once it was given back), and who it is. */
export interface OwnerState {
  readonly beat: string;
  readonly released: boolean;
  readonly record: OwnerRecord;
}

const BEAT_WIDTH = 10;
const RELEASED = 'released__';

/** More than any lease: a record that asks for a longer one is damaged, not patient. */
const LONGEST_LEASE_MS = 7 * 24 * 60 * 60 * 1000;

/** As long as such a file may be: what is longer is not one of ours, and is not read into memory. */
export const OWNER_FILE_BYTES = 4096;

export function formatOwnerName(number: number): string {
  return `owner.${number}`;
}

/** The highest number that an owner may have, and its run: eight digits. */
export const LAST_OWNER = 99_999_999;

/** The number of an owner file, or null for any other file. */
export function parseOwnerName(file: string): number | null {
  const [, digits] = /^owner\.([1-9]\d{0,7})$/.exec(file) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** A beat as it is written at the start of the file. It begins anew after ten digits: only change matters. */
export function formatBeat(beat: number): string {
  return String(beat % 10 ** BEAT_WIDTH).padStart(BEAT_WIDTH, '0');
}

/** What stands in the beat's place once the owner gave the directory back. */
export function formatReleased(): string {
  return RELEASED;
}

/** The file as it is when it appears, with its first beat. */
export function formatOwner(record: OwnerRecord): string {
  const { run, token, host, bootId, pidNamespace, pid, startTime, since, leaseMs } = record;
  const json = JSON.stringify({ run, token, host, bootId, pidNamespace, pid, startTime, since, leaseMs });
  return `${formatBeat(1)}\n${checksumOf(json)}\t${json}\n`;
}

/**
 * What an owner file says, or null if it is damaged: nothing in it is believed then. A beat may be torn, of which the record
 * knows nothing: it is a beat like any other.
 */
export function parseOwner(text: string): OwnerState | null {
  const [, beat, checksum, json] = /^([0-9a-z_]{10})\n([0-9a-f]{8})\t(\{.*\})\n$/.exec(text) ?? [];
  if (beat === undefined || json === undefined || checksumOf(json) !== checksum) return null;
  const record = parseRecord(json);
  return record && { beat, released: beat === RELEASED, record };
}

function parseRecord(json: string): OwnerRecord | null {
  let value: Partial<Record<keyof OwnerRecord, unknown>>;
  try {
    value = JSON.parse(json) as typeof value;
  } catch {
    return null;
  }
  const { run, token, host, bootId, pidNamespace, pid, startTime, since, leaseMs } = value;
  if (!isCount(run) || run > LAST_OWNER || !isCount(pid) || !isCount(leaseMs) || leaseMs > LONGEST_LEASE_MS) return null;
  if (!isText(token) || !isText(host) || !isText(bootId) || !isText(pidNamespace) || !isText(startTime) || !isText(since)) return null;
  return { run, token, host, bootId, pidNamespace, pid, startTime, since, leaseMs };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
