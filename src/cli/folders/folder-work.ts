import type { Clock } from '../../clock.ts';
import { parseControlName } from '../../formats/control-file.ts';
import type { FileSystem } from '../../fs/file-system.ts';
import type { ClaimedFile } from '../../queues/claimed-file.ts';
import type { ReadableFolderQueue } from '../../queues/readable-folder-queue.ts';
import { looks } from '../looks.ts';
import type { Standing, WorkableQueue, WorkItem } from '../work-item.ts';
import { FolderBacklog } from './folder-backlog.ts';

export interface FolderWorkOptions {
  readonly fs: FileSystem;
  readonly clock: Clock;
  /** Goes on when nothing is left: until it is told to end. */
  readonly follow: boolean;
  /** Waits for producers although none has said anything yet. */
  readonly awaitProducers: boolean;
  /** Told when it has waited for a moment, once until there is something again. */
  readonly onWait: (forWhat: 'work' | 'end') => void;
  readonly standing: () => Promise<Standing>;
}

const LOOK_EVERY_MS = 1_000;
const TELL_AFTER_MS = 1_000;

/**
 * A folder that ends when its producers are done and nothing is left. Where no producer ever said a word, nobody knows
 * whether more will come: it ends when nothing is ready.
 */
export class FolderWork implements WorkableQueue {
  readonly #queue: ReadableFolderQueue;
  readonly #options: FolderWorkOptions;
  readonly #backlog: FolderBacklog;
  #isWaiting = false;

  constructor(queue: ReadableFolderQueue, options: FolderWorkOptions) {
    this.#queue = queue;
    this.#options = options;
    this.#backlog = new FolderBacklog(options.fs, queue, options.clock);
  }

  get maxAttempts(): number {
    return this.#queue.maxAttempts;
  }

  async next(signal: AbortSignal): Promise<WorkItem | undefined> {
    const file = (await this.#queue.tryGet()) ?? (await this.#wait(signal));
    if (file === undefined) return undefined;
    this.#isWaiting = false;
    return itemOf(file, () => this.#backlog.settle());
  }

  async standing(): Promise<Standing> {
    await this.#backlog.count();
    return this.#options.standing();
  }

  left(): number {
    return this.#backlog.left();
  }

  async #wait(signal: AbortSignal): Promise<ClaimedFile | undefined> {
    const { clock, follow, awaitProducers } = this.#options;
    if (!follow && !awaitProducers && !(await this.#hasProducers())) return undefined;
    const cancel = clock.after(TELL_AFTER_MS, () => this.#tell(follow ? 'work' : 'end'), { background: true });
    try {
      return await (follow ? this.#follow(signal) : this.#queue.get({ signal }));
    } finally {
      cancel();
    }
  }

  async #follow(signal: AbortSignal): Promise<ClaimedFile | undefined> {
    const { clock } = this.#options;
    for await (const _ of looks(this.#queue.directory, { clock, intervalMs: LOOK_EVERY_MS, signal })) {
      const file = await this.#queue.tryGet();
      if (file !== undefined) return file;
    }
    return undefined;
  }

  async #hasProducers(): Promise<boolean> {
    let found = false;
    await this.#options.fs.scan(this.#queue.directory, (file, kind) => {
      if (kind === 'file' && parseControlName(file) !== null) found = true;
    });
    return found;
  }

  #tell(forWhat: 'work' | 'end'): void {
    if (!this.#isWaiting) this.#options.onWait(forWhat);
    this.#isWaiting = true;
  }
}

function itemOf(file: ClaimedFile, onDone: () => void): WorkItem {
  return {
    value: file.path,
    name: file.name,
    id: file.id,
    attempt: file.attempt,
    get signal() {
      return file.signal;
    },
    async done() {
      await file.done();
      onDone();
    },
    release: () => file.release(),
    fail: (error) => file.fail(error),
  };
}
