import type { Clock } from '../clock.ts';
import type { TaskPlace } from '../machines/task-place.ts';

/** Whoever has one due earlier, by reopening it where it lies, is heard within this time, in milliseconds. */
const REMEMBERED_MS = 10_000;

/** Or within so many times the time that it took to read them. */
const TIMES_THE_READING = 10;

/** A task that is not due yet. */
export interface LaterTask {
  readonly id: string;
  /** As ISO 8601. */
  readonly notBefore: string;
}

/** Tasks that were read and are not due yet: their records need not be read again before they are. */
export class LaterTasks {
  readonly #clock: Clock;
  /** By place and id, when it is due, in milliseconds. */
  readonly #due = new Map<string, number>();
  #forgetAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#forgetAt = clock.monotonic();
  }

  /** How many are known. */
  get size(): number {
    return this.#due.size;
  }

  /** One look at what is due, during which nothing is forgotten. */
  async during<R>(look: () => Promise<R>): Promise<R> {
    const beganAt = this.#clock.monotonic();
    const isAnew = beganAt >= this.#forgetAt;
    if (isAnew) this.#due.clear();
    const result = await look();
    const endedAt = this.#clock.monotonic();
    if (isAnew) this.#forgetAt = endedAt + Math.max(REMEMBERED_MS, TIMES_THE_READING * (endedAt - beganAt));
    return result;
  }

  /** Somebody here has changed some of them. */
  forget(): void {
    this.#due.clear();
  }

  learn({ place, id }: { readonly place: TaskPlace; readonly id: string }, notBefore: string): void {
    this.#due.set(`${place}/${id}`, Date.parse(notBefore));
  }

  /** Which is due first of those that are known. */
  first(): LaterTask | undefined {
    const nowMs = this.#clock.wall().getTime();
    let first: [key: string, dueMs: number] | undefined;
    for (const [key, dueMs] of this.#due) if (dueMs > nowMs && dueMs < (first?.[1] ?? Infinity)) first = [key, dueMs];
    return first && { id: first[0].slice(first[0].indexOf('/') + 1), notBefore: new Date(first[1]).toISOString() };
  }

  /** Tells of each whether it is known not to be due now. */
  now(): (id: string, place: TaskPlace) => boolean {
    const nowMs = this.#clock.wall().getTime();
    return (id, place) => (this.#due.get(`${place}/${id}`) ?? 0) > nowMs;
  }
}
