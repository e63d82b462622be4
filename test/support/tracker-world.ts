import { onTestFinished } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { Deferred } from '../../src/journals/deferred.ts';
import { openStore } from '../../src/stores/open-store.ts';
import type { Store } from '../../src/stores/store.ts';
import type { Attempt } from '../../src/tasks/attempt.ts';
import { TaskTracker } from '../../src/tasks/task-tracker.ts';
import type { TaskTrackerOptions } from '../../src/tasks/tracker-options.ts';
import { type ManualClock, manualClock } from '../../src/testing/manual-clock.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { Stopped } from './faulty-disk.ts';

/** What every tracker has to be tried on. */
export const STORES = ['memory:', 'file:'] as const;

export const LEASE_MS = 30_000;
/** What a failed task waits for: the first time, where chance is a half. */
export const FIRST_WAIT_MS = 500;

let worlds = 0;

/** A store, a disk and a clock, and trackers on them, each as if it were a process of its own. */
export class TrackerWorld {
  readonly clock: ManualClock = manualClock();
  readonly disk: FileSystem = memoryDisk({ '/out/.keep': '' });
  readonly url: string;
  readonly #stores = new WeakMap<object, Store>();

  constructor(store: (typeof STORES)[number]) {
    worlds += 1;
    this.url = store === 'memory:' ? `memory:world-${worlds}` : 'file:/store';
  }

  async open<T = unknown>(options: Partial<TaskTrackerOptions<T>> = {}): Promise<TaskTracker<T>> {
    const { clock, disk: fileSystem } = this;
    const disk = options.fileSystem ?? fileSystem;
    const store = await openStore(this.url, { fileSystem: disk, clock });
    const standard = { useCase: 'load', leaseMs: LEASE_MS, backoff: { chance: () => 0.5 }, clock, fileSystem: disk };
    const tracker = await TaskTracker.open<T>(store, { ...standard, ...options });
    this.#stores.set(tracker, store);
    onTestFinished(() =>
      store.dispose().catch((error: unknown) => {
        if (!(error instanceof Stopped)) throw error;
      }),
    );
    return tracker;
  }

  /** Its process dies: it beats no more, and gives nothing back. */
  async kill<T>(tracker: TaskTracker<T>): Promise<void> {
    await this.#stores.get(tracker)?.dispose();
  }

  /** A lease goes by, while this one looks now and then. */
  async passLease<T>(looker: TaskTracker<T>): Promise<void> {
    for (let look = 0; look <= 5; look += 1) {
      await looker.listUnfinished();
      await this.clock.advance(LEASE_MS / 5);
    }
  }

  /** Long enough for whatever failed to be due. */
  async passBackoff(): Promise<void> {
    await this.clock.advance(2 * 3_600_000);
  }

  /** What a file holds; undefined if there is none. */
  async text(path: string): Promise<string | undefined> {
    const found = await this.disk.lstat(path);
    if (found === undefined) return undefined;
    const file = await this.disk.open(path, 'read');
    const bytes = Buffer.alloc(found.size);
    file.read(bytes, 0, found.size, 0);
    file.close();
    return bytes.toString();
  }

  async write(path: string, text: string): Promise<void> {
    const file = await this.disk.open(path, 'append');
    file.write(Buffer.from(text), 0, Buffer.byteLength(text));
    file.close();
  }
}

export interface Holding<T> {
  readonly attempt: Attempt<T>;
  /** Lets go of it: it returns, or throws that. Resolves, or rejects, as its run does. */
  readonly end: (error?: Error) => Promise<void>;
}

/** Starts a task, and stays with it: as whoever dies with it, or takes long. */
export async function hold<T>(tracker: TaskTracker<T>, id: string): Promise<Holding<T>> {
  const [begun, held] = [new Deferred<Attempt<T>>(), new Deferred<void>()];
  const running = tracker.run(id, async (attempt) => {
    begun.resolve(attempt);
    await held.promise;
  });
  running.catch((error: unknown) => begun.reject(error));
  return {
    attempt: await begun.promise,
    end: (error) => {
      if (error === undefined) held.resolve();
      else held.reject(error);
      return running;
    },
  };
}

/** Fails a task so many times, each time when it is due. */
export async function failTimes<T>(world: TrackerWorld, tracker: TaskTracker<T>, id: string, times: number): Promise<void> {
  for (let time = 1; time <= times; time += 1) {
    await tracker.run(id, () => Promise.reject(new Error(`no ${time}`))).catch(() => undefined);
    await world.passBackoff();
  }
}

export function idsOf(tasks: readonly { readonly id: string }[]): string[] {
  return tasks.map(({ id }) => id);
}
