import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dibs, jsonLines, startDibs } from '../dibs.ts';
import { eventually } from '../processes.ts';
import { tasksOf } from './tasks-of.ts';

describe('dibs task run', () => {
  it('TRK-11 runs the program once, and exit code 0 is success', async () => {
    const { task, show } = await tasksOf('a');
    expect(await task('run', 'a', '--', 'sh', '-c', 'echo out; echo err >&2')).toEqual({
      code: 0,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(await show('a')).toMatchObject({ status: 'succeeded', attempts: 1, failures: 0, data: null });
  });

  it('tells the program which task, which attempt and what it is about', async () => {
    const { cwd, env, task } = await tasksOf();
    await dibs(['task', 'create', 'a b', '--data', '{"path":"x y","n":[1,"$(id)"]}'], { cwd, env });
    await task('run', 'a b', '--backoff', '0', '--', 'false');
    const { stdout } = await task('run', 'a b', '--', 'sh', '-c', 'printf "%s|%s|%s|" "$DIBS_TASK" "$DIBS_ATTEMPT" "$DIBS_DATA"');
    expect(stdout).toBe('a b|2|{"path":"x y","n":[1,"$(id)"]}|\n');
  });

  it('TRK-11 keeps as its data what the program wrote to the file DIBS_RESULT, and nothing is left of that', async () => {
    const { task, show } = await tasksOf('a');
    const { stdout } = await task('run', 'a', '--', 'sh', '-c', 'echo "{\\"rows\\":7}" > "$DIBS_RESULT"; echo "$DIBS_RESULT"');
    expect(await show('a')).toMatchObject({ status: 'succeeded', data: { rows: 7 } });
    expect(stdout.startsWith(tmpdir())).toBe(true);
    expect(existsSync(stdout.trim())).toBe(false);
  });

  it('TRK-18 keeps none of it when the program fails', async () => {
    const { cwd, env, task, show } = await tasksOf();
    await dibs(['task', 'create', 'a', '--data', '1'], { cwd, env });
    expect((await task('run', 'a', '--', 'sh', '-c', 'echo 2 > "$DIBS_RESULT"; exit 1')).code).toBe(1);
    expect(await show('a')).toMatchObject({ status: 'failed', data: 1 });
  });

  it('counts as a failure what is no JSON there', async () => {
    const { task, show } = await tasksOf('a');
    const { code, stderr } = await task('run', 'a', '--', 'sh', '-c', 'echo x > "$DIBS_RESULT"');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^dibs: task a failed: what it wrote to the file DIBS_RESULT is not JSON: .*\n$/),
    ]);
    expect(await show('a')).toMatchObject({ status: 'failed', failures: 1 });
  });

  it('TRK-17 TRK-19 fails the task with the last words of the program, and ends with 1', async () => {
    const { task, show } = await tasksOf('a');
    const { code, stderr } = await task('run', 'a', '--', 'sh', '-c', 'echo no such order >&2; exit 3');
    expect([code, stderr]).toEqual([1, 'no such order\ndibs: task a failed: exit code 3: no such order\n']);
    expect(await show('a')).toMatchObject({
      status: 'failed',
      failures: 1,
      lastError: { name: 'ProgramFailedError', message: 'exit code 3: no such order', attempt: 1 },
      notBefore: expect.any(String),
    });
  });

  it('--timeout ends a program that takes longer, with all that it started', async () => {
    const { task, show } = await tasksOf('a');
    expect((await task('run', 'a', '--timeout', '0.2', '--', 'sh', '-c', 'sleep 60 & wait')).code).toBe(1);
    expect(await show('a')).toMatchObject({ status: 'failed', lastError: { message: 'timed out after 0.2s' } });
  });

  it('--json prints the task as it stands then; what the program writes goes to stderr', async () => {
    const { task } = await tasksOf('a');
    const ended = await task('run', 'a', '--json', '--', 'sh', '-c', 'echo out; exit 3');
    expect(jsonLines(ended)).toMatchObject([{ id: 'a', status: 'failed', lastError: { message: 'exit code 3' } }]);
    expect([ended.code, ended.stderr]).toEqual([1, 'out\ndibs: task a failed: exit code 3\n']);
  });

  it('passes data that is too long for the environment on stdin, and else gives it up', async () => {
    const { cwd, env, task, show } = await tasksOf();
    const text = 'x'.repeat(200_000);
    await dibs(['task', 'create', '-'], {
      cwd,
      env,
      input: `${JSON.stringify({ id: 'a', data: text })}\n${JSON.stringify({ id: 'b', data: text })}\n`,
    });
    expect((await task('run', 'a', '--stdin', '--', 'sh', '-c', 'wc -c')).stdout.trim()).toBe('200002');
    expect((await task('run', 'b', '--', 'true')).code).toBe(1);
    expect(await show('b')).toMatchObject({ status: 'ignored', lastError: { message: expect.stringContaining('use --stdin') } });
  });
});

describe('a start that is refused', () => {
  it('TRK-14 ends with 6 and says that the task succeeded before; the program does not run', async () => {
    const { cwd, task } = await tasksOf('a');
    await task('run', 'a', '--', 'true');
    const { code, stdout, stderr } = await task('run', 'a', '--', 'touch', 'ran');
    expect([code, stdout, stderr]).toEqual([
      6,
      '',
      'dibs: Task a of default was not started: it succeeded before. A task of a use case is run again once it is reopened.\n',
    ]);
    expect(existsSync(join(cwd, 'ran'))).toBe(false);
  });

  it('TRK-23 TRK-25 ends with 6 once the third failure gave the task up', async () => {
    const { task, show } = await tasksOf('a');
    for (let attempt = 1; attempt <= 3; attempt += 1) expect((await task('run', 'a', '--backoff', '0', '--', 'false')).code).toBe(1);
    expect(await show('a')).toMatchObject({ status: 'ignored', errors: [{ attempt: 1 }, { attempt: 2 }, { attempt: 3 }] });
    expect(await task('run', 'a', '--', 'true')).toMatchObject({ code: 6, stderr: expect.stringContaining('it was given up') });
  });

  it('ends with 75 while it is not due: try again later', async () => {
    const { task } = await tasksOf('a');
    await task('run', 'a', '--backoff', '3600', '--', 'false');
    expect(await task('run', 'a', '--', 'true')).toMatchObject({ code: 75, stderr: expect.stringContaining('it is due at ') });
  });

  it('TRK-21 TRK-22 ends with 75 while somebody has it, and changes nothing', async () => {
    const { cwd, env, task, show } = await tasksOf('a');
    const holder = startDibs(['task', 'run', 'a', '--', 'sh', '-c', 'echo up; while [ ! -e go ]; do sleep 0.02; done'], { cwd, env });
    await eventually(() => holder.stdout() === 'up\n');
    const before = await show('a');
    expect(before).toMatchObject({
      status: 'running',
      holder: { standing: 'alive', consumer: expect.stringContaining(String(holder.child.pid)) },
    });
    for (const words of [
      ['run', 'a', '--', 'true'],
      ['reopen', 'a'],
      ['rm', 'a'],
    ])
      expect(await task(...words), words[0]).toMatchObject({ code: 75, stdout: '', stderr: expect.stringContaining(' has it. ') });
    expect(await show('a')).toEqual(before);
    writeFileSync(join(cwd, 'go'), '');
    expect((await holder.ended).code).toBe(0);
    expect(await show('a')).toMatchObject({ status: 'succeeded', attempts: 1 });
  });

  it('TRK-26 ends with 3 for a task that nobody created', async () => {
    const { task } = await tasksOf('a');
    expect(await task('run', 'b', '--', 'true')).toMatchObject({ code: 3, stderr: expect.stringContaining('there is no such task') });
  });
});

describe('a program that can not be started', () => {
  it.each([
    ['no-such-program', 127],
    ['./plain', 126],
  ])('%s costs the task nothing, and ends with %d', async (program, code) => {
    const { cwd, task, show } = await tasksOf('a');
    writeFileSync(join(cwd, 'plain'), '');
    expect(await task('run', 'a', '--', program)).toMatchObject({ code, stderr: expect.stringContaining(`${program} can't be started`) });
    expect(await show('a')).toMatchObject({ status: 'pending', attempts: 0, failures: 0, errors: [] });
  });
});
