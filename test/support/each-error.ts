import type { FileSystem } from '../../src/fs/file-system.ts';
import { CrashingDisk } from './crashing-disk.ts';
import type { Files } from './crashing-disk.ts';
import { describeCall } from './fault-plan.ts';
import type { Call, Fault } from './fault-plan.ts';
import type { FaultyDisk } from './faulty-disk.ts';
import { noteErrors } from './made-errors.ts';
import { fingerprint, powerCuts } from './power-cut.ts';
import { restOf } from './rest-of.ts';
import { sampleOf } from './sample.ts';
import type { Share } from './sample.ts';

/** What FAULTS T3 asks for: refusals of disks and of networks, and lies. */
export const ALL_ERRNOS = [
  'EIO',
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EACCES',
  'EPERM',
  'EMFILE',
  'ENFILE',
  'EBUSY',
  'EEXIST',
  'ENOENT',
  'ESTALE',
  'EXDEV',
  'EINTR',
  'ETIMEDOUT',
  'ENAMETOOLONG',
] as const;

export interface ErrorOptions {
  /** @default ['EIO', 'ENOSPC'] */
  readonly errnos?: readonly string[];
  /** Refused, or done and the reply lost (only where a call changes something). @default both */
  readonly replies?: readonly ('before' | 'after')[];
  /** Whether each write is also made to take only half of what it is given: its errno is `short` then. @default true */
  readonly shortWrites?: boolean;
  /** The call alone, or all calls of its kind from it on. @default both */
  readonly spans?: readonly ('once' | 'from now on')[];
  /** Which calls fail. @default all */
  readonly calls?: (call: Call) => boolean;
  /** Tries one in so many, among them the first, the last, each errno, and each kind of call, refused and done. @default 1 */
  readonly share?: Share;
  /** How many power cuts follow each action that is over. @default 4 */
  readonly powerCuts?: number;
  /** All that `check` looks at beside the disk: equal outcomes are judged once. */
  readonly ledger?: () => string;
  /** What of the files matters for that. @default all */
  readonly likeness?: (files: string) => string;
}

export interface Failure {
  /** Which call failed and how, in words. */
  readonly fault: string;
  readonly errno: string;
  readonly call: Call;
  readonly reply: 'before' | 'after';
  readonly span: 'once' | 'from now on';
  /** What the action threw, undefined if it came to its end. */
  readonly error: unknown;
  /** What came after the action: the end of its process, or of the power. */
  readonly kind: 'kill' | 'power';
  readonly disk: CrashingDisk;
}

export interface ErrorCounts {
  /** Ways in which it could fail. */
  readonly cases: number;
  /** Ways in which it was made to. */
  readonly runs: number;
  /** Calls that failed in all of them. */
  readonly errors: number;
  /** Disks that were judged. */
  readonly states: number;
}

type Check = (left: Readonly<Record<string, string>>, fs: FileSystem, failure: Failure) => unknown;

interface Case {
  readonly call: Call;
  readonly errno: string;
  readonly reply: 'before' | 'after';
  readonly span: 'once' | 'from now on';
}

/**
 * Runs `action` to its end again and again, each time with one call that fails, and has `check` judge the error and what is
 * left, after a kill and after a few power cuts. The action may catch errors, call `fs.heal()` and go on.
 * @throws what `check` throws, with the call that failed
 */
export async function eachError(
  files: Files | CrashingDisk,
  action: (fs: FaultyDisk) => Promise<unknown>,
  check: Check,
  options: ErrorOptions = {},
): Promise<ErrorCounts> {
  const before = files instanceof CrashingDisk ? files : new CrashingDisk(files);
  const counts = { cases: 0, runs: 0, errors: 0, states: 0 };
  const judged = new Set<string>();
  const sound = before.clone().process();
  await restOf(action, sound);
  const cases = [...casesOf(sound.fallible, options)];
  counts.cases = cases.length;
  for (const one of sampleOf(cases, options.share ?? 1, kindsOf)) {
    const how = one.errno === SHORT ? 'takes only half' : `fails with ${one.errno} ${one.reply} it is done`;
    const fault = `call ${describeCall(one.call)} ${how}, ${one.span}`;
    const { disk, error, errors } = await runWith(before, action, one, fault);
    counts.runs += 1;
    counts.errors += errors;
    for (const kind of ['power', 'kill'] as const) {
      const disks =
        kind === 'kill' ? [disk] : [...powerCuts(disk, { limit: options.powerCuts ?? 4, seed: counts.runs })].map((cut) => cut.disk);
      for (const left of disks) {
        const twin = options.ledger && [kind, options.ledger(), nameOf(error), (options.likeness ?? String)(fingerprint(left))].join('\0');
        if (twin !== undefined && judged.has(twin)) continue;
        if (twin !== undefined) judged.add(twin);
        counts.states += 1;
        await judge({ ...one, fault, error, kind, disk: left }, check);
      }
    }
  }
  noteErrors(counts);
  return counts;
}

function* casesOf(calls: readonly Call[], options: ErrorOptions): Generator<Case> {
  for (const call of calls) {
    if (options.calls && !options.calls(call)) continue;
    for (const span of options.spans ?? (['once', 'from now on'] as const)) {
      for (const errno of options.errnos ?? ['EIO', 'ENOSPC']) {
        for (const reply of options.replies ?? (['before', 'after'] as const)) {
          if (reply === 'before' || call.changes) yield { call, errno, reply, span };
        }
      }
      if (call.operation === 'write' && (options.shortWrites ?? true)) yield { call, errno: SHORT, reply: 'after', span };
    }
  }
}

function kindsOf({ call, errno, reply, span }: Case): readonly string[] {
  const how = errno === SHORT ? errno : reply;
  return [errno, span, `${call.operation} ${how}`];
}

/** In the place of an errno: the write was done in part, and said so. */
export const SHORT = 'short';

function faultOf({ call, errno, reply, span }: Case): Fault {
  const at = (met: Call): boolean =>
    met.number === call.number || (span === 'from now on' && met.number > call.number && met.operation === call.operation);
  return errno === SHORT ? { at, bytes: Math.floor((call.length ?? 0) / 2) } : { at, errno, reply };
}

async function runWith(
  before: CrashingDisk,
  action: (fs: FaultyDisk) => Promise<unknown>,
  one: Case,
  what: string,
): Promise<{ disk: CrashingDisk; error: unknown; errors: number }> {
  const disk = before.clone();
  const process = disk.process({ faults: [faultOf(one)] });
  let error: unknown;
  await restOf(async (fs) => {
    try {
      await action(fs);
    } catch (caught) {
      error = caught;
    }
  }, process).catch((cause: unknown) => {
    throw new Error(`When ${what}: ${String(cause)}`, { cause });
  });
  process.kill();
  return { disk, error, errors: process.errors };
}

async function judge(failure: Failure, check: Check): Promise<void> {
  const left = failure.disk.files();
  try {
    await check(left, failure.disk.process(), failure);
  } catch (cause) {
    const ending = failure.kind === 'power' ? ', then the power goes' : ', then the process ends';
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `When ${failure.fault}${ending}: ${message}\nthe action threw ${String(failure.error)}\nleft: ${JSON.stringify(left, null, 1)}`,
      {
        cause,
      },
    );
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
