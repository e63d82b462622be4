import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dibs, jsonLines, startDibs } from '../dibs.ts';
import { eventually } from '../processes.ts';
import { type TasksAtHand, tasksOf } from './tasks-of.ts';

/** One of each status that a task can rest in. */
async function oneOfEach(): Promise<TasksAtHand> {
  const tasks = await tasksOf('failed', 'ignored', 'pending', 'succeeded');
  await tasks.task('run', 'failed', '--', 'sh', '-c', 'echo sorry >&2; exit 3');
  await tasks.task('run', 'ignored', '--retries', '1', '--', 'false');
  await tasks.task('run', 'succeeded', '--', 'true');
  return tasks;
}

const ids = (tasks: unknown[]): unknown[] =>
  tasks.map((task) => (typeof task === 'object' && task !== null && 'id' in task ? task.id : undefined));

describe('dibs task ls', () => {
  it('TRK-30 lists by status, TRK-31 by several, TRK-32 what is unfinished', async () => {
    const { task } = await oneOfEach();
    const list = async (...words: string[]): Promise<unknown[]> => ids(jsonLines(await task('ls', '--json', ...words)));
    for (const status of ['failed', 'ignored', 'pending', 'succeeded']) expect(await list('--status', status)).toEqual([status]);
    expect(await list('--status', 'succeeded,ignored')).toEqual(['succeeded', 'ignored']);
    expect(await list('--unfinished')).toEqual(['pending', 'failed']);
    expect(await list()).toEqual(['pending', 'succeeded', 'failed', 'ignored']);
    expect(await list('--order', 'id', '-n', '2')).toEqual(['failed', 'ignored']);
    expect(await list('--order', 'newest', '-n', '1')).toEqual(['succeeded']);
  });

  it('tells of those that can not be read, prints the others, and ends with 1', async () => {
    const { cwd, task } = await tasksOf('a', 'b', 'c');
    writeFileSync(join(cwd, 's', 'tasks', 'default', 'pending', 'b.json'), 'torn');
    const ended = await task('ls', '--json');
    expect(ids(jsonLines(ended))).toEqual(['a', 'c']);
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringMatching(/^dibs: .*pending\/b\.json can't be read: .*\n$/)]);
    expect((await task('ls', '-n', '1')).code).toBe(0);
    expect((await task('ls', '-n', '0')).code).toBe(2);
  });

  it('prints a table that a terminal can show, whatever an id is', async () => {
    const { task, cwd, env } = await tasksOf();
    await dibs(['task', 'create', '-'], { cwd, env, input: '{"id":"a\\u001b[31m\\nb"}\n' });
    const { stdout } = await task('ls');
    expect(stdout).toMatch(/^ID +STATUS +ATTEMPTS +CHANGED +NOW\na\\u001b\[31m b +pending +0 +20\d\d-\S+Z\n$/);
  });
});

describe('dibs task show', () => {
  it('prints all that is known', async () => {
    const { task, show } = await oneOfEach();
    const { stdout } = await task('show', 'failed');
    expect(stdout).toMatch(/^task {6}failed of default\nstatus {4}failed, due at 20\S+\n/);
    expect(stdout).toContain('attempts  1 attempt, 1 failed since it succeeded or was reopened last\n');
    expect(stdout).toMatch(/\nerror {5}at attempt 1, 20\S+: ProgramFailedError: exit code 3: sorry\n$/);
    expect(await show('failed')).toMatchObject({ id: 'failed', errors: [{ message: 'exit code 3: sorry' }] });
  });

  it('TRK-04 says that a task is not there, and ends with 3', async () => {
    const { task } = await tasksOf('a');
    expect(await task('show', 'b')).toMatchObject({
      code: 3,
      stdout: '',
      stderr: 'dibs: There is no task b of default in file:./s. Run: dibs task ls\n',
    });
  });
});

it('TRK-34 dibs task counts prints a number for each status', async () => {
  const { task } = await oneOfEach();
  expect((await task('counts')).stdout).toBe('pending    1\nrunning    0\nsucceeded  1\nfailed     1\nignored    1\n');
  expect(jsonLines(await task('counts', '--json'))).toEqual([{ pending: 1, running: 0, succeeded: 1, failed: 1, ignored: 1 }]);
});

it('dibs task failed prints what failed and what was given up, with the reason', async () => {
  const { task } = await oneOfEach();
  expect((await task('failed')).stdout).toBe(
    'failed  failed  1 attempt\n    ProgramFailedError: exit code 3: sorry\nignored  ignored  1 attempt\n    ProgramFailedError: exit code 1\n',
  );
  expect(jsonLines(await task('failed', '--json'))).toMatchObject([{ status: 'failed' }, { status: 'ignored', errors: [{}] }]);
});

describe('dibs task retry', () => {
  it('puts all back to work that failed or was given up, due at once', async () => {
    const { task, show } = await oneOfEach();
    expect(await task('retry')).toMatchObject({ code: 0, stdout: '2 tasks put back to work\n' });
    for (const id of ['failed', 'ignored']) expect(await show(id)).toMatchObject({ status: 'pending', failures: 0, errors: [{}] });
    expect((await task('run', 'ignored', '--', 'true')).code).toBe(0);
  });

  it('puts those back that are named, and says how many of them had not failed', async () => {
    const { task } = await oneOfEach();
    expect(await task('retry', 'failed', 'succeeded', '--json')).toEqual({
      code: 1,
      signal: null,
      stdout: '{"retried":1}\n',
      stderr: 'dibs: 1 of 2 ids not failed. Run: dibs task failed\n',
    });
  });
});

it('dibs task reopen puts a task back that succeeded', async () => {
  const { task, show } = await oneOfEach();
  expect(await task('reopen', 'succeeded')).toMatchObject({ code: 0, stdout: '1 task pending again\n' });
  expect(await show('succeeded')).toMatchObject({ status: 'pending', attempts: 1 });
  expect((await task('reopen', 'nobody')).code).toBe(3);
});

describe('dibs task rm', () => {
  it('deletes tasks, and says how many were not there', async () => {
    const { task } = await oneOfEach();
    expect(await task('rm', 'failed')).toMatchObject({ code: 0, stdout: '1 task deleted\n' });
    expect(await task('rm', 'failed', 'ignored', '--json')).toMatchObject({
      code: 1,
      stdout: '{"removed":1}\n',
      stderr: 'dibs: 1 of 2 ids have no task. Run: dibs task ls\n',
    });
    expect(ids(jsonLines(await task('ls', '--json')))).toEqual(['pending', 'succeeded']);
    expect((await task('create', 'failed')).stdout).toBe('1 task created\n');
  });

  it('deletes one by name that can not be read, or whose file is gone, and touches nothing else', async () => {
    const { cwd, task } = await tasksOf('a', 'b', 'c');
    writeFileSync(join(cwd, 's', 'tasks', 'default', 'pending', 'b.json'), 'torn');
    rmSync(join(cwd, 's', 'tasks', 'default', 'pending', 'c.json'));
    expect(await task('rm', 'b', 'c')).toMatchObject({ code: 0, stdout: '2 tasks deleted\n', stderr: '' });
    expect(await task('ls', '--json')).toMatchObject({ code: 0, stderr: '' });
    expect((await task('create', 'a', 'b', 'c')).stdout).toBe('2 tasks created, 1 there before\n');
  });

  it('TRK-34 deletes all of a use case after it asked', async () => {
    const { cwd, env, task } = await oneOfEach();
    await dibs(['task', 'create', 'other', '--use-case', 'default-2'], { cwd, env });
    const asked = await dibs(['task', 'rm', '--all'], { cwd, env, input: 'n\n' });
    expect(asked).toMatchObject({ code: 1, stdout: '' });
    expect(asked.stderr).toMatch(/^Delete every task of default \(1 pending, 1 succeeded, 1 failed, 1 ignored\)\? \[y\/N\] /);
    expect((await dibs(['task', 'rm', '--all'], { cwd, env, input: 'y\n' })).stdout).toBe('4 tasks deleted\n');
    expect((await task('ls')).code).toBe(3);
    expect((await task('ls', '--use-case', 'default-2')).stdout).toContain('other');
  });
});

describe('dibs task with several ids', () => {
  it('does what it can, and ends with the code of the first that it could not', async () => {
    const { cwd, env, task } = await tasksOf('a', 'b', 'c', 'd');
    const holder = startDibs(['task', 'run', 'a', '--', 'sleep', '30'], { cwd, env });
    await eventually(() => readdirSync(join(cwd, 's', 'tasks', 'default', 'running')).length > 0);
    await task('run', 'd', '--', 'true');
    const reopened = await task('reopen', 'nope', 'a', 'd');
    expect([reopened.code, reopened.stdout]).toEqual([3, '1 task pending again\n']);
    expect(reopened.stderr).toMatch(/^dibs: Task nope of default was not found: .*\ndibs: Task a of default was left as it is: .*\n$/);
    const removed = await task('rm', 'c', 'a', 'nope', 'b');
    expect([removed.code, removed.stdout]).toEqual([75, '2 tasks deleted\n']);
    expect(removed.stderr).toMatch(/^dibs: Task a of default was left as it is: .*\ndibs: 1 of 4 ids have no task\. /);
    holder.child.kill('SIGKILL');
    await holder.ended;
  });
});
