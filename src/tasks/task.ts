import { parseTaskRecord, type TaskError, type TaskProgress, type TaskRecord } from '../formats/task-record.ts';
import { parsePlace } from '../machines/task-place.ts';
import type { TaskStatus } from '../machines/task-lifecycle.ts';
import type { SeenTask, TaskHolder } from '../stores/store.ts';

/** A task as it stands. */
export interface Task<T = unknown> {
  readonly id: string;
  readonly useCase: string;
  readonly status: TaskStatus;
  /** The number of its status, where those are numbered. */
  readonly code?: number;
  /** What it is about, or came to: as it was created, or committed by its last success or checkpoint. */
  readonly data: T;
  /** How often it was started, over all its life; those that died with their process too. */
  readonly attempts: number;
  /** How many of them failed, or died, since it succeeded or was reopened last. */
  readonly failures: number;
  readonly createdAt: string;
  /** When its record was last written, by the clock of whoever did. */
  readonly updatedAt: string;
  /** Before that it is not started, as ISO 8601. */
  readonly notBefore?: string;
  /** What went wrong, the newest last; no more than the last 20. */
  readonly errors: readonly TaskError[];
  readonly lastError?: TaskError;
  /** How far it is, as far as the running attempt said. */
  readonly progress?: TaskProgress;
  /** Who has it. */
  readonly holder?: TaskHolder;
  /** When whoever has it started it, by the store's clock, as ISO 8601; not there where the store can't tell. */
  readonly startedAt?: string;
}

/** A task whose record can't be read. It harms no other. */
export interface DamagedTaskReport {
  readonly id: string;
  readonly path: string;
  readonly reason: string;
}

/** What is written down in mid-attempt: data that a later failure does not undo, and how far it is. */
export interface Checkpoint {
  readonly data?: unknown;
  readonly progress?: TaskProgress | undefined;
  /** Which attempt said how far it is. */
  readonly attempt?: number;
  /** When that attempt was started, by the store's clock, as ISO 8601: to write this down gives its claim another time. */
  readonly startedAt?: string;
}

/** The record of a task, with what its last checkpoint and its dead attempts add to it. */
export function recordOf({ fields, claims, holder, checkpoint }: SeenTask): TaskRecord & { readonly lost: number } {
  const record = parseTaskRecord(fields);
  // Whoever has it now may yet end it well; those before died with it.
  const lost = holder === undefined || holder.standing === 'dead' ? claims : Math.max(0, claims - 1);
  const data = checkpoint !== undefined && 'data' in checkpoint ? checkpoint['data'] : record.data;
  return { ...record, data, lost };
}

export function taskOf<T>(useCase: string, seen: SeenTask, cast: (data: unknown) => T): Task<T> {
  const { id, place, holder, claims } = seen;
  const { data, attempts, failures, createdAt, updatedAt, notBefore, errors, lost } = recordOf(seen);
  const { status = 'pending', code } = parsePlace(place) ?? {};
  const lastError = errors.at(-1);
  const progress = progressOf(seen, attempts + claims);
  const startedAt = startOf(seen, attempts + claims);
  return {
    id,
    useCase,
    status,
    ...(code !== undefined && { code }),
    data: cast(data),
    attempts: attempts + claims,
    failures: failures + lost,
    createdAt,
    updatedAt,
    ...(notBefore !== undefined && { notBefore }),
    errors,
    ...(lastError !== undefined && { lastError }),
    ...(progress !== undefined && { progress }),
    ...(holder !== undefined && { holder }),
    ...(startedAt !== undefined && { startedAt }),
  };
}

/** When a claim's time is given as ISO 8601; undefined for one that is not known. */
export function timeOf(claimedMs: number | undefined): string | undefined {
  return claimedMs === undefined ? undefined : new Date(claimedMs).toISOString();
}

function startOf({ holder, claimedMs, checkpoint }: SeenTask, attempt: number): string | undefined {
  if (holder === undefined) return undefined;
  if (checkpoint?.['attempt'] !== attempt) return timeOf(claimedMs);
  const startedAt = checkpoint['startedAt'];
  return typeof startedAt === 'string' ? startedAt : undefined;
}

/** What an earlier attempt said is no longer so: the next one begins anew. */
function progressOf({ checkpoint }: SeenTask, attempt: number): TaskProgress | undefined {
  if (checkpoint?.['attempt'] !== attempt) return undefined;
  const progress = checkpoint['progress'];
  if (typeof progress !== 'object' || progress === null || !('fraction' in progress)) return undefined;
  const { fraction } = progress;
  if (typeof fraction !== 'number') return undefined;
  const note = 'note' in progress && typeof progress.note === 'string' ? progress.note : undefined;
  return { fraction, ...(note !== undefined && { note }) };
}
