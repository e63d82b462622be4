import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { readCalls, shimEnvironment, type ShimCall, type ShimFault } from './fault-shim.ts';
import { said } from './folder-ground.ts';
import { folderOf } from './folder-scene.ts';
import { tempFolder } from './temp-folder.ts';

export const MOVER = join(import.meta.dirname, '..', 'processes', 'cross-device-mover.mjs');

export const WAYS = ['put', 'done', 'fail', 'retry'] as const;
export type Way = (typeof WAYS)[number];

/** What is written all over the file, once in so many bytes: else it is a hole. */
const MARK = Buffer.from('here is no hole\n');
const MARK_EVERY = 256 * 1024;

/** A queue on one disk, and a directory on another; one file, which is to move from one to the other. */
export class CrossDevice {
  readonly way: Way;
  readonly queue = join(tempFolder(), 'inbox');
  readonly elsewhere = tempFolder('/dev/shm');
  readonly #bytes: number;

  constructor(way: Way, bytes: number) {
    this.way = way;
    this.#bytes = bytes;
    for (const [path, text] of Object.entries(folderOf(said(1, 'helo', 'done'), { maxAttempts: 10 }))) {
      const at = join(this.queue, path.slice('/q'.length));
      mkdirSync(path.endsWith('/') ? at : dirname(at), { recursive: true });
      if (!path.endsWith('/')) writeFileSync(at, text);
    }
    const from = way === 'put' || way === 'retry' ? this.elsewhere : this.queue;
    const file = openSync(join(from, 'big.tsv'), 'w');
    ftruncateSync(file, bytes);
    for (let at = 0; at < bytes; at += MARK_EVERY) writeSync(file, MARK, 0, MARK.length, at);
    closeSync(file);
  }

  get job(): string {
    return JSON.stringify({ way: this.way, queue: this.queue, elsewhere: this.elsewhere });
  }

  /** Has it moved by a process that meets a fault in the queue or elsewhere. Gives whether it was killed, and what the shim saw. */
  async moveWithShim(
    shim: string,
    where: 'queue' | 'elsewhere',
    fault?: ShimFault,
  ): Promise<{ readonly isKilled: boolean; readonly calls: readonly ShimCall[] }> {
    const log = join(tempFolder(), 'calls');
    const env = { ...process.env, UV_THREADPOOL_SIZE: '1', ...shimEnvironment(shim, this[where], log, fault) };
    const child = spawn(process.execPath, [MOVER, this.job], { stdio: ['ignore', 'ignore', 'inherit'], env });
    const [code, signal] = await once(child, 'exit');
    if (signal !== 'SIGKILL' && code !== 0) throw new Error(`moving by ${this.way} ended with ${String(code ?? signal)}`);
    return { isKilled: signal === 'SIGKILL', calls: readCalls(log) };
  }

  /** What can be seen of it, under all names that mean something to anybody: `whole`, or what is wrong with it. */
  finals(): { readonly place: 'queue' | 'elsewhere'; readonly name: string; readonly state: string }[] {
    const seen = (place: 'queue' | 'elsewhere') =>
      readdirSync(this[place])
        .filter((name) => name.startsWith('big.tsv') && !name.endsWith('.json'))
        .map((name) => ({ place, name, state: this.#stateOf(join(this[place], name)) }));
    return [...seen('queue'), ...seen('elsewhere')];
  }

  /** What nobody is to see, and nobody needs once all is worked off. */
  litter(): string[] {
    const stages = join(this.queue, '.dibs', 'stages');
    const staged = existsSync(stages) ? readdirSync(stages) : [];
    return [...staged, ...readdirSync(this.elsewhere).filter((name) => name.startsWith('.'))];
  }

  remove(): void {
    for (const folder of [this.queue, this.elsewhere]) rmSync(folder, { recursive: true });
  }

  #stateOf(path: string): string {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      if (size !== this.#bytes) return `${size} bytes of ${this.#bytes}`;
      const found = Buffer.alloc(MARK.length);
      for (let at = 0; at < size; at += MARK_EVERY) {
        readSync(file, found, 0, found.length, at);
        if (!found.equals(MARK)) return `a hole at ${at}`;
      }
      return 'whole';
    } finally {
      closeSync(file);
    }
  }
}
