import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDibs } from '../dibs.ts';
import { eventually, isAlive } from '../processes.ts';
import { batchOf } from './batch-of.ts';

function lines(cwd: string, file: string): string[] {
  return existsSync(join(cwd, file)) ? readFileSync(join(cwd, file), 'utf8').split('\n').filter(Boolean) : [];
}

describe('a signal', () => {
  const GATED = 'trap "" INT TERM; echo "$$" >> pids; while [ ! -e go ]; do sleep 0.02; done';

  it('finishes the parts that run the first time, takes no more, and ends with 130', async () => {
    const { cwd, env, info } = await batchOf([1, 2, 3, 4]);
    const working = startDibs(['batch', 'work', 'b', '-j', '2', '--reduce', 'touch reduced', '--', 'sh', '-c', GATED], { cwd, env });
    await eventually(() => lines(cwd, 'pids').length === 2);
    working.child.kill('SIGINT');
    await eventually(() => working.stderr().includes('once more (Ctrl-C) ends it now'));
    writeFileSync(join(cwd, 'go'), '');
    expect(await working.ended).toMatchObject({
      code: 130,
      signal: null,
      stderr: expect.stringContaining('batch b is running, 2 parts left'),
    });
    expect(await info()).toMatchObject({ parts: { pending: 2, succeeded: 2 } });
  });

  it.each(['a part', 'the reduce'])('kills what runs the second time, uncounted: %s', async (what) => {
    const { cwd, env, batch, info } = await batchOf([1]);
    const [reduce, part] = what === 'a part' ? ['true', GATED] : [GATED, 'true'];
    const working = startDibs(['batch', 'work', 'b', '--reduce', reduce, '--', 'sh', '-c', part], { cwd, env });
    await eventually(() => lines(cwd, 'pids').length === 1);
    working.child.kill('SIGINT');
    await eventually(() => working.stderr().includes('once more'));
    working.child.kill('SIGTERM');
    expect(await working.ended).toMatchObject({ code: 143, signal: null });
    expect(lines(cwd, 'pids').filter((pid) => isAlive(Number(pid)))).toEqual([]);
    expect(await info()).toMatchObject(
      what === 'a part' ? { state: 'running', parts: { pending: 1 } } : { state: 'reducing', reduce: 'pending' },
    );
    const first = 'test "$DIBS_ATTEMPT" = 1';
    expect((await batch('work', 'b', '-q', '--reduce', first, '--', 'sh', '-c', first)).code).toBe(0);
  });
});
