/**
 * The thread that beats for a whole process. It is handed to a worker as source text, so it may name nothing but what it
 * is given: that way it is the same in `dist`, in a bundle and under a test runner.
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
}

/** `idle`: either may take the turn. `beating`: the thread writes. `over`: nothing is written any more, by this thread. */
export const TURN = { idle: 0, beating: 1, over: 2 } as const;

interface Threads {
  readonly parentPort: { on(event: 'message', listener: (order: BeatOrder | null) => void): unknown } | null;
}

/**
 * Beats for every order that is posted until its turn is over or its file is gone. A posted null means: look whose turn is
 * over. All calls are synchronous, so a thread pool that is full does not stop the beat.
 */
export function beatForEver(fs: typeof import('node:fs'), threads: Threads, turns: typeof TURN): void {
  const beating = new Set<() => void>();

  function begin({ path, inode, everyMs, width, turn }: BeatOrder): void {
    let beats = 1;
    let fd = -1;
    const timer = setInterval(beat, everyMs);
    beating.add(endIfOver);

    function beat(): void {
      if (Atomics.compareExchange(turn, 0, turns.idle, turns.beating) !== turns.idle) return end();
      const isGone = !wrote();
      Atomics.compareExchange(turn, 0, turns.beating, isGone ? turns.over : turns.idle);
      Atomics.notify(turn, 0);
      if (isGone) end();
    }

    /** Whether the file is still there. A disk that refuses is asked again at the next beat, by a fresh handle. */
    function wrote(): boolean {
      try {
        if (fd < 0) fd = fs.openSync(path, 'r+');
        const found = fs.fstatSync(fd, { bigint: true });
        if (found.nlink === 0n || String(found.ino) !== inode) return false;
        beats += 1;
        fs.writeSync(fd, String(beats % 10 ** width).padStart(width, '0'), 0, 'latin1');
        return true;
      } catch (error) {
        close();
        return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
      }
    }

    function endIfOver(): void {
      if (Atomics.load(turn, 0) === turns.over) end();
    }

    function end(): void {
      clearInterval(timer);
      beating.delete(endIfOver);
      close();
    }

    function close(): void {
      const open = fd;
      fd = -1;
      try {
        if (open >= 0) fs.closeSync(open);
      } catch {
        // What could not be closed is lost with the process; there is nobody to tell.
      }
    }
  }

  threads.parentPort?.on('message', (order) => {
    if (order) begin(order);
    else for (const endIfOver of beating) endIfOver();
  });
}
