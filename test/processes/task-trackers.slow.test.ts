import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { outputIn, storeDirectory, trackerIn, trackerProcess } from '../support/tracker-process.ts';
import { expectAllowedStates } from '../support/store-states.ts';

const LEASE_MS = 400;

describe('a task whose process is killed with -9', () => {
  it('is ignored when it has killed three, and harms no other', async () => {
    const directory = storeDirectory();
    const tracker = await trackerIn(directory);
    await tracker.createMany([
      ['a', null],
      ['b', null],
    ]);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const victim = await trackerProcess(directory);
      expect(await victim.ask(`hold a ${outputIn(directory)}`)).toEqual({ held: 'a', attempt });
      await victim.kill();
      expectAllowedStates(directory);
    }
    const last = await trackerProcess(directory);
    expect(await last.ask('work')).toMatchObject({ done: ['b'] });
    expect(await tracker.get('a')).toMatchObject({ status: 'ignored', attempts: 3, errors: [{}, {}, {}] });
    expect(readdirSync(join(directory, 'tasks', 'load', 'ignored'))).toEqual(['a.json']);
    expectAllowedStates(directory);
  });
});

describe('a process that was stopped for longer than its lease', () => {
  it('can’t commit when it wakes: neither its data nor its file, and what its successor wrote stays', async () => {
    const directory = storeDirectory();
    const tracker = await trackerIn(directory, LEASE_MS);
    await tracker.create('a', null);
    const late = await trackerProcess(directory, LEASE_MS);
    const output = outputIn(directory);
    await late.ask(`hold a ${output}`);
    await late.signal('SIGSTOP');
    const successor = await trackerProcess(directory, LEASE_MS);
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
    await late.signal('SIGCONT');
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
    const tracker = await trackerIn(directory);
    const ids = Array.from({ length: 200 }, (_, n) => `task-${n}`);
    await tracker.createMany(ids.map((id) => [id, null] as const));
    const workers = await Promise.all(Array.from({ length: 8 }, () => trackerProcess(directory)));
    const answers = await Promise.all(workers.map((one) => one.ask('work')));
    const done = answers.flatMap((answer) => (Array.isArray(answer['done']) ? answer['done'].map(String) : []));
    expect(done.toSorted()).toEqual(ids.toSorted());
    expect(await tracker.counts()).toEqual({ pending: 0, running: 0, succeeded: 200, failed: 0, ignored: 0 });
    expectAllowedStates(directory);
    for (const task of await tracker.list()) expect(task).toMatchObject({ attempts: 1, errors: [] });
  });

  it('that all want one task: one has it, the others are told who', async () => {
    const directory = storeDirectory();
    const tracker = await trackerIn(directory);
    await tracker.create('a', null);
    const workers = await Promise.all(Array.from({ length: 8 }, () => trackerProcess(directory)));
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
