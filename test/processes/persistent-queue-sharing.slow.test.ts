import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { check, noteInLedger } from '../support/kill-chain.ts';
import { program } from '../support/programs.ts';
import { doAll, listed, take } from '../support/queue-lives.ts';
import { randomNumbers } from '../support/random.ts';
import { tempFolder } from '../support/temp-folder.ts';

const DEEP = process.env['DIBS_DEEP'] === '1';
const SCRIPT = program('persistent-queue-worker.mjs');
const KINDS = ['forked child', 'thread'] as const;
type Kind = (typeof KINDS)[number];

interface WorkerOptions {
  readonly ledger: string;
  readonly actor: string;
  readonly seed?: number;
  readonly killAt?: number;
  readonly how?: 'works' | 'holds' | 'poisoned';
}

/** A worker of a queue, as a thread or as a process. */
class SharedWorker {
  readonly exited: Promise<unknown>;
  readonly #worker: Worker | ChildProcess;
  readonly #options: WorkerOptions;

  constructor(kind: Kind, queue: PersistentQueue<string>, options: WorkerOptions) {
    this.#options = options;
    const worker = kind === 'thread' ? new Worker(SCRIPT, { workerData: options }) : fork(SCRIPT, [JSON.stringify(options)]);
    this.#worker = worker;
    this.exited = new Promise((resolve) => worker.on('exit', resolve));
    queue.share(worker);
    onTestFinished(() => this.#end());
  }

  /** What it says next about itself. The queue speaks on the same channel. */
  async says(name: string): Promise<unknown> {
    for (;;) {
      const [message]: unknown[] = await once(this.#worker, 'message');
      if (typeof message === 'object' && message !== null && name in message) return Reflect.get(message, name);
    }
  }

  async kill(): Promise<void> {
    noteInLedger(this.#options.ledger, this.#options.actor, 'kill?');
    await this.#end();
    noteInLedger(this.#options.ledger, this.#options.actor, 'kill!');
  }

  async #end(): Promise<void> {
    if (this.#worker instanceof Worker) await this.#worker.terminate();
    else this.#worker.kill('SIGKILL');
    await this.exited;
  }
}

interface Place {
  readonly directory: string;
  readonly ledger: string;
  readonly note: (actor: string, event: string, facts?: object) => void;
}

function place(): Place {
  const folder = tempFolder();
  const ledger = join(folder, 'ledger');
  return {
    directory: join(folder, 'queue'),
    ledger,
    note: (actor, event, facts) => appendFileSync(ledger, `${JSON.stringify({ actor, event, ...facts })}\n`),
  };
}

/** Puts so many values, each promise in the ledger. */
async function putAll(queue: PersistentQueue<string>, { note }: Place, values: readonly string[]): Promise<void> {
  note('owner', 'open', { maxAttempts: queue.maxAttempts });
  for (const value of values) note('owner', 'put?', { value });
  await queue.putMany(values);
  for (const value of values) note('owner', 'put!', { value });
}

/** Takes what is left, and writes down what was given up: the last word in the ledger. */
async function drain(queue: PersistentQueue<string>, { note }: Place): Promise<void> {
  for (let item = await queue.tryGet(); item; item = await queue.tryGet()) {
    const { id, value, attempt } = item;
    note('owner', 'got', { id, value, attempt });
    note('owner', 'done?', { id });
    await item.done();
    note('owner', 'done!', { id });
  }
  for (const { id, value, attempts } of await listed(queue.failed())) note('owner', 'failed', { id, value, attempts });
  note('owner', 'drained');
}

describe.each(KINDS)('a %s', (kind) => {
  it('Q-22 shares the queue with others: each item is done once, and the end is the end of all', async () => {
    const here = place();
    const queue = await PersistentQueue.open<string>(here.directory, { segmentBytes: 4096, maxAttempts: 5 });
    await putAll(
      queue,
      here,
      Array.from({ length: 300 }, (_, index) => `value ${index}`),
    );
    await queue.close();
    const workers = [1, 2].map((number) => new SharedWorker(kind, queue, { ledger: here.ledger, actor: `worker ${number}`, seed: number }));
    expect(await Promise.all(workers.map(({ exited }) => exited))).toEqual([0, 0]);
    expect(await queue.counts()).toMatchObject({ waiting: 0, taken: 0, done: 300, failed: 0 });
    await drain(queue, here);
    const { violations, figures } = check(here.ledger);
    expect(violations).toEqual([]);
    expect(figures).toMatchObject({ puts: 300, dones: 300 });
    await queue.dispose();
  });

  it('Q-23 that is killed gives back at once what it held, and the attempt counts', async () => {
    const here = place();
    const queue = await PersistentQueue.open<string>(here.directory);
    await queue.putMany(['a', 'b']);
    const worker = new SharedWorker(kind, queue, { ledger: here.ledger, actor: 'holder', how: 'holds' });
    while ((await queue.counts()).taken < 2) await worker.says('holds');
    const waiting = queue.get();
    await worker.kill();
    expect(await waiting).toMatchObject({ value: 'a', attempt: 2 });
    expect(await take(queue)).toMatchObject({ value: 'b', attempt: 2 });
    await queue.dispose();
  });

  it('Q-23 is killed again and again, and no promise is broken', async () => {
    const here = place();
    const random = randomNumbers(kind.length);
    const queue = await PersistentQueue.open<string>(here.directory, { segmentBytes: 4096, maxAttempts: 40 });
    await putAll(
      queue,
      here,
      Array.from({ length: DEEP ? 5_000 : 200 }, (_, index) => `value ${index}`),
    );
    await queue.close();
    let number = 0;
    const lane = async (): Promise<void> => {
      for (let kills = DEEP ? 60 : 3; kills > 0; kills -= 1) {
        number += 1;
        const options = { ledger: here.ledger, actor: `worker ${number}`, seed: number };
        if (kind === 'thread') {
          const worker = new SharedWorker(kind, queue, { ...options, how: 'holds' });
          await Promise.race([worker.says('holds'), worker.exited]);
          await worker.kill();
          continue;
        }
        await new SharedWorker(kind, queue, { ...options, killAt: 2 + Math.floor(random() * 60) }).exited;
        noteInLedger(here.ledger, options.actor, 'kill!');
      }
    };
    await Promise.all([lane(), lane()]);
    await drain(queue, here);
    const { violations, figures } = check(here.ledger);
    expect(violations).toEqual([]);
    expect(figures['kills']).toBeGreaterThanOrEqual(DEEP ? 6 : 4);
    // A thread is killed while it holds items; a child after a line of its ledger, when it may just have asked to settle all.
    expect(figures[kind === 'thread' ? 'held' : 'repeats']).toBeGreaterThanOrEqual(2);
    await queue.dispose();
  });
});

it('Q-23 Q-36 a poison that kills its worker three times is given up, and the rest goes on', async () => {
  const here = place();
  const queue = await PersistentQueue.open<string>(here.directory);
  await queue.putMany(['before', 'poison', 'after']);
  await queue.close();
  const ends: unknown[] = [];
  for (let number = 1; number <= 4; number += 1) {
    const worker = new SharedWorker('forked child', queue, { ledger: here.ledger, actor: `worker ${number}`, how: 'poisoned' });
    ends.push(await worker.exited);
  }
  // The first three were killed, the last came to the end.
  expect(ends).toEqual([null, null, null, 0]);
  expect(await listed(queue.failed())).toMatchObject([{ value: 'poison', attempts: 3, error: { name: 'KilledError' } }]);
  await queue.join();
  await queue.dispose();
});

it('Q-22 the workers of an owner that is killed stop with OwnerLostError, and what they held comes again', async () => {
  const here = place();
  const owner = fork(program('persistent-queue-sharer.mjs'), [here.directory, here.ledger], { silent: true });
  onTestFinished(() => void owner.kill('SIGKILL'));
  const [pids]: unknown[] = await once(owner, 'message');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  // They end by themselves: nothing keeps them alive, and each says why it stopped.
  const diary = (): string[] => (existsSync(here.ledger) ? readFileSync(here.ledger, 'utf8').split('\n').slice(0, -1) : []);
  while (diary().length < 2) await sleep(10);
  expect(diary().toSorted()).toEqual((pids as number[]).map((pid) => `${pid} OwnerLostError`).toSorted());
  for (const pid of pids as number[]) while (isRunning(pid)) await sleep(10);
  const queue = await PersistentQueue.open<string>(here.directory);
  expect((await doAll(queue)).toSorted()).toEqual(['a', 'b', 'c', 'd']);
  await queue.dispose();
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
