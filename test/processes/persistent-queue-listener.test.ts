import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { program } from '../support/programs.ts';
import { tempFolder } from '../support/temp-folder.ts';

const SCRIPT = program('persistent-queue-listener.mjs');

/** What starts `persistent-queue-listener.mjs`. */
const STARTS: [string, (options?: ForkOptions) => Worker | ChildProcess][] = [
  ['thread', () => new Worker(SCRIPT)],
  ['forked child', (options) => fork(SCRIPT, options)],
];

/** A worker with words of its own, those that the queue does not say. It ends with the test. */
class Listener {
  readonly worker: Worker | ChildProcess;
  readonly exited: Promise<unknown>;
  readonly #heard: unknown[] = [];
  #changed = (): void => undefined;

  constructor(worker: Worker | ChildProcess) {
    this.worker = worker;
    this.exited = new Promise((resolve) => worker.on('exit', resolve));
    worker.on('message', (message: unknown) => {
      if (typeof message === 'object' && message !== null && 'dibs' in message) return;
      this.#heard.push(message);
      this.#changed();
    });
    onTestFinished(() => void (worker instanceof Worker ? worker.terminate() : worker.kill('SIGKILL')));
  }

  say(word: string): void {
    if (this.worker instanceof Worker) this.worker.postMessage(word);
    // What it does not hear, since it ended, shows in what it does not answer.
    else this.worker.send(word, () => undefined);
  }

  /** Its next word, or that it ended before it said one. */
  async word(): Promise<unknown> {
    while (this.#heard.length === 0) {
      const said = new Promise<'said'>((resolve) => (this.#changed = () => resolve('said')));
      if ((await Promise.race([said, this.exited])) !== 'said') return 'it ended';
    }
    return this.#heard.shift();
  }
}

describe.each(STARTS)('a %s', (_, start) => {
  it('Q-22 that disposes goes on with what else it listens for, and ends by itself when that does', async () => {
    const queue = await PersistentQueue.open<string>(tempFolder());
    await queue.put('a');
    const listener = new Listener(start());
    queue.share(listener.worker);
    expect([await listener.word(), await listener.word()]).toEqual([{ value: 'a', isDate: false }, 'disposed']);
    listener.say('hello');
    expect(await listener.word()).toBe('heard hello');
    listener.say('quiet');
    expect(await listener.exited).toBe(0);
    await queue.dispose();
  });
});

it.each([
  ['as JSON to a forked child', 'json', { value: '1970-01-01T00:00:00.000Z', isDate: false }],
  ['as it is to one forked with advanced serialization', 'advanced', { value: new Date(0), isDate: true }],
] as const)('Q-22 a value that the codec makes gets %s', async (_, serialization, expected) => {
  const codec = { encode: (value: Date) => value.toISOString(), decode: (text: string) => new Date(text) };
  const queue = await PersistentQueue.open<Date>(tempFolder(), { codec });
  await queue.put(new Date(0));
  const listener = new Listener(fork(SCRIPT, { serialization }));
  queue.share(listener.worker);
  expect([await listener.word(), await listener.word()]).toEqual([expected, 'disposed']);
  await queue.dispose();
});
