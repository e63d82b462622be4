import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';
import { dibs, jsonLines } from '../dibs.ts';
import { tasksOf } from './tasks-of.ts';

const env = { DIBS_STORE: 'file:./s' };

describe('dibs task create', () => {
  it('TRK-03 makes tasks that are pending and free, with what they are about', async () => {
    const cwd = tempFolder();
    expect(await dibs(['task', 'create', 'a', 'b', '--data', '{"rows":3}'], { cwd, env })).toMatchObject({
      code: 0,
      stdout: '2 tasks created\n',
      stderr: '',
    });
    const tasks = jsonLines(await dibs(['task', 'ls', '--json'], { cwd, env }));
    const fresh = { useCase: 'default', status: 'pending', data: { rows: 3 }, attempts: 0, failures: 0, errors: [] };
    expect(tasks).toMatchObject([
      { id: 'a', ...fresh },
      { id: 'b', ...fresh },
    ]);
    for (const task of tasks) expect(task).not.toHaveProperty('holder');
  });

  it('leaves those as they are that are there', async () => {
    const cwd = tempFolder();
    await dibs(['task', 'create', 'a', '--data', '1'], { cwd, env });
    expect((await dibs(['task', 'create', 'a', 'b', '--data', '2'], { cwd, env })).stdout).toBe('1 task created, 1 there before\n');
    expect(jsonLines(await dibs(['task', 'create', 'a', 'b', '--json'], { cwd, env }))).toEqual([{ created: 0, existed: 2 }]);
    expect(jsonLines(await dibs(['task', 'ls', '--json'], { cwd, env }))).toMatchObject([
      { id: 'a', data: 1 },
      { id: 'b', data: 2 },
    ]);
  });

  it('reads a task a line from stdin', async () => {
    const cwd = tempFolder();
    const input = '{"id":"a","data":[1]}\n\n{"id":"b"}\n';
    expect(await dibs(['task', 'create', '-'], { cwd, env, input })).toMatchObject({ code: 0, stdout: '2 tasks created\n' });
    expect(jsonLines(await dibs(['task', 'ls', '--json'], { cwd, env }))).toMatchObject([
      { id: 'a', data: [1] },
      { id: 'b', data: null },
    ]);
  });

  it.each([
    ['{"id":"a"}\n{"id":7}\n', /^dibs: task 2 of stdin has no id: a line is /],
    ['{"id":"a"}\n"b"\n', /^dibs: task 2 of stdin has no id: a line is /],
    ['{"id":"a"}\n{"id":"b","date":1}\n', /^dibs: task 2 of stdin has a field 'date': a line is /],
    ['{"id":"a"}\n{"id"\n', /^dibs: task 2 of stdin is not JSON: /],
    ['{"id":"a"}\n{"id":""}\n', /^dibs: "" can't be the id of a task: it is empty\.\n$/],
  ])('says which line of %j is none, with exit code 2; those before it are there', async (input, complaint) => {
    const cwd = tempFolder();
    const { code, stdout, stderr } = await dibs(['task', 'create', '-'], { cwd, env, input });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(complaint);
    expect((await dibs(['task', 'show', 'a'], { cwd, env })).code).toBe(0);
  });

  it('makes tasks that are not due before a time, typed or on stdin', async () => {
    const cwd = tempFolder();
    await dibs(['task', 'create', 'later', '--not-before', '2h'], { cwd, env });
    const input = '{"id":"a","notBefore":"2999-01-01T00:00:00Z"}\n{"id":"b"}\n';
    await dibs(['task', 'create', '-', '--not-before', '2998-01-01T00:00:00Z'], { cwd, env, input });
    const tasks = jsonLines(await dibs(['task', 'ls', '--json'], { cwd, env }));
    expect(tasks).toMatchObject([
      { id: 'a', notBefore: '2999-01-01T00:00:00.000Z' },
      { id: 'b', notBefore: '2998-01-01T00:00:00.000Z' },
      { id: 'later', notBefore: expect.stringMatching(/^20/) },
    ]);
    expect(await dibs(['task', 'run', 'later', '--', 'true'], { cwd, env })).toMatchObject({
      code: 75,
      stderr: expect.stringContaining('it is due at'),
    });
    expect(await dibs(['task', 'create', 'x', '--not-before', 'noon'], { cwd, env })).toMatchObject({ code: 2, stdout: '' });
    expect(await dibs(['task', 'create', '-'], { cwd, env, input: '{"id":"x","notBefore":5}' })).toMatchObject({
      code: 2,
      stderr: 'dibs: task 1 of stdin has a notBefore that is no date of ISO 8601: 5\n',
    });
  });

  it('makes nothing of data that is no JSON, nor in a use case that can have no name', async () => {
    const cwd = tempFolder();
    const { code, stderr } = await dibs(['task', 'create', 'a', '--data', 'x'], { cwd, env });
    expect([code, stderr.slice(0, 24)]).toEqual([2, 'dibs: --data is not JSON']);
    expect((await dibs(['task', 'create', 'a', '--use-case', ''], { cwd, env })).code).toBe(2);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('keeps use cases apart', async () => {
    const cwd = tempFolder();
    for (const useCase of ['load', 'load-2']) await dibs(['task', 'create', useCase, '--use-case', useCase], { cwd, env });
    expect(readdirSync(join(cwd, 's', 'tasks')).toSorted()).toEqual(['load', 'load-2']);
    expect(jsonLines(await dibs(['task', 'ls', '--use-case', 'load', '--json'], { cwd, env }))).toMatchObject([{ id: 'load' }]);
  });
});

it.each([
  [['--not-before', '2026-02-30'], '--not-before takes a date'],
  [['--data', '{"id":12345678901234567890}'], 'holds the number 12345678901234567890, which would become another one'],
])('dibs task create %j is a usage error, and nothing is made', async (words, why) => {
  const { task } = await tasksOf('there');
  expect(await task('create', 'new', ...words)).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
  expect((await task('show', 'new')).code).toBe(3);
});
