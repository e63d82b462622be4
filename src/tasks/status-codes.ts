import { formatPlace, parsePlace, type TaskPlace } from '../machines/task-place.ts';
import { move, TASK_STATUSES, type TaskEvent, type TaskStatus } from '../machines/task-lifecycle.ts';

/** A number for each status. Steps of one task that follow each other have different ones. */
export type StatusCodes = Readonly<Record<TaskStatus, number>>;

/** What the statuses of one step are called on disk, and what else it starts from. */
export class StepPlaces {
  readonly #codes: StatusCodes | undefined;
  readonly #startsFrom: ReadonlySet<number>;

  /** @throws RangeError if two statuses have one code */
  constructor(codes: StatusCodes | undefined, startsFrom: readonly number[]) {
    if (codes !== undefined && new Set(TASK_STATUSES.map((status) => codes[status])).size < TASK_STATUSES.length)
      throw new RangeError(`The codes of the five statuses must differ, got ${JSON.stringify(codes)}.`);
    this.#codes = codes;
    this.#startsFrom = new Set(startsFrom);
  }

  of(status: TaskStatus): TaskPlace {
    return formatPlace(status, this.#codes?.[status]);
  }

  /** Where an event leads a task that is in that status. @throws TypeError if the table of moves has no such move */
  after(status: TaskStatus, event: TaskEvent): TaskPlace {
    const next = move(status, event);
    if (next === undefined) throw new TypeError(`A task that is ${status} makes no move by ${event}.`);
    return this.of(next);
  }

  all(): TaskPlace[] {
    return TASK_STATUSES.map((status) => this.of(status));
  }

  /** All of them; undefined where the statuses are not numbered. */
  get codes(): StatusCodes | undefined {
    return this.#codes;
  }

  /** The code of a status; undefined where they are not numbered. */
  code(status: TaskStatus): number | undefined {
    return this.#codes?.[status];
  }

  /** The status of a code. @throws RangeError if this step has no such code */
  status(code: number): TaskStatus {
    const found = TASK_STATUSES.find((status) => this.#codes?.[status] === code);
    if (found === undefined) throw new RangeError(`${code} is no status of this step. It has ${JSON.stringify(this.#codes ?? {})}.`);
    return found;
  }

  /** Whether a place is one of this step's own. */
  isOwn(place: TaskPlace): boolean {
    return this.all().includes(place);
  }

  /** Whether a task there is, to this step, one that nobody began: another step ended with it. */
  isBefore(place: TaskPlace, more: readonly number[] = []): boolean {
    const code = parsePlace(place)?.code;
    return code !== undefined && !this.isOwn(place) && (this.#startsFrom.has(code) || more.includes(code));
  }
}
