import { type Clock, systemClock } from '../clock.ts';
import { DiskError } from '../errors.ts';
import { copyFields, type Fields } from '../formats/json-record.ts';
import { MemoryCountdown } from './memory-countdown.ts';
import { MemoryTaskStore } from './memory-task-store.ts';
import { MemoryTasks } from './memory-tasks.ts';
import type { Countdown, Shelf, Store, StoreArea, TaskStore, TaskStoreOptions } from './store.ts';

/** What one name in an area holds. */
class Room {
  readonly #tasks = new Map<string | undefined, MemoryTasks>();
  readonly records = new Map<string, Fields>();
  readonly countdowns = new Map<string, MemoryCountdown>();

  /** Those of one that was made there. */
  tasksOf(madeAs: string | undefined): MemoryTasks {
    const tasks = this.#tasks.get(madeAs) ?? new MemoryTasks();
    this.#tasks.set(madeAs, tasks);
    return tasks;
  }

  end(): void {
    for (const tasks of this.#tasks.values()) tasks.end();
  }
}

/** Stores with a name are the same to all of this process that open them. */
const named = new Map<string, Map<string, Room>>();

/** A store in the memory of this process. `memory:` is a new one each time, `memory:NAME` the same to all who open it. */
export class MemoryStore implements Store {
  readonly url: string;
  readonly #rooms: Map<string, Room>;
  readonly #clock: Clock;
  readonly #open = new Set<MemoryTaskStore>();
  #openings = 0;

  constructor(url: string, { clock = systemClock }: { readonly clock?: Clock } = {}) {
    this.url = url;
    this.#clock = clock;
    const name = url.slice('memory:'.length);
    const rooms = (name === '' ? undefined : named.get(name)) ?? new Map<string, Room>();
    if (name !== '') named.set(name, rooms);
    this.#rooms = rooms;
  }

  async tasks(area: StoreArea, name: string, options: TaskStoreOptions): Promise<TaskStore> {
    this.#openings += 1;
    const { madeAs } = options;
    const tasks = this.#room(area, name).tasksOf(madeAs);
    const find = (): MemoryTasks | undefined => this.#rooms.get(`${area}/${name}`)?.tasksOf(madeAs);
    const make = (): MemoryTasks => {
      if (madeAs === undefined) return this.#room(area, name).tasksOf(madeAs);
      if (find() !== tasks) throw new DiskError('create', `${this.url}/${area}/${name}`, 'ENOENT');
      return tasks;
    };
    const store = new MemoryTaskStore({ find, make }, this.#clock, `memory-${this.#openings}`, options);
    this.#open.add(store);
    return store;
  }

  async names(area: StoreArea): Promise<string[]> {
    const prefix = `${area}/`;
    return [...this.#rooms.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length))
      .sort();
  }

  shelf(area: StoreArea, name: string): Shelf {
    return new MemoryShelf({ find: () => this.#rooms.get(`${area}/${name}`), make: () => this.#room(area, name) });
  }

  async remove(area: StoreArea, name: string): Promise<boolean> {
    this.#rooms.get(`${area}/${name}`)?.end();
    return this.#rooms.delete(`${area}/${name}`);
  }

  async dispose(): Promise<void> {
    const open = [...this.#open];
    this.#open.clear();
    await Promise.all(open.map((store) => store.dispose()));
  }

  #room(area: StoreArea, name: string): Room {
    const key = `${area}/${name}`;
    const room = this.#rooms.get(key) ?? new Room();
    this.#rooms.set(key, room);
    return room;
  }
}

/** A room as one sees it who does not know whether it is there: only to write in it makes it. */
interface Door {
  readonly find: () => Room | undefined;
  readonly make: () => Room;
}

class MemoryShelf implements Shelf {
  readonly #door: Door;

  constructor(door: Door) {
    this.#door = door;
  }

  async create(name: string, fields: Fields): Promise<boolean> {
    const copy = copyFields(fields);
    const { records } = this.#door.make();
    if (records.has(name)) return false;
    records.set(name, copy);
    return true;
  }

  where(name: string): string {
    return `memory:${name}`;
  }

  async read(name: string): Promise<Fields | undefined> {
    const fields = this.#door.find()?.records.get(name);
    return fields && copyFields(fields);
  }

  async names(): Promise<string[]> {
    const room = this.#door.find();
    const names = room === undefined ? [] : [...room.records.keys(), ...room.countdowns.keys()];
    return [...new Set(names.map((name) => name.split('/')[0] ?? name))];
  }

  async remove(name: string): Promise<void> {
    const room = this.#door.find();
    for (const one of room?.records.keys() ?? []) if (one === name || one.startsWith(`${name}/`)) room?.records.delete(one);
    room?.countdowns.delete(name);
  }

  async removeIf(name: string, isMeant: (fields: Fields) => boolean): Promise<void> {
    const records = this.#door.find()?.records;
    const fields = records?.get(name);
    if (fields !== undefined && isMeant(copyFields(fields))) records?.delete(name);
  }

  countdown(name: string): Countdown {
    const { find, make } = this.#door;
    return {
      async begin(count) {
        const countdown = find()?.countdowns.get(name) ?? new MemoryCountdown();
        make().countdowns.set(name, countdown);
        return countdown.begin(count);
      },
      // As of a directory that is gone: nothing is left.
      finish: async (index) => find()?.countdowns.get(name)?.finish(index) ?? true,
    };
  }
}
