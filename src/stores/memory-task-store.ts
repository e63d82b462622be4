import type { Clock } from '../clock.ts';
import { copyFields, type Fields } from '../formats/json-record.ts';
import type { TaskPlace } from '../machines/task-place.ts';
import { type Kept, MemoryClaim, type MemoryTasksDoor, type Opening, MemoryTasks, unclaimed } from './memory-tasks.ts';
import type { SeenTask, TaskClaim, TaskClaimOptions, TaskQuery, TaskStore, TaskStoreOptions } from './store.ts';

/** Tasks in the memory of this process: for tests, and for work that may go with it. */
export class MemoryTaskStore implements TaskStore {
  readonly #door: MemoryTasksDoor;
  readonly #clock: Clock;
  readonly #options: TaskStoreOptions;
  readonly #self: Opening;

  /** @internal The memory store makes it. */
  constructor(door: MemoryTasksDoor, clock: Clock, name: string, options: TaskStoreOptions) {
    this.#door = door;
    this.#clock = clock;
    this.#options = options;
    this.#self = { name, isOpen: true };
  }

  async create(id: string, place: TaskPlace, fields: Fields): Promise<boolean> {
    const copy = copyFields(fields);
    const { tasks } = this.#door.make();
    if (tasks.has(id)) return false;
    tasks.set(id, { ...unclaimed(id, place, copy), changedAt: this.#now(), version: this.#next() });
    return true;
  }

  async read(id: string): Promise<SeenTask | undefined> {
    const kept = this.#find(id);
    if (kept?.isSettling) await this.#tell(kept);
    return kept && this.#shared.tasks.has(id) ? this.#see(kept) : undefined;
  }

  async claim(seen: SeenTask, running: TaskPlace, { aside = false }: TaskClaimOptions = {}): Promise<TaskClaim | undefined> {
    const kept = this.#find(seen.id);
    if (kept?.isSettling) await this.#tell(kept);
    if (kept === undefined || kept.version !== seen.version || kept.opening?.isOpen) return undefined;
    const from = kept.place;
    kept.place = running;
    kept.opening = this.#self;
    if (aside) kept.asideFrom = from;
    else kept.claims += 1;
    kept.claimedMs = this.#now();
    kept.version = this.#next();
    return new MemoryClaim(this.#see(kept), from, kept);
  }

  async release(claim: TaskClaim): Promise<boolean> {
    const [own, kept] = this.#ours(claim);
    if (kept === undefined) return false;
    kept.place = own.from;
    kept.opening = undefined;
    kept.version = this.#next();
    if (kept.asideFrom === undefined) kept.claims -= 1;
    else {
      kept.asideFrom = undefined;
      kept.isSettling = true;
      await this.#tell(kept);
    }
    return true;
  }

  async checkpoint(claim: TaskClaim, fields: Fields): Promise<boolean> {
    const copy = copyFields(fields);
    const [own, kept] = this.#ours(claim);
    if (kept === undefined) return false;
    kept.checkpoint = copy;
    own.version = kept.version = this.#next();
    return true;
  }

  async settle(claim: TaskClaim, place: TaskPlace, fields: Fields): Promise<boolean> {
    const copy = copyFields(fields);
    const [own, kept] = this.#ours(claim);
    if (own.decided !== undefined) {
      await this.read(own.task.id);
      return own.decided === place;
    }
    if (kept === undefined) return false;
    own.decided = place;
    Object.assign(kept, { place, writtenIn: place, fields: copy, claims: 0 });
    Object.assign(kept, { opening: undefined, checkpoint: undefined, asideFrom: undefined });
    kept.changedAt = this.#now();
    kept.version = this.#next();
    kept.isSettling = true;
    await this.#tell(kept);
    return true;
  }

  async discard(claim: TaskClaim): Promise<boolean> {
    const kept = this.#ours(claim)[1];
    if (kept === undefined) return false;
    kept.version = this.#next();
    return this.#shared.tasks.delete(kept.id);
  }

  async discardDamaged(): Promise<boolean> {
    return false;
  }

  async freeLostId(): Promise<boolean> {
    return false;
  }

  async list({ places, order, limit, skips = () => false }: TaskQuery): Promise<SeenTask[]> {
    const wanted = new Set(places);
    const found = (await this.#look()).filter(({ id, place }) => wanted.has(place) && !skips(id, place));
    const byId = (one: Kept, other: Kept): number => (one.id < other.id ? -1 : 1);
    if (order === 'id') found.sort(byId);
    else if (order !== 'any')
      found.sort((one, other) => (one.changedAt - other.changedAt || byId(one, other)) * (order === 'oldest' ? 1 : -1));
    return found.slice(0, limit).map((kept) => this.#see(kept));
  }

  async ids(places: readonly TaskPlace[]): Promise<string[]> {
    const wanted = new Set(places);
    return (await this.#look()).filter(({ place }) => wanted.has(place)).map(({ id }) => id);
  }

  async places(): Promise<TaskPlace[]> {
    return [...(await this.counts()).keys()];
  }

  async counts(): Promise<Map<TaskPlace, number>> {
    const counts = new Map<TaskPlace, number>();
    for (const { place } of await this.#look()) counts.set(place, (counts.get(place) ?? 0) + 1);
    return counts;
  }

  async dispose(): Promise<void> {
    this.#self.isOpen = false;
  }

  #find(id: string): Kept | undefined {
    const kept = this.#shared.tasks.get(id);
    if (kept !== undefined) this.#putBack(kept);
    return kept;
  }

  /** All of them. */
  async #look(): Promise<Kept[]> {
    for (const kept of this.#shared.tasks.values()) if (this.#putBack(kept)) await this.#tell(kept);
    return [...this.#shared.tasks.values()];
  }

  /**
   * Of all who look the first puts back what somebody had taken aside who is gone. That is told like any end: what was done
   * with it meanwhile may have to be undone.
   */
  #putBack(kept: Kept): boolean {
    if (kept.asideFrom === undefined || kept.opening?.isOpen) return false;
    Object.assign(kept, { place: kept.asideFrom, opening: undefined, asideFrom: undefined, version: this.#next() });
    kept.isSettling = true;
    return true;
  }

  async #tell(kept: Kept): Promise<void> {
    const { id, place, fields, version } = kept;
    await this.#options.settled?.(id, place, copyFields(fields), this);
    if (kept.version === version) kept.isSettling = false;
  }

  #see({ id, place, writtenIn, fields, claims, opening, claimedMs, checkpoint, version }: Kept): SeenTask {
    const standing = opening?.isOpen ? 'alive' : 'dead';
    return {
      kind: 'task',
      id,
      place,
      writtenIn,
      fields: copyFields(fields),
      claims,
      holder: opening && { consumer: opening.name, standing },
      claimedMs: opening && claimedMs,
      checkpoint: checkpoint && copyFields(checkpoint),
      version,
    };
  }

  #ours(claim: TaskClaim): [MemoryClaim, Kept | undefined] {
    if (!(claim instanceof MemoryClaim)) throw new TypeError('This claim is of another store.');
    return [claim, claim.isOurs() ? this.#shared.tasks.get(claim.task.id) : undefined];
  }

  /** Those that are there now: somebody may have removed all that were. */
  get #shared(): MemoryTasks {
    return this.#door.find() ?? new MemoryTasks();
  }

  #now(): number {
    return this.#clock.wall().getTime();
  }

  #next(): number {
    this.#shared.lastVersion += 1;
    return this.#shared.lastVersion;
  }
}
