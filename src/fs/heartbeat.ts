import { Worker } from 'node:worker_threads';
import type { Clock } from '../clock.ts';
import { formatBeat } from '../formats/beating-record.ts';
import { disk } from './disk.ts';
import type { FileSystem, OpenFile } from './file-system.ts';
import { beatForEver, FileBeat, TURN } from './heartbeat-thread.ts';
import type { BeatOrder } from './heartbeat-thread.ts';

export interface HeartbeatOptions {
  /** The file whose first ten bytes are the beat. It has its first beat already. */
  readonly path: string;
  /** The same file, open for update. It stays the caller's. */
  readonly file: OpenFile;
  /** How often to beat, in milliseconds. */
  readonly everyMs: number;
  readonly clock: Clock;
  /** How long the process may go without `progress` before it is taken for hung, in milliseconds. @default for ever */
  readonly maxStillMs?: number | undefined;
}

/** A sign of life in a file. It stops by itself when the file is gone. */
export interface Heartbeat {
  /** Ends it. Once this returns, nothing is written any more. */
  stop(): void;
  /** Says that the process is not hung: with `maxStillMs`, without it the beat ends. */
  progress(): void;
}

/**
 * Beats in the first bytes of a file, from a thread: a process whose event loop is blocked lives, and shows it. On a disk
 * that only this process can see it beats by the clock it is given. Keeps no process alive.
 */
export async function startHeartbeat(fs: FileSystem, options: HeartbeatOptions): Promise<Heartbeat> {
  if (fs !== disk) return beatByClock(options);
  const found = await fs.lstat(options.path);
  if (found === undefined) return { stop: () => undefined, progress: () => undefined };
  return beatByThread(options, String(found.inode)) ?? beatByClock(options);
}

function beatByClock({ file, everyMs, clock }: HeartbeatOptions): Heartbeat {
  let beats = 1;
  let cancel = clock.after(everyMs, beat, { background: true });
  function beat(): void {
    if (!wasWritten(file, formatBeat((beats += 1)))) return;
    cancel = clock.after(everyMs, beat, { background: true });
  }
  // Who beats by its own clock beats no more once it hangs.
  return { stop: () => cancel(), progress: () => undefined };
}

/** Whether the file is still there. A disk that refuses is asked again at the next beat. */
function wasWritten(file: OpenFile, beat: string): boolean {
  try {
    if (file.links() === 0) return false;
    file.write(new TextEncoder().encode(beat), 0, beat.length, 0);
  } catch {
    // One beat is missed, of the five in a lease.
  }
  return true;
}

/** One thread a process: it costs some megabytes and 30 ms. */
let thread: Worker | undefined;
const orders = new Set<BeatOrder>();

function beatByThread({ path, everyMs, maxStillMs = Infinity }: HeartbeatOptions, inode: string): Heartbeat | undefined {
  const [turn, progress] = [new Int32Array(new SharedArrayBuffer(4)), new Int32Array(new SharedArrayBuffer(4))];
  const order: BeatOrder = { path, inode, everyMs, width: formatBeat(0).length, turn, progress, maxStillMs };
  if (!(thread ??= startThread())) return undefined;
  orders.add(order);
  thread.postMessage(order);
  return {
    stop() {
      if (!orders.delete(order)) return;
      endTurn(order.turn);
      thread?.postMessage(null);
    },
    progress: () => void Atomics.add(progress, 0, 1),
  };
}

/** How long to wait for a beat that is being written, in milliseconds. A thread that died in it would never end it. */
const LONGEST_BEAT_MS = 1_000;

function endTurn(turn: Int32Array): void {
  const before = Atomics.compareExchange(turn, 0, TURN.idle, TURN.over);
  if (before !== TURN.beating) return;
  Atomics.wait(turn, 0, TURN.beating, LONGEST_BEAT_MS);
  Atomics.store(turn, 0, TURN.over);
}

/** Enough for a thread that writes ten bytes a few times a minute. */
const LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 16, stackSizeMb: 1 } as const;

/** How long to wait before a thread that died is replaced, in milliseconds. */
const REPLACE_MS = 1_000;

/** Undefined where threads are forbidden: then the process beats itself, as well as it can. */
function startThread(): Worker | undefined {
  const given = `require('node:fs'), require('node:worker_threads'), ${JSON.stringify(TURN)}, ${FileBeat.toString()}`;
  const source = `(${beatForEver.toString()})(${given})`;
  try {
    // Neither loaders nor debuggers of the process are for this thread.
    const worker = new Worker(source, { eval: true, name: 'dibs heartbeat', execArgv: [], env: {}, resourceLimits: LIMITS });
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      if (thread === worker) thread = undefined;
      if (orders.size > 0) setTimeout(replaceThread, REPLACE_MS).unref();
    });
    worker.unref();
    return worker;
  } catch {
    return undefined;
  }
}

function replaceThread(): void {
  if (orders.size === 0 || thread) return;
  thread = startThread();
  for (const order of orders) {
    Atomics.compareExchange(order.turn, 0, TURN.beating, TURN.idle);
    thread?.postMessage(order);
  }
}
