/**
 * The thread that beats for a whole process. It is handed to a worker as source text, so what is in here may name nothing
 * but what it is given: that way it is the same in `dist`, in a bundle and under a test runner.
 */

/** What beats, and where the two threads agree whose turn it is. */
export interface BeatOrder {
  readonly path: string;
  /** The file's inode, in decimal: another file under that name is not ours to write. */
  readonly inode: string;
  readonly everyMs: number;
  /** How many digits a beat has. */
  readonly width: number;
  /** One cell, in one of the states of `TURN`. */
  readonly turn: Int32Array;
  /** One cell, which changes as long as the process is not hung. */
  readonly progress: Int32Array;
  /** How long it may stand still before there are no more beats, in milliseconds. */
  readonly maxStillMs: number;
}

/** `idle`: either may take the turn. `beating`: the thread writes. `over`: nothing is written any more, by this thread. */
export const TURN = { idle: 0, beating: 1, over: 2 } as const;

type NodeFs = Pick<typeof import('node:fs'), 'openSync' | 'fstatSync' | 'writeSync' | 'closeSync'>;

/** Beats in one file. All calls are synchronous, so a thread pool that is full does not stop it. */
export class FileBeat {
  readonly #fs: NodeFs;
  readonly #turns: typeof TURN;
  readonly #order: BeatOrder;
  #beats = 1;
  #fd = -1;
  #progress = 0;
  #progressedAt = performance.now();

  constructor(fs: NodeFs, turns: typeof TURN, order: BeatOrder) {
    this.#fs = fs;
    this.#turns = turns;
    this.#order = order;
  }

  get isOver(): boolean {
    return Atomics.load(this.#order.turn, 0) === this.#turns.over;
  }

  /** One beat, if it is not the other thread that has the turn. */
  beat(): void {
    const { turn } = this.#order;
    const { idle, beating, over } = this.#turns;
    if (this.#isHung()) return;
    if (Atomics.compareExchange(turn, 0, idle, beating) !== idle) return;
    const isThere = this.#write();
    Atomics.compareExchange(turn, 0, beating, isThere ? idle : over);
    Atomics.notify(turn, 0);
  }

  #isHung(): boolean {
    const progress = Atomics.load(this.#order.progress, 0);
    const now = performance.now();
    if (progress !== this.#progress) this.#progressedAt = now;
    this.#progress = progress;
    return now - this.#progressedAt >= this.#order.maxStillMs;
  }

  /** Whether the file is still there. A disk that refuses is asked again at the next beat, by a fresh handle. */
  #write(): boolean {
    const { path, inode, width } = this.#order;
    try {
      if (this.#fd < 0) this.#fd = this.#fs.openSync(path, 'r+');
      const found = this.#fs.fstatSync(this.#fd, { bigint: true });
      if (found.nlink === 0n || String(found.ino) !== inode) return false;
      this.#beats += 1;
      this.#fs.writeSync(this.#fd, String(this.#beats % 10 ** width).padStart(width, '0'), 0, 'latin1');
      return true;
    } catch (error) {
      this.close();
      return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
    }
  }

  close(): void {
    const fd = this.#fd;
    this.#fd = -1;
    try {
      if (fd >= 0) this.#fs.closeSync(fd);
    } catch {
      // What can't be closed goes with the process; there is nobody to tell.
    }
  }
}

interface Threads {
  readonly parentPort: { on(event: 'message', listener: (order: BeatOrder | null) => void): unknown } | null;
}

/** Beats for every order that is posted, until its turn is over. A posted null means: look whose turn is over. */
export function beatForEver(fs: NodeFs, { parentPort }: Threads, turns: typeof TURN, Beat: typeof FileBeat): void {
  const running = new Map<FileBeat, ReturnType<typeof setInterval>>();

  function endIfOver(beat: FileBeat): void {
    if (!beat.isOver) return;
    clearInterval(running.get(beat));
    running.delete(beat);
    beat.close();
  }

  parentPort?.on('message', (order) => {
    if (order === null) return running.forEach((_timer, beat) => endIfOver(beat));
    const beat = new Beat(fs, turns, order);
    const timer = setInterval(() => {
      beat.beat();
      endIfOver(beat);
    }, order.everyMs);
    running.set(beat, timer);
  });
}
