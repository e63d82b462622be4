import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ReadOnlyQueueError } from '../errors.ts';
import { FolderInUseError } from './folder-errors.ts';
import { formatConsumer } from '../formats/claim-name.ts';
import { isErrno } from '../fs/errno.ts';
import { takeMaintenanceLock } from '../fs/maintenance-lock.ts';
import { processIdentity } from '../fs/process-identity.ts';
import type { FolderContext } from './folder-context.ts';
import { typedError } from './folder-refusal.ts';
import { type FolderUser, FolderUsers } from './folder-users.ts';
import type { NextClaimer } from './take-back.ts';

export interface MaintenanceOptions {
  /** Does it although somebody alive uses the folder, who loses what it holds. @default false */
  readonly force?: boolean;
  /**
   * How long to wait, in milliseconds, until it can be told of somebody silent on another machine whether it is dead; then
   * `FolderInUseError`. @default as long as that takes, at most a lease
   */
  readonly waitMs?: number;
}

/** Who clears a folder up: a reader or writer of it, or somebody from outside. */
export interface Caretaker {
  /** The names under which it shows that it lives: they don't stop it. */
  readonly own: ReadonlySet<string>;
  /** What it claims with, where it has to. */
  readonly claimer: NextClaimer;
  readonly leaseMs: number;
}

/**
 * Somebody from outside: it has a name, and no heartbeat, so that it stops nobody else. What it claims, and is killed with,
 * is free after a lease.
 */
export function passingCaretaker(leaseMs: number): Caretaker {
  const { host, pid } = processIdentity();
  const consumer = formatConsumer(host, pid, randomBytes(4).toString('hex'));
  let claim = 0;
  return { own: new Set([consumer]), claimer: () => ({ consumer, claim: (claim += 1) }), leaseMs };
}

/** Changes a folder as a whole: of two who do one waits, as a courtesy. @throws FolderInUseError if that takes too long */
export async function maintain<T>(
  context: FolderContext,
  operation: string,
  { force = false, waitMs }: MaintenanceOptions,
  act: () => Promise<T>,
): Promise<T> {
  const { fs, layout } = context;
  const wait = force ? { waitMs: 0 } : waitMs === undefined ? {} : { waitMs };
  const release = await takeMaintenanceLock(fs, layout.own, wait);
  if (release === null && !force) throw new FolderInUseError(operation, layout.directory, 'somebody who clears it up');
  try {
    return await withTypedErrors(context, operation, act);
  } finally {
    await release?.();
  }
}

/** What the disk refuses is told by an error that says what to do. */
export async function withTypedErrors<T>(context: FolderContext, operation: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw await refusalOf(context, operation, error);
  }
}

/**
 * Waits until it is sure that nobody uses the folder, and gives those who did and are dead. With `force` it is not waited,
 * and they are those of whom it is known.
 *
 * @param claimants the consumers of all claims that were seen before
 * @throws FolderInUseError
 */
export async function theDead(
  context: FolderContext,
  operation: string,
  { own, leaseMs }: Caretaker,
  { force = false, waitMs = Infinity }: MaintenanceOptions,
  claimants: Iterable<string>,
): Promise<FolderUser[]> {
  const { clock, layout } = context;
  const users = new FolderUsers(context, { leaseMs, own });
  const everyMs = Math.min(LOOK_AGAIN_MS, leaseMs / 5);
  const began = clock.monotonic();
  for (;;) {
    const found = await users.look(claimants);
    if (force) return found.filter(({ standing }) => standing === 'dead');
    const alive = found.find(({ standing }) => standing === 'alive');
    if (alive !== undefined) throw new FolderInUseError(operation, layout.directory, alive.name);
    const silent = found.find(({ standing }) => standing === 'silent');
    if (silent === undefined) return found;
    const leftMs = waitMs - (clock.monotonic() - began);
    if (leftMs <= 0) throw new FolderInUseError(operation, layout.directory, silent.name, { isAlive: false });
    await new Promise<void>((resolve) => clock.after(Math.min(leftMs, everyMs), resolve));
  }
}

const LOOK_AGAIN_MS = 1_000;

/** So many files are changed before other work of the process has its turn, the lock's among it. */
const FILES_PER_TURN = 512;

/** Does the same with each of many, one after the other. */
export async function withEach<T>(all: Iterable<T>, act: (one: T) => Promise<unknown>): Promise<void> {
  let count = 0;
  for (const one of all) {
    await act(one);
    count += 1;
    if (count % FILES_PER_TURN === 0) await nextTurn();
  }
}

async function refusalOf(context: FolderContext, operation: string, error: unknown): Promise<unknown> {
  const { directory } = context.layout;
  const { path, syscall } = factsOf(error);
  // It was read before, so it is the change that this user may not make.
  if (isErrno(error, 'EACCES') && /^(?:rename|link|unlink|rmdir|mkdir)$/.test(syscall))
    return new ReadOnlyQueueError(directory, { cause: error });
  return typedError(context, operation, path || directory, error);
}

function factsOf(error: unknown): { readonly path: string; readonly syscall: string } {
  if (typeof error !== 'object' || error === null) return { path: '', syscall: '' };
  const [path, syscall]: unknown[] = [Reflect.get(error, 'path'), Reflect.get(error, 'syscall')];
  return { path: typeof path === 'string' ? path : '', syscall: typeof syscall === 'string' ? syscall : '' };
}
