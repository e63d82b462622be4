import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TaskTracker } from '../../src/tasks/task-tracker.ts';
import { expectAllowedStates } from '../support/store-states.ts';
import { TalkingProcess } from '../support/talking-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const WORKER = join(import.meta.dirname, 'tracker-worker.mjs');
const LEASE_MS = 400;
/** Of a test that must not wait for a lease. */
const NEVER_MS = 3_600_000;

const storeDirectory = (): string => join(tempFolder(), 'store');
/** Beside the store, where what a task writes is looked for. */
const outputIn = (directory: string): string => join(directory, '..', 'out', 'a.tsv');

async function worker(directory: string, leaseMs = LEASE_MS): Promise<TalkingProcess> {
  const process = new TalkingProcess(WORKER);
  await process.ask(`open ${directory} ${leaseMs}`);
  return process;
}

async function trackerIn(directory: string, leaseMs = LEASE_MS): Promise<TaskTracker> {
  const tracker = await TaskTracker.open(`file:${directory}`, { useCase: 'load', leaseMs, durability: 'process', backoff: false });
  onTestFinished(() => tracker.dispose());
  return tracker;
}

describe('a task whose process is killed with -9', () => {
  it('is unfinished and started again at once on this machine, from its checkpoint, and its file never appears', async () => {
    const directory = storeDirectory();
    const tracker = await trackerIn(directory, NEVER_MS);
    await tracker.create('a', null);
    const victim = await worker(directory, NEVER_MS);
    const output = outputIn(directory);
    expect(await victim.ask(`hold a ${output}`)).toEqual({ held: 'a', attempt: 1 });
    expect(await tracker.listUnfinished()).toEqual([]);
    await expect(tracker.run('a', () => expect.unreachable())).rejects.toMatchObject({ code: 'ERR_TASK_LOCKED' });
    await victim.kill();
    expectAllowedStates(directory);
    expect(await tracker.listUnfinished()).toMatchObject([{ id: 'a', status: 'running', holder: { standing: 'dead' }, failures: 1 }]);
    await tracker.run('a', (attempt) => expect(attempt).toMatchObject({ number: 2, data: { by: victim.pid } }));
    expect(await tracker.get('a')).toMatchObject({ status: 'succeeded', attempts: 2, errors: [{ name: 'KilledError' }] });
    expect(existsSync(output)).toBe(false);
  });

  it('is ignored when it has killed three, and harms no other', async () => {
    const directory = storeDirectory();
    const tracker = await trackerIn(directory, NEVER_MS);
    await tracker.createMany([
      ['a', null],
      ['b', null],
    ]);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const victim = await worker(directory, NEVER_MS);
      expect(await victim.ask(`hold a ${outputIn(directory)}`)).toEqual({ held: 'a', attempt });
      await victim.kill();
      expectAllowedStates(directory);
    }
    const last = await worker(directory, NEVER_MS);
    expect(await last.ask('work')).toMatchObject({ done: ['b'] });
    expect(await tracker.get('a')).toMatchObject({ status: 'ignored', attempts: 3, errors: [{}, {}, {}] });
    expect(readdirSync(join(directory, 'tasks', 'load', 'ignored'))).toEqual(['a.json']);
    expectAllowedStates(directory);
  });
});

describe('a process that was stopped for longer than its lease', () => {
  it('can’t commit when it wakes: neither its data nor its file, and what its successor wrote stays', async () => {
    const directory = storeDirectory();
    const tracker = await trackerIn(directory);
    await tracker.create('a', null);
    const late = await worker(directory);
    const output = outputIn(directory);
    await late.ask(`hold a ${output}`);
    late.signal('SIGSTOP');
    const successor = await worker(directory);
    let answer: Record<string, unknown> = {};
    // Until a lease of silence is over, somebody has it.
    while (answer['ran'] !== 'a') {
      answer = await successor.ask('run a');
      if (answer['ran'] !== 'a') expect(answer).toEqual({ ran: false, code: 'ERR_TASK_LOCKED' });
      await pause(LEASE_MS / 10);
    }
    expect(answer).toEqual({ ran: 'a', attempt: 2, data: { by: late.pid } });
    await successor.ask('work');
    const before = await tracker.get('a');
    expect(before).toMatchObject({ status: 'succeeded', attempts: 2, data: { by: late.pid } });
    late.signal('SIGCONT');
    expect(await late.ask('let-go')).toMatchObject({ code: 'ERR_CLAIM_LOST' });
    expect(await tracker.get('a')).toEqual(before);
    expect(before?.data).not.toHaveProperty('late');
    expect(existsSync(output)).toBe(false);
    expect(readdirSync(join(directory, '..', 'out'))).toEqual([]);
    expectAllowedStates(directory);
  });
});

describe('many processes', () => {
  it('start each of 200 tasks once, eight at a time', async () => {
    const directory = storeDirectory();
    const tracker = await trackerIn(directory, NEVER_MS);
    const ids = Array.from({ length: 200 }, (_, n) => `task-${n}`);
    await tracker.createMany(ids.map((id) => [id, null] as const));
    const workers = await Promise.all(Array.from({ length: 8 }, () => worker(directory, NEVER_MS)));
    const answers = await Promise.all(workers.map((one) => one.ask('work')));
    const done = answers.flatMap((answer) => (Array.isArray(answer['done']) ? answer['done'].map(String) : []));
    expect(done.toSorted()).toEqual(ids.toSorted());
    expect(await tracker.counts()).toEqual({ pending: 0, running: 0, succeeded: 200, failed: 0, ignored: 0 });
    expectAllowedStates(directory);
    for (const task of await tracker.list()) expect(task).toMatchObject({ attempts: 1, errors: [] });
  });

  it('that all want one task: one has it, the others are told who', async () => {
    const directory = storeDirectory();
    const tracker = await trackerIn(directory, NEVER_MS);
    await tracker.create('a', null);
    const workers = await Promise.all(Array.from({ length: 8 }, () => worker(directory, NEVER_MS)));
    const answers = await Promise.all(workers.map((one) => one.ask(`hold a ${outputIn(directory)}`)));
    const winner = answers.findIndex(({ held }) => held === 'a');
    expect(
      answers
        .map((answer) => (typeof answer['code'] === 'string' ? answer['code'] : 'won'))
        .toSorted((one, other) => (one < other ? -1 : 1)),
    ).toEqual([...Array.from({ length: 7 }, () => 'ERR_TASK_LOCKED'), 'won']);
    expect(await workers[winner]?.ask('let-go')).toEqual({ ended: 'succeeded' });
    expect(readFileSync(outputIn(directory), 'utf8')).toBe(String(workers[winner]?.pid));
    expect(await tracker.get('a')).toMatchObject({ status: 'succeeded', attempts: 1, data: { by: workers[winner]?.pid, late: true } });
  });
});
