import type { Fields } from '../formats/json-record.ts';
import type { TaskPlace } from '../machines/task-place.ts';
import type { SeenTask, TaskClaim } from './store.ts';

/** A task as it is kept. Fields are copied on the way in and out, so that what is read is what a disk would give. */
export interface Kept {
  readonly id: string;
  place: TaskPlace;
  /** Where it was when its fields were written. */
  writtenIn: TaskPlace;
  fields: Fields;
  claims: number;
  /** Who has it. */
  opening: Opening | undefined;
  claimedMs: number | undefined;
  checkpoint: Fields | undefined;
  changedAt: number;
  version: number;
  /** Its end is not final: nobody has heard of it, or who did could not go on. */
  isSettling: boolean;
  /** Where it belongs while somebody has it who does not work on it. */
  asideFrom: TaskPlace | undefined;
}

/** One that nobody had yet. */
export function unclaimed(id: string, place: TaskPlace, fields: Fields): Omit<Kept, 'changedAt' | 'version'> {
  const nobody = { claims: 0, opening: undefined, claimedMs: undefined, checkpoint: undefined, asideFrom: undefined };
  return { id, place, writtenIn: place, fields, ...nobody, isSettling: false };
}

/** What all openings of one use case share. */
export class MemoryTasks {
  readonly tasks = new Map<string, Kept>();
  lastVersion = 0;

  /** They are removed: nobody has any of them any more. */
  end(): void {
    for (const kept of this.tasks.values()) kept.version = -1;
  }
}

/** One opening; what it holds is free once it is disposed. */
export interface Opening {
  readonly name: string;
  isOpen: boolean;
}

/** A claim, as long as the task is what the claim made of it. */
export class MemoryClaim implements TaskClaim {
  readonly task: SeenTask;
  readonly from: TaskPlace;
  readonly #kept: Kept;
  readonly claimedMs: number | undefined;
  version: number;
  /** Where it is settled to: a repeat after an error goes on from there. */
  decided: TaskPlace | undefined;

  constructor(task: SeenTask, from: TaskPlace, kept: Kept) {
    this.task = task;
    this.from = from;
    this.#kept = kept;
    this.claimedMs = kept.claimedMs;
    this.version = kept.version;
  }

  isOurs(): boolean {
    return this.#kept.version === this.version;
  }
}

/** Where the tasks are, and where one that is created comes to lie: to look for them makes no room for them. */
export interface MemoryTasksDoor {
  readonly find: () => MemoryTasks | undefined;
  readonly make: () => MemoryTasks;
}
