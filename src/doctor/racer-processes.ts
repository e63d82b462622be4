import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DiskError } from '../errors.ts';
import { parseTake } from './race-take.ts';
import type { RaceOrder, Racers, RaceTake } from './race.ts';
import type { RacerMessage } from './racer.ts';

/** The script as it is shipped. Named from the package's root, so that it is the same for the sources under a test runner. */
const SCRIPT = join(import.meta.dirname, '..', '..', 'dist', 'doctor', 'racer.js');

/** Enough for an order to reach every racer before the race begins. */
const HEAD_START_MS = 25;

/** Starts as many processes, and waits until all are ready. The signal's abort kills them. */
export async function startRacers(names: readonly string[], signal: AbortSignal): Promise<Racers> {
  signal.throwIfAborted();
  const racers = names.map((name) => new RacerProcess(name));
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', kill);
    await Promise.all(racers.map((racer) => racer.kill()));
  };
  const kill = (): void => racers.forEach((racer) => void racer.kill());
  signal.addEventListener('abort', kill, { once: true });
  const all = async <T>(answers: readonly Promise<T>[]): Promise<T[]> => {
    try {
      return await Promise.all(answers);
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  };
  try {
    await all(racers.map((racer) => racer.ready));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    names,
    race(course) {
      const startAt = Date.now() + HEAD_START_MS;
      return all(racers.map((racer) => racer.race({ ...course, startAt })));
    },
    close,
  };
}

class RacerProcess {
  readonly ready: Promise<unknown>;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;

  constructor(name: string) {
    this.#name = name;
    // Neither loaders nor debuggers of this process are for that one.
    this.#child = fork(SCRIPT, { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    this.#gone = once(this.#child, 'exit').catch(() => undefined);
    this.ready = this.#answer();
    this.ready.catch(() => undefined);
  }

  async race(course: Omit<RaceOrder, 'racer'>): Promise<RaceTake> {
    const answered = this.#answer();
    const order: RaceOrder = { ...course, racer: this.#name };
    this.#child.send(order, () => undefined); // a channel that is closed is told by the exit
    const take = parseTake(await answered);
    if (take === null) throw this.#failed('said nothing of use');
    return take;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    if (this.#child.pid !== undefined) await this.#gone;
  }

  /** What it says next: nothing but its take is looked at. */
  #answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const child = this.#child;
      if (child.exitCode !== null || child.signalCode !== null) return reject(this.#failed('is gone'));
      const settle = (): void => void child.off('message', onMessage).off('exit', onExit).off('error', onError);
      const onMessage = (message: RacerMessage): void => {
        settle();
        if ('error' in message) reject(this.#failed(`met ${message.error}`));
        else resolve('take' in message ? message.take : undefined);
      };
      const onExit = (): void => {
        settle();
        reject(this.#failed('died'));
      };
      const onError = (error: Error): void => {
        settle();
        reject(this.#failed("couldn't be started", error));
      };
      child.on('message', onMessage).on('exit', onExit).on('error', onError);
    });
  }

  #failed(what: string, cause?: Error): DiskError {
    return new DiskError('race with', SCRIPT, `the process ${what}`, { cause });
  }
}
