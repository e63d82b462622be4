import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonLines, startDibs } from '../dibs.ts';
import { eventually } from '../processes.ts';
import { tasksOf } from './tasks-of.ts';

describe('dibs task work', () => {
  it('runs the program on each task that is due, and says how many', async () => {
    const { task, show } = await tasksOf('a', 'b');
    await task('run', 'a', '--', 'true');
    const ended = await task('work', '-j', '2', '--', 'sh', '-c', 'echo "$DIBS_TASK $DIBS_ATTEMPT"; echo 7 > "$DIBS_RESULT"');
    expect([ended.code, ended.stdout, ended.stderr]).toEqual([0, 'b 1\n', expect.stringMatching(/^dibs: 1 task done here in 0\.\ds\n$/)]);
    expect(await show('b')).toMatchObject({ status: 'succeeded', data: 7, attempts: 1 });
  });

  it('tries what fails again until it is given up, goes on with the others, and ends with 1', async () => {
    const { task, show } = await tasksOf('a', 'b');
    const program = ['sh', '-c', 'test "$DIBS_TASK" = b || { echo "no $DIBS_TASK" >&2; exit 3; }'];
    const { code, stderr } = await task('work', '--retries', '2', '--backoff', '0.01', '--', ...program);
    expect(code).toBe(1);
    const told = stderr.split('\n').filter((line) => line.startsWith('dibs: '));
    expect(told).toEqual([
      'dibs: task a failed at attempt 1: exit code 3: no a',
      'dibs: task a failed at attempt 2: exit code 3: no a',
      expect.stringMatching(/^dibs: 1 task done here, 1 task given up in /),
    ]);
    expect([await show('a'), await show('b')]).toMatchObject([{ status: 'ignored', attempts: 2 }, { status: 'succeeded' }]);
  });

  it('names what can not be read once all others are done, and ends with 1', async () => {
    const { cwd, task } = await tasksOf('a', 'b', 'c');
    writeFileSync(join(cwd, 's', 'tasks', 'default', 'pending', 'b.json'), 'torn');
    const { code, stderr } = await task('work', '--', 'true');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^dibs: 2 tasks done here in .*\ndibs: Tasks of default can't .*pending\/b\.json can't .*\n$/),
    ]);
    expect((await task('retry', 'x', 'c')).stderr).toMatch(/^dibs: 1 of 2 ids have no task\. .*\ndibs: 1 of 2 ids not failed\. /);
  });

  it('--json prints what became of them; what the program writes goes to stderr', async () => {
    const { task } = await tasksOf('a', 'b');
    const ended = await task('work', '--json', '--', 'echo', 'out');
    expect(jsonLines(ended)).toMatchObject([{ taken: 2, done: 2, failed: 0, retried: 0, released: 0, lost: 0, interrupted: null }]);
    expect(ended.stderr).toBe('out\nout\n');
  });

  it('--follow waits for tasks that are created later, and ends when it is asked to, with what runs done', async () => {
    const { cwd, env, task, show } = await tasksOf('a');
    const worker = startDibs(['task', 'work', '--follow', '--quiet', '--', 'sh', '-c', 'echo "$DIBS_TASK"; sleep 0.3'], { cwd, env });
    await eventually(() => worker.stdout() === 'a\n');
    await task('create', 'b');
    await eventually(() => worker.stdout() === 'a\nb\n');
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toMatchObject({ code: 143, stdout: 'a\nb\n' });
    expect([await show('a'), await show('b')]).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded' }]);
  });

  it('says which task it waits for, if that is not due for long, and ends when it is asked to', async () => {
    const { cwd, env, task } = await tasksOf('a');
    await task('create', 'late', '--not-before', '2998-01-01T00:00:00Z');
    await task('create', 'later', '--not-before', '2999-01-01T00:00:00Z');
    const worker = startDibs(['task', 'work', '--', 'true'], { cwd, env });
    await eventually(() => worker.stderr() !== '');
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toMatchObject({
      code: 143,
      stderr: expect.stringMatching(
        /^dibs: waits for task late, which is due at 2998-01-01T00:00:00\.000Z; Ctrl-C ends that\n(?:dibs: finishing .*\n)?dibs: 1 task done here/,
      ),
    });
  });

  it('shares the tasks with whoever else works on them: each is run by one', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => String(index));
    const { cwd, env } = await tasksOf(...ids);
    const program = ['sh', '-c', 'echo "$DIBS_TASK" >> ran; sleep 0.02'];
    const workers = await Promise.all([1, 2].map(() => startDibs(['task', 'work', '-j', '2', '--', ...program], { cwd, env }).ended));
    expect(workers.map(({ code }) => code)).toEqual([0, 0]);
    const ran = readFileSync(join(cwd, 'ran'), 'utf8').split('\n').filter(Boolean);
    expect(ran.toSorted()).toEqual(ids.toSorted());
  });

  it.each([
    ['no-such-program', 127],
    ['', 2],
  ])('a program %j that can not be started costs no task anything', async (program, code) => {
    const { cwd, task, show } = await tasksOf('a', 'b');
    expect((await task('work', '--', program)).code).toBe(code);
    expect([await show('a'), await show('b')]).toMatchObject([
      { status: 'pending', attempts: 0 },
      { status: 'pending', attempts: 0 },
    ]);
    expect(existsSync(join(cwd, program || 'none'))).toBe(false);
  });
});
