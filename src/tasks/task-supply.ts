import { isRunning, parsePlace, type TaskPlace } from '../machines/task-place.ts';
import type { ConsumeError } from '../queues/consume-report.ts';
import type { SeenTask, TaskQuery } from '../stores/store.ts';
import { AwaitedTask } from './awaited-task.ts';
import { firstWanted } from './first-wanted.ts';
import { type LaterTask, LaterTasks } from './later-tasks.ts';
import type { DamagedTaskReport } from './task.ts';
import { type Started, startSeen, whyNot } from './start-task.ts';
import { TaskIgnoredError, TaskNotDueError } from './task-errors.ts';
import type { TrackerGround } from './tracker-ground.ts';

/** So many tasks are read in one go, and offered one after the other. */
const WINDOW = 256;

/** No more are read in one go of those that are not due. */
const MOST_READ = 4_096;

/** So often it is looked anew when others took all that the last look found. */
const MOST_LOOKS = 20;

/** So often nothing has to be found before nothing is left: an attempt may fail behind the pass that looks for it, and start again. */
const MOST_PASSES = 3;

/** Told of a task that was given up, though nobody worked on it here. */
export type GivenUp = (givenUp: ConsumeError) => void;

/** Finds tasks that are due, one look for many. */
export class TaskSupply {
  readonly #ground: TrackerGround;
  readonly #later: LaterTasks;
  readonly #awaited: AwaitedTask;
  #window: SeenTask[] = [];
  #isOver = false;

  constructor(ground: TrackerGround) {
    this.#ground = ground;
    this.#later = new LaterTasks(ground.clock);
    this.#awaited = new AwaitedTask(ground);
  }

  /** Starts any task that is due now; undefined if there is none. What is given up on the way, since it killed whoever had it, is told. */
  async next(givenUp: GivenUp = () => undefined): Promise<Started | undefined> {
    for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
      for (let seen = this.#window.pop(); seen !== undefined; seen = this.#window.pop()) {
        const started = await this.#start(seen, givenUp);
        if (started !== undefined) return this.#allowed(started);
      }
      // What the last look found others have taken, or nothing was left of it: one more tells.
      this.#window = await this.#later.during(() => this.#look());
      if (this.#window.length === 0) return undefined;
    }
    return undefined;
  }

  /** What was not due may be now: a task was made, reopened or deleted here. */
  lookAnew(): void {
    this.#later.forget();
  }

  /** Which task is due first of those that were not, when it was looked last. */
  firstLater(): LaterTask | undefined {
    return this.#later.first();
  }

  /** Whether anything is left that is due, or may come to be: it failed and waits, or somebody has it. @throws DiskError */
  async hasMore(): Promise<boolean> {
    if (this.#isOver || !(await this.#mayStart())) return false;
    let found: SeenTask | undefined;
    for (let passes = 0; found === undefined && passes < MOST_PASSES; passes += 1)
      [found] = await this.#first({ places: await this.#places(), order: 'any', limit: 1 }, () => true);
    await this.#awaited.look(found);
    return found !== undefined || ((await this.#ground.mayHaveMore?.()) ?? false);
  }

  /** What would be worked on if its record could be read, and nobody has who may end it all the same. */
  async damaged(): Promise<DamagedTaskReport[]> {
    const { store, isForAnybody = () => true } = this.#ground;
    const left = await store.list({ places: await this.#places(), order: 'id', limit: Number.MAX_SAFE_INTEGER });
    return left.flatMap((seen) => {
      if (seen.kind === 'task' || !isForAnybody(seen.id) || (seen.holder !== undefined && seen.holder.standing !== 'dead')) return [];
      return [{ id: seen.id, path: seen.path, reason: seen.reason }];
    });
  }

  /** Asked once it is ours: what was allowed before may not be any more. */
  async #allowed(started: Started): Promise<Started | undefined> {
    this.#isOver = !(await this.#mayStart());
    if (!this.#isOver) return started;
    await this.#ground.store.release(started.claim);
    return undefined;
  }

  async #mayStart(): Promise<boolean> {
    return (await this.#ground.mayStart?.()) ?? true;
  }

  async #start(seen: SeenTask, givenUp: GivenUp): Promise<Started | undefined> {
    try {
      return await startSeen(this.#ground, seen);
    } catch (error) {
      if (!(error instanceof TaskIgnoredError)) throw error;
      givenUp({ id: seen.id, attempt: this.#ground.maxAttempts, error });
      return undefined;
    }
  }

  async #look(): Promise<SeenTask[]> {
    const places = await this.#places();
    const fresh = await this.#due({ places: places.filter((place) => !isLater(place)), order: 'any' });
    // Those that failed first are due first.
    const failed = await this.#due({ places: places.filter(isFailed), order: 'oldest' });
    const isDead = (seen: SeenTask): boolean => whyNot(this.#ground, seen) === undefined;
    const dead = await this.#first({ places: places.filter(isRunning), order: 'any', limit: WINDOW }, isDead);
    return shuffled([...fresh, ...failed, ...dead], this.#ground.chance);
  }

  /** Some that are due. What is not is remembered, and read once: however many those are, they cost a pass over names. */
  async #due(query: Omit<TaskQuery, 'limit'>): Promise<SeenTask[]> {
    const { store, isForAnybody = () => true } = this.#ground;
    for (let limit = WINDOW; ;) {
      const known = this.#later.size;
      const found = await store.list({ ...query, limit, skips: this.#later.now() });
      const due = found.filter((seen) => seen.kind === 'task').filter((seen) => isForAnybody(seen.id) && this.#isDue(seen));
      if (due.length > 0 || found.length < limit) return due;
      // What can't be remembered, as what can't be read, is looked behind.
      limit = this.#later.size > known ? Math.min(2 * limit, MOST_READ) : 2 * limit;
    }
  }

  #isDue(seen: SeenTask): boolean {
    const refusal = whyNot(this.#ground, seen);
    if (refusal instanceof TaskNotDueError) this.#later.learn(seen, refusal.notBefore);
    return refusal === undefined;
  }

  #first(query: TaskQuery, isWanted: (seen: SeenTask) => boolean): Promise<SeenTask[]> {
    const { store, isForAnybody = () => true } = this.#ground;
    return firstWanted(store, query, (seen) => isForAnybody(seen.id) && isWanted(seen));
  }

  /** Where tasks lie that this step starts from. */
  async #places(): Promise<TaskPlace[]> {
    const { store, places } = this.#ground;
    const own = (['pending', 'failed', 'running'] as const).map((status) => places.of(status));
    return [...own, ...(await store.places()).filter((place) => places.isBefore(place))];
  }
}

function isLater(place: TaskPlace): boolean {
  return isRunning(place) || isFailed(place);
}

function isFailed(place: TaskPlace): boolean {
  return parsePlace(place)?.status === 'failed';
}

/** Of several who look at once not all are to want the same first. */
function shuffled<T>(items: readonly T[], chance: () => number): T[] {
  return items
    .map((item) => ({ item, at: chance() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
