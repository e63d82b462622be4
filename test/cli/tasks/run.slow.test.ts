import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDibs } from '../dibs.ts';
import { eventually } from '../processes.ts';
import { tasksOf } from './tasks-of.ts';

describe('a signal', () => {
  const GATED = 'trap "" INT TERM; echo "$$" > pid; while [ ! -e go ]; do sleep 0.02; done; echo 5 > "$DIBS_RESULT"';

  it('lets what runs finish the first time, which counts, and ends with 130', async () => {
    const { cwd, env, show } = await tasksOf('a');
    const running = startDibs(['task', 'run', 'a', '--', 'sh', '-c', GATED], { cwd, env });
    await eventually(() => existsSync(join(cwd, 'pid')));
    running.child.kill('SIGINT');
    await eventually(() => running.stderr().includes('once more (Ctrl-C) ends it now'));
    writeFileSync(join(cwd, 'go'), '');
    expect(await running.ended).toMatchObject({ code: 130, signal: null });
    expect(await show('a')).toMatchObject({ status: 'succeeded', data: 5 });
  });

  it('kills it the second time, and the task is as it was before', async () => {
    const { cwd, env, show } = await tasksOf('a');
    const running = startDibs(['task', 'run', 'a', '--', 'sh', '-c', GATED], { cwd, env });
    await eventually(() => existsSync(join(cwd, 'pid')) && readFileSync(join(cwd, 'pid'), 'utf8') !== '');
    running.child.kill('SIGINT');
    await eventually(() => running.stderr().includes('once more'));
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 143, signal: null });
    expect(() => process.kill(Number(readFileSync(join(cwd, 'pid'), 'utf8')), 0)).toThrow('ESRCH');
    expect(await show('a')).toMatchObject({ status: 'pending', attempts: 0, failures: 0 });
  });

  it('SIGKILL takes the program along; the task can be started at once, and that attempt counts', async () => {
    const { cwd, env, task, show } = await tasksOf('a');
    const running = startDibs(['task', 'run', 'a', '--', 'sh', '-c', `echo up; ${GATED}`], { cwd, env });
    await eventually(() => running.stdout() === 'up\n' && existsSync(join(cwd, 'pid')));
    running.child.kill('SIGKILL');
    await running.ended;
    expect(await show('a')).toMatchObject({ status: 'running', attempts: 1, failures: 1, holder: { standing: 'dead' } });
    expect((await task('run', 'a', '--', 'true')).code).toBe(0);
    expect(await show('a')).toMatchObject({ status: 'succeeded', attempts: 2, errors: [{ name: 'KilledError', attempt: 1 }] });
    expect(readdirSync(cwd)).not.toContain('go');
  });
});
