import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dibs, jsonLines } from '../dibs.ts';
import { batchOf } from './batch-of.ts';

function lines(cwd: string, file: string): string[] {
  return existsSync(join(cwd, file)) ? readFileSync(join(cwd, file), 'utf8').split('\n').filter(Boolean) : [];
}

describe('dibs batch work', () => {
  it('WB-02 runs the program for each part: as an argument, and in its environment', async () => {
    const { cwd, batch } = await batchOf(['a b', { n: '$(id)' }]);
    const script = 'printf "%s|%s|%s|%s|%s\\n" "$1" "$DIBS_PART" "$DIBS_PART_ID" "$DIBS_BATCH" "$DIBS_ATTEMPT" >> told';
    const { code, stdout, stderr } = await batch('work', 'b', '--', 'sh', '-c', script, 'sh', '{}');
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^dibs: 2 parts done here in \S+; batch b is reducing\n$/);
    expect(lines(cwd, 'told').toSorted()).toEqual(['a b|"a b"|0|b|1', '{"n":"$(id)"}|{"n":"$(id)"}|1|b|1']);
  });

  it('keeps as the result of a part what its program printed: JSON, or text', async () => {
    const { batch } = await batchOf(['{"rows": 2}', 'two words', '', '1\n2']);
    const { stdout } = await batch('work', 'b', '-q', '-j', '4', '--reduce', 'cat', '--', 'printf', '%s\\n', '{}');
    const results = jsonLines({ stdout }).map((line) =>
      typeof line === 'object' && line !== null && 'result' in line ? line.result : undefined,
    );
    expect(results).toEqual([{ rows: 2 }, 'two words', null, '1\n2']);
  });

  it('WB-10 reduces once when all parts have succeeded, whoever brings it; WB-12 another work makes no second', async () => {
    const { cwd, batch, info } = await batchOf([1, 2, 3]);
    const reduce = 'echo run >> reduces; cat > all; wc -l < all';
    expect((await batch('work', 'b', '--', 'echo', '{}')).code).toBe(0);
    expect(await info()).toMatchObject({ state: 'reducing', progress: 1, reduce: 'pending' });
    const { code, stdout, stderr } = await batch('work', 'b', '--reduce', reduce, '--', 'false');
    expect([code, stdout.trim()]).toEqual([0, '3']);
    expect(stderr).toMatch(/^dibs: 0 parts done here, and the reduce, in \S+; batch b is done\n$/);
    expect(lines(cwd, 'all').map((line): unknown => JSON.parse(line))).toEqual(
      [1, 2, 3].map((part, index) => ({ partId: String(index), part, result: part })),
    );
    expect((await batch('work', 'b', '--reduce', reduce, '--', 'false')).code).toBe(0);
    expect(lines(cwd, 'reduces')).toEqual(['run']);
    expect(await info()).toMatchObject({ state: 'done', reduce: 'succeeded' });
  });

  it('reduces a batch of no parts', async () => {
    const { batch, info } = await batchOf([]);
    expect(await batch('work', 'b', '-q', '--reduce', 'wc -c | tr -d " "', '--', 'false')).toMatchObject({
      code: 0,
      stdout: '0\n',
      stderr: '',
    });
    expect(await info()).toMatchObject({ state: 'done', total: 0 });
  });

  it('WB-26 deletes it when it is done, if it was made so', async () => {
    const { batch } = await batchOf([1], '--delete-when-done');
    expect(await batch('work', 'b', '--reduce', 'cat', '--', 'true')).toMatchObject({ code: 0 });
    expect((await batch('ls')).stdout).toBe('');
  });

  it('prints what the library returned as JSON, and what the reduce writes on stderr', async () => {
    const { batch } = await batchOf([1, 2]);
    const ended = await batch('work', 'b', '--json', '--reduce', 'echo sum', '--', 'true');
    expect(ended).toMatchObject({ code: 0, stderr: 'sum\n' });
    expect(jsonLines(ended)).toMatchObject([
      { parts: { taken: 2, done: 2, failed: 0, interrupted: null }, reduced: true, status: { state: 'done' } },
    ]);
  });
});

describe('a part that fails', () => {
  it('WB-13 is tried again, and told of; the batch is untouched', async () => {
    const { cwd, batch, info } = await batchOf([1, 2]);
    const script = 'test -e "$1" || test "$1" = 1 || { touch "$1"; echo not yet >&2; exit 4; }';
    const { code, stderr } = await batch('work', 'b', '-q', '--fail-on', '5', '--', 'sh', '-c', script, 'sh', '{}');
    expect([code, stderr]).toEqual([0, 'not yet\ndibs: part 1 failed at attempt 1: exit code 4: not yet\n']);
    expect(existsSync(join(cwd, '2'))).toBe(true);
    expect(await info()).toMatchObject({ state: 'reducing', parts: { succeeded: 2 } });
  });

  it('WB-14 fails the whole batch with an exit code that --fail-on lists, WB-16 and its words are the reason', async () => {
    const { cwd, batch, info } = await batchOf([1, 2, 3]);
    const { code, stderr } = await batch(
      'work',
      'b',
      '--fail-on',
      '3,4',
      '--reduce',
      'touch reduced',
      '--',
      'sh',
      '-c',
      'echo gone >&2; exit 4',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/; batch b has failed: exit code 4: gone\n$/);
    expect(await info()).toMatchObject({ state: 'failed', reason: 'exit code 4: gone' });
    // WB-15: no other part runs any more, and no reduce.
    expect(await batch('work', 'b', '--reduce', 'touch reduced', '--', 'touch', 'ran')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^dibs: Batch b has failed: exit code 4: gone\. /),
    });
    expect([existsSync(join(cwd, 'ran')), existsSync(join(cwd, 'reduced'))]).toEqual([false, false]);
  });

  it('fails the batch when it is given up', async () => {
    const { batch, info } = await batchOf([1, 2], '--retries', '1');
    const { code } = await batch('work', 'b', '-q', '--', 'sh', '-c', 'test "$1" = 1', 'sh', '{}');
    expect(code).toBe(1);
    expect(await info()).toMatchObject({
      state: 'failed',
      parts: { succeeded: 1, ignored: 1 },
      reason: expect.stringContaining('part 1 was given up'),
    });
  });

  it('costs nothing when the program can not be started, which ends with 127', async () => {
    const { batch, info } = await batchOf([1, 2, 3]);
    expect(await batch('work', 'b', '-j', '2', '--', 'no-such-program', '{}')).toMatchObject({
      code: 127,
      stdout: '',
      stderr: expect.stringMatching(/^dibs: no-such-program can't be started \(ENOENT\)\./),
    });
    expect(await info()).toMatchObject({ state: 'running', parts: { pending: 3 } });
    expect((await batch('work', 'b', '-q', '--', 'sh', '-c', 'test "$DIBS_ATTEMPT" = 1')).code).toBe(0);
  });

  it('passes a part that is too long for an argument on stdin, and else gives it up', async () => {
    const { cwd, env, batch, info } = await batchOf(['x'.repeat(200_000)]);
    expect((await batch('work', 'b', '-q', '--stdin', '--reduce', 'cut -c 1-18,200000-', '--', 'wc', '-c')).code).toBe(0);
    await dibs(['batch', 'create', '-', '--id', 'c'], { cwd, env, input: `"${'x'.repeat(200_000)}"\n` });
    expect((await batch('work', 'c', '-q', '--', 'true')).code).toBe(1);
    expect(await info('c')).toMatchObject({ state: 'failed', reason: expect.stringContaining('use --stdin') });
  });
});

describe('a reduce that fails', () => {
  it('is told of and tried again', async () => {
    const { cwd, batch, info } = await batchOf([1]);
    const { code, stderr } = await batch(
      'work',
      'b',
      '-q',
      '--reduce',
      'test -e tried || { touch tried; echo busy >&2; exit 3; }',
      '--',
      'true',
    );
    expect([code, stderr]).toEqual([0, 'busy\ndibs: the reduce failed at attempt 1: exit code 3: busy\n']);
    expect(existsSync(join(cwd, 'tried'))).toBe(true);
    expect(await info()).toMatchObject({ state: 'done' });
  });

  it('fails the batch when it is given up', async () => {
    const { batch, info } = await batchOf([1], '--retries', '1');
    expect((await batch('work', 'b', '-q', '--reduce', 'exit 3', '--', 'true')).code).toBe(1);
    expect(await info()).toMatchObject({ state: 'failed', reduce: 'ignored' });
  });
});
