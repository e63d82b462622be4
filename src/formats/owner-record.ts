/** The file of one owner, `owner.<n>`: who may write the journals of a directory. It beats as long as the owner lives. */

import { type BeatingProcess, formatBeatingFile, isPositive, isText, parseBeatingFile, parseBeatingProcess } from './beating-record.ts';

export interface OwnerRecord extends BeatingProcess {
  /** The number that every file of this owner's carries: no other owner of the directory, before or after, has it. */
  readonly run: number;
  /** Random: tells this owner from every other. */
  readonly token: string;
  /** Which thread of its process; left out where the system does not say. */
  readonly thread?: string;
}

/** What an owner file says now: its beat as text (`released` once it was given back), and who it is. */
export interface OwnerState {
  readonly beat: string;
  readonly released: boolean;
  readonly record: OwnerRecord;
}

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

/** The file as it is when it appears, with its first beat. */
export function formatOwner(record: OwnerRecord): string {
  const { run, token, host, bootId, pidNamespace, timeNamespace, pid, startTime, since, leaseMs, thread } = record;
  return formatBeatingFile({ run, token, host, bootId, pidNamespace, timeNamespace, pid, startTime, since, leaseMs, thread });
}

/** What an owner file says, or null if it is damaged: nothing in it is believed then. */
export function parseOwner(text: string): OwnerState | null {
  const found = parseBeatingFile(text);
  if (found === null) return null;
  const { run, token, thread } = found.fields;
  const process = parseBeatingProcess(found.fields);
  if (process === null || !isPositive(run) || run > LAST_OWNER || !isText(token)) return null;
  if (thread !== undefined && !isText(thread)) return null;
  return { beat: found.beat, released: found.released, record: { run, token, ...process, ...(thread !== undefined && { thread }) } };
}
