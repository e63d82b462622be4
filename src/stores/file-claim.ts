import type { TaskClaimName } from '../formats/task-name.ts';
import type { FileSystem } from '../fs/file-system.ts';
import type { TaskPlace } from '../machines/task-place.ts';
import type { SeenTask, TaskClaim } from './store.ts';
import type { TaskFile } from './task-files.ts';

export interface FileClaimParts {
  readonly place: TaskPlace;
  readonly name: TaskClaimName;
  readonly path: string;
  /** Where it was taken from. */
  readonly before: TaskFile;
}

/** A task that this process has, by what its file is called. */
export class FileClaim implements TaskClaim {
  readonly task: SeenTask;
  readonly place: TaskPlace;
  readonly before: TaskFile;
  claimedMs: number | undefined;
  readonly #fs: FileSystem;
  #name: TaskClaimName;
  #path: string;
  #last: Promise<unknown> = Promise.resolve();
  /** Where it is settled to, once that can't be undone: a repeat after a refusal goes on from there. */
  decided: TaskPlace | undefined;
  /** Given back, or deleted: a repeat finds nothing to do. */
  isOver = false;
  isGoing = false;
  /** What its file is called while it is being deleted, likewise. */
  going: (TaskFile & { readonly claim: TaskClaimName }) | undefined;

  /** @internal The store makes it. */
  constructor(fs: FileSystem, task: SeenTask, { place, name, path, before }: FileClaimParts) {
    this.#fs = fs;
    this.task = task;
    this.place = place;
    this.before = before;
    this.#name = name;
    this.#path = path;
  }

  /** @throws TypeError if another store made it */
  static of(claim: TaskClaim): FileClaim {
    if (claim instanceof FileClaim) return claim;
    throw new TypeError('This claim is of another store.');
  }

  get name(): TaskClaimName {
    return this.#name;
  }

  get path(): string {
    return this.#path;
  }

  isOurs(): boolean {
    try {
      return this.#fs.exists(this.#path);
    } catch {
      // The disk gives no answer. Whatever is done with the claim will tell.
      return true;
    }
  }

  /** One after another: each step begins with the name that the one before it left. */
  inTurn<R>(step: () => Promise<R>): Promise<R> {
    const turn = this.#last.then(step, step);
    this.#last = turn;
    return turn;
  }

  /** Its file has another name since. */
  moveTo(name: TaskClaimName, path: string): void {
    this.#name = name;
    this.#path = path;
  }
}
