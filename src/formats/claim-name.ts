/**
 * What a message's file is called while somebody has it, and after it was given back. Each of these names is unique to one
 * attempt, so that a rename to it overwrites nothing.
 *
 *     sales-01.tsv                                ready
 *     sales-01.tsv.etl-1-4711-9f3ac2d1-7a2.wip    claim 7 of that consumer, attempt 2
 *     sales-01.tsv.etl-1-4711-9f3ac2d1-7a2.finished  first of a group that is done: the others are on their way
 *     sales-01.tsv.etl-1-4711-9f3ac2d1-7a2.failing   first of a group that is given up
 *     sales-01.tsv.9f3ac2d1k4a2.again             ready again, after two counted attempts
 */

import { isMessageName } from './message-name.ts';

/** `wip`: being worked on. The others say of the first of a group what becomes of all of it. */
export type ClaimState = 'wip' | 'finished' | 'failing';

export interface ClaimName {
  /** The message's own name. */
  readonly name: string;
  /** Who has it: host, process and something random, without dots. */
  readonly consumer: string;
  /** The how manieth claim of that consumer. All members of a group carry the same. */
  readonly claim: number;
  /** The how manieth attempt, this one included. */
  readonly attempt: number;
  readonly state: ClaimState;
}

export interface AgainName {
  readonly name: string;
  /** What makes the name unique. */
  readonly token: string;
  /** The attempts that were counted. */
  readonly attempts: number;
}

/** A file that may be claimed. */
export interface ReadyName {
  readonly name: string;
  readonly attempts: number;
}

/** More than anybody counts to; and a name has no room for more. */
const LAST_ATTEMPT = 999_999;

const CLAIM = /^(.+)\.([a-z0-9]+(?:-[a-z0-9]+)*)-(0|[1-9]\d{0,14})a(0|[1-9]\d{0,5})\.(wip|finished|failing)$/;
const AGAIN = /^(.+)\.([a-z0-9]{1,32}?)a(0|[1-9]\d{0,5})\.again$/;

export function formatClaimName({ name, consumer, claim, attempt, state }: ClaimName): string {
  return `${name}.${consumer}-${claim}a${Math.min(attempt, LAST_ATTEMPT)}.${state}`;
}

/**
 * The parts of one of our claims, or null for any other file: a foreign `.wip` is someone else's.
 * @param fewest attempts that a claim of ours may have
 */
export function parseClaimName(file: string, extension: string, fewest = 1): ClaimName | null {
  const [, name, consumer, claim, attempt, state] = CLAIM.exec(file) ?? [];
  if (name === undefined || consumer === undefined || consumer.length > LONGEST_CONSUMER) return null;
  if (Number(attempt) < fewest || !isMessageName(name, extension)) return null;
  return { name, consumer, claim: Number(claim), attempt: Number(attempt), state: state as ClaimState };
}

export function formatAgainName({ name, token, attempts }: AgainName): string {
  return `${name}.${token}a${Math.min(attempts, LAST_ATTEMPT)}.again`;
}

export function parseAgainName(file: string, extension: string): AgainName | null {
  const [, name, token, attempts] = AGAIN.exec(file) ?? [];
  if (name === undefined || token === undefined || !isMessageName(name, extension)) return null;
  return { name, token, attempts: Number(attempts) };
}

/** What may be claimed, under its own name or given back; null for any other file. */
export function parseReadyName(file: string, extension: string): ReadyName | null {
  if (file.endsWith(extension)) return isMessageName(file, extension) ? { name: file, attempts: 0 } : null;
  return file.endsWith('.again') ? parseAgainName(file, extension) : null;
}

/** The message's own name, whatever state its file is in; null if it is no message. */
export function originalName(file: string, extension: string): string | null {
  return (parseReadyName(file, extension) ?? parseClaimName(file, extension))?.name ?? null;
}

/** Long enough for a host, a process and something random, and short enough for the longest message. */
const LONGEST_CONSUMER = 40;
const LONGEST_HOST = 20;

/** A name for a consumer that shows people where it runs; `token` makes it unique. */
export function formatConsumer(host: string, pid: number, token: string): string {
  const shown = host
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_HOST)
    .replace(/^-|-$/g, '');
  return `${shown || 'host'}-${pid}-${token}`;
}
