import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TaskTracker } from '../../../src/tasks/task-tracker.ts';
import { jsonLines } from '../dibs.ts';
import { type TasksAtHand, tasksOf } from './tasks-of.ts';

const EXTRACT = { pending: 10, running: 12, succeeded: 16, failed: 14, ignored: 18 };
const LOAD = { pending: 20, running: 22, succeeded: 26, failed: 24, ignored: 28 };
const EXTRACT_CODES = '10,12,16,14,18';
const LOAD_CODES = '20,22,26,24,28';

/** Tasks that go through two steps: two are to be extracted, one of them failed, and one is to be loaded. */
async function stepped(): Promise<TasksAtHand> {
  const tasks = await tasksOf();
  const store = `file:${join(tasks.cwd, 's')}`;
  await using extract = await TaskTracker.open(store, { useCase: 'default', statuses: EXTRACT, backoff: false });
  await extract.createMany([['a', 1], ['b', 2], ['c', 3]]); // prettier-ignore
  await extract.run('a', () => 'extracted');
  await expect(extract.run('b', () => Promise.reject(new Error('no source')))).rejects.toThrow('no source');
  return tasks;
}

const idsOf = (tasks: readonly unknown[]): unknown[] => tasks.map((task) => Object(task).id);

describe('dibs task, where the statuses have codes,', () => {
  it('TRK-34 counts what there is of each, and of one step alone if it is named', async () => {
    const { task } = await stepped();
    const plain = { pending: 0, running: 0, succeeded: 0, failed: 0, ignored: 0 };
    expect(jsonLines(await task('counts', '--json'))).toEqual([
      { ...plain, '10-pending': 1, '12-running': 0, '14-failed': 1, '16-succeeded': 1 },
    ]);
    expect((await task('counts')).stdout).toContain('16-succeeded  1\n');
    const one = jsonLines(await task('counts', '--json', '--codes', EXTRACT_CODES));
    expect(one).toEqual([{ pending: 1, running: 0, succeeded: 1, failed: 1, ignored: 0 }]);
  });

  it('TRK-30 lists all of them, or those of some statuses, whatever their step', async () => {
    const { task } = await stepped();
    expect(idsOf(jsonLines(await task('ls', '--json')))).toEqual(['c', 'a', 'b']);
    expect(idsOf(jsonLines(await task('ls', '--json', '--status', 'succeeded,failed')))).toEqual(['a', 'b']);
    expect(idsOf(jsonLines(await task('ls', '--json', '--codes', LOAD_CODES)))).toEqual([]);
    expect((await task('ls')).stdout).toMatch(/\na +16-succeeded +1 /);
    expect((await task('failed')).stdout).toBe('b  14-failed  1 attempt\n    no source\n');
    expect((await task('show', 'a')).stdout).toContain('\nstatus    16-succeeded\n');
  });

  it('moves none before it is said in which step, and puts none where no step looks', async () => {
    const { task } = await stepped();
    const moves = [['create', 'd'], ['run', 'c', '--', 'true'], ['work', '--', 'true'], ['retry'], ['retry', 'b'], ['reopen', 'a'], ['ls', '--unfinished']]; // prettier-ignore
    for (const words of moves) {
      const { code, stderr } = await task(...words);
      expect([code, stderr], words[0]).toEqual([
        2,
        expect.stringMatching(/have codes \(10-pending, 12-running, 14-failed, 16-succeeded\): say which/),
      ]);
    }
    expect(jsonLines(await task('counts', '--json'))).toMatchObject([{ pending: 0, '10-pending': 1, '14-failed': 1, '16-succeeded': 1 }]);
  });

  it('takes part in the step that is named, and goes on to the next one', async () => {
    const { task, show } = await stepped();
    const [extract, load] = [['--codes', EXTRACT_CODES], ['--codes', LOAD_CODES, '--starts-from', '16']] as const; // prettier-ignore
    expect((await task('create', 'd', '--codes', EXTRACT_CODES)).stdout).toBe('1 task created\n');
    expect(idsOf(jsonLines(await task('ls', '--unfinished', '--json', ...extract)))).toEqual(['c', 'd', 'b']);
    expect((await task('retry', ...extract)).stdout).toBe('1 task put back to work\n');
    expect((await task('work', ...extract, '--', 'true')).stderr).toMatch(/^dibs: 3 tasks done here/);
    const refused = await task('run', 'a', '--codes', LOAD_CODES, '--', 'true');
    expect([refused.code, refused.stderr]).toEqual([6, expect.stringMatching(/16-succeeded, from which .*--starts-from/)]);
    expect((await task('run', 'a', ...load, '--', 'true')).code).toBe(0);
    expect((await task('work', ...load, '--', 'true')).stderr).toMatch(/^dibs: 3 tasks done here/);
    expect(await show('a')).toMatchObject({ status: 'succeeded', code: 26, attempts: 2 });
    await using tracker = await TaskTracker.open(`file:${join((await stepped()).cwd, 's')}`, {
      useCase: 'default',
      statuses: LOAD,
      startsFrom: 16,
    });
    expect(idsOf(await tracker.listUnfinished())).toEqual(['a']);
  });

  it('asks with all counts before it deletes all', async () => {
    const { task } = await stepped();
    expect((await task('rm', '--all')).stdout + (await task('rm', '--all')).stderr).toContain('1 10-pending, 1 14-failed, 1 16-succeeded');
    expect((await task('rm', 'a', 'b')).stdout).toBe('2 tasks deleted\n');
    expect((await task('rm', '--all', '--yes')).stdout).toBe('1 task deleted\n');
  });

  it.each(['10,12,16,14', '10,12,16,14,18,20', '10,12,16,14,14', '10,12,16,14,x', ''])('takes no codes like %j', async (codes) => {
    expect(await (await tasksOf('a')).task('counts', '--codes', codes)).toMatchObject({ code: 2 });
  });
});
