import type { Fields } from '../formats/json-record.ts';
import type { TaskPlace } from '../machines/task-place.ts';

/** `tasks`: of a use case. `batches`: of one batch. They never see each other's. */
export type StoreArea = 'tasks' | 'batches';

/**
 * Records that outlive the process. Each call changes one record, on a condition (it is there, it is not there, it is still
 * what was seen): what any database can do. No lock is held from one call to another.
 */
export interface Store {
  /** As it was opened, its scheme with it. */
  readonly url: string;
  /** The tasks of one use case, or the parts of one batch. Makes room for them if there is none. */
  tasks(area: StoreArea, name: string, options: TaskStoreOptions): Promise<TaskStore>;
  /** Which use cases, or batches, there are: in order. */
  names(area: StoreArea): Promise<string[]>;
  /** Records that belong to a use case or batch and are no tasks: written once. */
  shelf(area: StoreArea, name: string): Shelf;
  /** Removes a use case or batch with all that is in it, at once for all who look. False if there was none. */
  remove(area: StoreArea, name: string): Promise<boolean>;
  /** Ends what it holds: claims that are open are free to others. Idempotent. */
  dispose(): Promise<void>;
}

export interface TaskStoreOptions {
  /** How long this process may show no sign of life before others may take what it runs, in milliseconds. */
  readonly leaseMs: number;
  /**
   * Called when a task has got where a claim ended, and before that end is final; and when one that was taken aside is back. A stop in between has it called again, by
   * whoever finds that, also by who only opens them: it must not mind being called twice. `tasks` is what it is in, where it may list,
   * but not read that very task.
   */
  readonly settled?: (id: string, place: TaskPlace, fields: Fields, tasks: TaskStore) => Promise<void>;
  /**
   * Which one it is of those that come one after the other under its name: none of them sees tasks of another. Once all was removed
   * nothing is created any more, not even by one who stood still meanwhile. @default any: what is created begins the next
   */
  readonly madeAs?: string;
}

/** Who has a task. */
export interface TaskHolder {
  /** Its name: shows host and process to a reader, and is unique to one opening. */
  readonly consumer: string;
  /** `dead`: the task may be taken from it. `silent`: not known yet. */
  readonly standing: 'alive' | 'silent' | 'dead';
}

/** A task as it was seen. */
export interface SeenTask {
  readonly kind: 'task';
  readonly id: string;
  readonly place: TaskPlace;
  /** Where it was when `fields` were written. */
  readonly writtenIn: TaskPlace;
  readonly fields: Fields;
  /** How often it was claimed since `fields` were written, whoever has it now included: it died, but for the last, with its process. */
  readonly claims: number;
  /** Set while somebody has it. */
  readonly holder?: TaskHolder | undefined;
  /** When it was claimed, or written down last how far it is, by the store's clock, in milliseconds; where the store can tell. */
  readonly claimedMs?: number | undefined;
  /** What whoever has it, or had it, wrote down last. */
  readonly checkpoint?: Fields | undefined;
  /** What makes it this very version of the task; of the store alone. */
  readonly version: unknown;
}

/** A record that can't be read: by a person's hand, or a disk's fault. It harms no other. */
export interface DamagedTask {
  readonly kind: 'damaged';
  readonly id: string;
  readonly place: TaskPlace;
  /** Where it lies. */
  readonly path: string;
  readonly reason: string;
  /** Set while somebody has it. */
  readonly holder?: TaskHolder | undefined;
  /** Set if a newer version of dibs wrote it, in that format: it is sound, and left alone. */
  readonly newer?: number | undefined;
  /** What makes it this very file; of the store alone. Not set for what is no file, as a directory of that name, nor for a newer one. */
  readonly version?: unknown;
}

/** A task that this process has. What it holds is as it was found by the claim. */
export interface TaskClaim {
  readonly task: SeenTask;
  /** When it was claimed, by the store's clock, in milliseconds; where the store can tell. */
  readonly claimedMs?: number | undefined;
  /** Whether it is still ours, as far as one quick look tells. */
  isOurs(): boolean;
}

export interface TaskClaimOptions {
  /** Nobody works on it. @default false */
  readonly aside?: boolean;
}

export interface TaskQuery {
  readonly places: readonly TaskPlace[];
  /** `id`: by id. `oldest`, `newest`: by the time of the last change, over all places together. `any`: the first that are found. */
  readonly order: 'id' | 'oldest' | 'newest' | 'any';
  /** No more than so many are kept, or read. */
  readonly limit: number;
  /** What is left out by its name, and not read. @default nothing is */
  readonly skips?: ((id: string, place: TaskPlace) => boolean) | undefined;
}

export interface TaskStore {
  /** Creates a task if its id is free: of all who try one does. False if there is one of that id, and nothing was changed. */
  create(id: string, place: TaskPlace, fields: Fields): Promise<boolean>;
  /** One task; undefined if there is none of that id, or can't be. */
  read(id: string): Promise<SeenTask | DamagedTask | undefined>;
  /**
   * Takes a task that is as it was seen, and had by nobody or by somebody dead. Of all who try one succeeds; undefined if it
   * was not us. A stop leaves it with a holder that is found dead; and as it was, to whoever looks, if it was only taken `aside`:
   * to be settled or discarded, which is no attempt.
   */
  claim(seen: SeenTask, running: TaskPlace, options?: TaskClaimOptions): Promise<TaskClaim | undefined>;
  /**
   * Gives a claim back as it was found, but for what was written down since: it was no attempt. What was taken aside is told of as an
   * end is. False if it is not ours any more.
   */
  release(claim: TaskClaim): Promise<boolean>;
  /** Writes down how far it is. Survives the claim, until the task is settled. False if it is not ours any more, and nothing was changed. */
  checkpoint(claim: TaskClaim, fields: Fields): Promise<boolean>;
  /**
   * Ends a claim: the task is there, with these fields, all of it or nothing. False if it is not ours any more, and nothing
   * was changed. A stop leaves it claimed, or ended, or so that whoever finds it ends it. A repeat, after an error, goes on
   * with what was decided then; false if it asks for another place.
   */
  settle(claim: TaskClaim, place: TaskPlace, fields: Fields): Promise<boolean>;
  /** Ends a claim: the task is gone, and its id is free. False if it is not ours any more. */
  discard(claim: TaskClaim): Promise<boolean>;
  /**
   * Removes a task whose record can't be read, and frees its id: as it was seen, and had by nobody or by somebody dead. False if
   * it is another by now. A stop leaves it as it was, or with a holder that is found dead, or gone.
   */
  discardDamaged(damaged: DamagedTask, running: TaskPlace): Promise<boolean>;
  /** Frees the id of a task that lies nowhere, since somebody removed its file. False if it is there, or the id is free. */
  freeLostId(id: string): Promise<boolean>;
  /** The first tasks in an order, as many as there are up to the limit. One that moves meanwhile may be there twice, or not at all; whoever claims what was seen finds out. */
  list(query: TaskQuery): Promise<(SeenTask | DamagedTask)[]>;
  /** The ids of all tasks in these places, in no order: by one pass over names, and no record is read. */
  ids(places: readonly TaskPlace[]): Promise<string[]>;
  /** The places there are; one that nobody ever was in need not be told of. */
  places(): Promise<TaskPlace[]>;
  /** How many are in each place, by one pass over names: one that moves meanwhile may be counted twice, or not at all. A place that nobody ever was in need not be told of. */
  counts(): Promise<Map<TaskPlace, number>>;
  /** Ends what it holds. */
  dispose(): Promise<void>;
}

/** Records that are written once, `<name>` or `<group>/<name>`, and numbers of things that are left. */
export interface Shelf {
  /** Writes a record if its name is free: of all who try one does. False if it is not, and nothing was changed. */
  create(name: string, fields: Fields): Promise<boolean>;
  /** Where a record lies, for a person to read. */
  where(name: string): string;
  /** @throws DamagedRecordError if it can't be read */
  read(name: string): Promise<Fields | undefined>;
  /** The names of all records, groups of records and countdowns, in no order. */
  names(): Promise<string[]>;
  /** Removes a record, a group of records, or a countdown. */
  remove(name: string): Promise<void>;
  /** Removes a record if it is the one that is meant: another one of that name stays. A stop meanwhile may leave neither. */
  removeIf(name: string, isMeant: (fields: Fields) => boolean): Promise<void>;
  countdown(name: string): Countdown;
}

/** Things that are left, each of which is finished once: the last is the last, whoever finishes which at the same moment. */
export interface Countdown {
  /** So many are left, numbered from 0. Repeating it after a stop completes it; it must not run beside `finish`. */
  begin(count: number): Promise<void>;
  /** That one is finished. True if nothing is left now; to all who ask from then on. Repeating it is harmless. */
  finish(index: number): Promise<boolean>;
}
