import type { FileSystem } from '../../src/fs/file-system.ts';
import { CrashingDisk } from './crashing-disk.ts';
import type { Files } from './crashing-disk.ts';
import { describeCall } from './fault-plan.ts';
import type { Call, Stop } from './fault-plan.ts';
import type { FaultyDisk } from './faulty-disk.ts';
import { fingerprint, powerCuts } from './power-cut.ts';
import type { PowerCutOptions } from './power-cut.ts';
import { restOf } from './rest-of.ts';
import { sampleOf } from './sample.ts';
import type { Share } from './sample.ts';

export interface CrashOptions extends PowerCutOptions {
  /** Which crashes to try. @default both */
  readonly kinds?: readonly CrashKind[];
  /** Ends a write after every byte, not only after one, half, and all but one. @default false */
  readonly everyByte?: boolean;
  /** Stops at one point in so many, among them the first, the last, and one of each kind of call and file. @default 1 */
  readonly share?: Share;
  /**
   * All that `check` looks at beside the disk, as a string: two crashes that leave the same files and the same of this are
   * judged once.
   */
  readonly ledger?: () => string;
  /** What of the files matters for that: the rest, as random names, is to be taken out. @default all */
  readonly likeness?: (files: string) => string;
}

export type CrashKind = 'kill' | 'power';

export interface Crash {
  readonly kind: CrashKind;
  /** Where it happened, in words. */
  readonly where: string;
  /** The call it happened at; undefined: after the last. */
  readonly call: Call | undefined;
  /** What the power cut took, in words. */
  readonly lost: readonly string[];
  /** What is left, as a disk that can crash again: what was not synced before a kill is still unsafe. */
  readonly disk: CrashingDisk;
}

export interface CrashCounts {
  /** Points at which it could be stopped. */
  readonly points: number;
  /** Points at which it was. */
  readonly stops: number;
  /** Disks that were judged. */
  readonly states: number;
  /** Disks that were not: a twin had been. */
  readonly twins: number;
}

type Check = (left: Readonly<Record<string, string>>, fs: FileSystem, crash: Crash) => unknown;

/**
 * Runs `action` again and again on a disk with the same files, ends it before and after each call and inside each write, and
 * has `check` judge what a kill leaves and what power cuts may leave: `left` the files by path, `fs` the disk after the
 * restart. The action may keep a ledger of what it was promised; begin it anew in each run, and note nothing once
 * `fs.stopped`.
 * @throws what `check` throws, with where it was and what was lost
 */
export async function eachCrash(
  files: Files | CrashingDisk,
  action: (fs: FaultyDisk) => Promise<unknown>,
  check: Check,
  options: CrashOptions = {},
): Promise<CrashCounts> {
  const before = files instanceof CrashingDisk ? files : new CrashingDisk(files);
  const judged = new Set<string>();
  const { calls } = (await runUntil(before, action, undefined)).process;
  const points = [...stopsOf(calls, options.everyByte ?? false), undefined];
  const counts = { points: points.length, stops: 0, states: 0, twins: 0 };
  for (const stop of sampleOf(points, options.share ?? 1, (point) => kindsOf(point, calls), options.seed)) {
    const { disk, process } = await runUntil(before, action, stop);
    counts.stops += 1;
    for (const crash of crashesAt(disk, process, stop, { ...options, seed: (options.seed ?? 1) * 100_003 + counts.stops })) {
      const twin = options.ledger && `${crash.kind}\0${options.ledger()}\0${(options.likeness ?? String)(fingerprint(crash.disk))}`;
      if (twin !== undefined && judged.has(twin)) {
        counts.twins += 1;
        continue;
      }
      if (twin !== undefined) judged.add(twin);
      counts.states += 1;
      await judge(crash, process, check);
    }
  }
  return counts;
}

/** Every call, before it; those that change something also after; writes also inside. */
function* stopsOf(calls: readonly Call[], everyByte: boolean): Generator<Stop> {
  for (const { number, operation, changes, length = 0 } of calls) {
    yield { call: number, when: 'before' };
    if (operation === 'write') {
      const some = new Set([1, Math.floor(length / 2), length - 1]);
      const parts = everyByte ? Array.from({ length: Math.max(0, length - 1) }, (_, index) => index + 1) : [...some];
      for (const bytes of parts) if (bytes > 0 && bytes < length) yield { call: number, when: 'in', bytes };
    }
    if (changes) yield { call: number, when: 'after' };
  }
}

/** What is done, before, in or after which it was stopped; and to what kind of file, if that changes anything. */
function kindsOf(stop: Stop | undefined, calls: readonly Call[]): readonly string[] {
  const call = stop && calls[stop.call - 1];
  if (!call) return [];
  const { operation, path, to, changes } = call;
  return [`${operation} ${stop.when}`, ...(changes ? [`${operation} ${suffixOf(path)} ${suffixOf(to)}`] : [])];
}

/** What says of a file which kind it is: numbers and tokens do not. */
function suffixOf(path = ''): string {
  return /\.[a-z]{2,7}$/.exec(path)?.[0] ?? '';
}

async function runUntil(
  before: CrashingDisk,
  action: (fs: FaultyDisk) => Promise<unknown>,
  stop: Stop | undefined,
): Promise<{ disk: CrashingDisk; process: FaultyDisk }> {
  const disk = before.clone();
  const process = disk.process({ stop });
  await restOf(action, process);
  process.kill();
  return { disk, process };
}

/** The power cuts first: a check of the kill goes on with the disk itself. */
function* crashesAt(disk: CrashingDisk, process: FaultyDisk, stop: Stop | undefined, options: CrashOptions): Generator<Crash> {
  const call = stop && process.calls[stop.call - 1];
  const where =
    stop && call ? `${stop.when} call ${describeCall(call)}${stop.when === 'in' ? ` after ${stop.bytes} B` : ''}` : 'after the last call';
  const kinds = options.kinds ?? ['power', 'kill'];
  if (kinds.includes('power')) {
    for (const cut of powerCuts(disk, options)) {
      // A kill leaves the same, and it promises more.
      if (cut.lost.length > 0 || !kinds.includes('kill')) yield { kind: 'power', where, call, ...cut };
    }
  }
  if (kinds.includes('kill')) yield { kind: 'kill', where, call, lost: [], disk };
}

async function judge(crash: Crash, process: FaultyDisk, check: Check): Promise<void> {
  const left = crash.disk.files();
  try {
    await check(left, crash.disk.process(), crash);
  } catch (cause) {
    throw new Error(describe(crash, left, process, cause), { cause });
  }
}

function describe(crash: Crash, left: Readonly<Record<string, string>>, process: FaultyDisk, cause: unknown): string {
  const earlier = process.calls.filter(({ changes }) => changes).slice(-12);
  return [
    `${crash.kind === 'kill' ? 'A kill' : 'A power cut'} ${crash.where}: ${cause instanceof Error ? cause.message : String(cause)}`,
    ...(crash.kind === 'power' ? [`lost: ${crash.lost.join('; ') || 'nothing'}`] : []),
    'left:',
    ...Object.entries(left).map(([path, text]) => `  ${path} ${shorten(text)}`),
    'last calls that changed anything:',
    ...earlier.map((call) => `  ${describeCall(call)}`),
  ].join('\n');
}

function shorten(text: string): string {
  const start = text.length > 600 ? `${text.slice(0, 600)}…` : text;
  return JSON.stringify(start.replace(/\0{4,}/g, (nuls) => `<${nuls.length} NULs>`));
}
