import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** Who runs an examination. */
export interface RunIdentity {
  readonly host: string;
  readonly pid: number;
}

/** Host, process and chance: no other run, on any machine, has it. No dots are in it, so it can be a part of a name. */
export function newRunToken(): string {
  const host = hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 40);
  return `${host}-${process.pid}-${randomBytes(4).toString('hex')}`;
}

/** Whose it is, or null for any other text. */
export function parseRunToken(token: string): RunIdentity | null {
  const [, host, pid] = /^([a-z0-9-]*)-(\d{1,10})-[0-9a-f]{8}$/.exec(token) ?? [];
  return host === undefined ? null : { host, pid: Number(pid) };
}
