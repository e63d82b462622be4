import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dibs, jsonLines } from '../dibs.ts';
import { batchOf } from './batch-of.ts';

describe('dibs batch create', () => {
  it('WB-01 prints the id, that which is given or one that nobody has', async () => {
    const { cwd, env } = await batchOf();
    const create = (...words: string[]) => dibs(['batch', 'create', '-', ...words], { cwd, env, input: '1\n2\n' });
    expect(await create('--id', 'load 7')).toMatchObject({ code: 0, stdout: 'load 7\n', stderr: '' });
    const [one, other] = [await create(), await create()];
    expect(one.stdout).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(one.stdout).not.toBe(other.stdout);
    expect(jsonLines(await create('--id', 'c', '--json'))).toMatchObject([
      { id: 'c', state: 'running', total: 2, remaining: 2, progress: 0 },
    ]);
  });

  it('WB-17 reads a part a line of a file, and keeps what --metadata says', async () => {
    const { cwd, batch, info } = await batchOf();
    writeFileSync(join(cwd, 'parts.jsonl'), '"a"\r\n\n{"rows":[0,10]}\nnull');
    expect((await batch('create', 'parts.jsonl', '--id', 'b', '--metadata', '{"day":"monday"}')).code).toBe(0);
    expect(await info()).toMatchObject({ total: 3, metadata: { day: 'monday' } });
    const { stdout } = await batch('work', 'b', '-q', '--reduce', 'cat', '--', 'echo', '{}');
    expect(stdout).toBe(
      '{"partId":"0","part":"a","result":"a"}\n{"partId":"1","part":{"rows":[0,10]},"result":{"rows":[0,10]}}\n{"partId":"2","part":null,"result":null}\n',
    );
  });

  it('may be repeated with the same parts, and is refused with others', async () => {
    const { cwd, env, batch, info } = await batchOf([1, 2]);
    const create = (input: string) => dibs(['batch', 'create', '-', '--id', 'b'], { cwd, env, input });
    expect(await create('1\n2\n')).toMatchObject({ code: 0, stdout: 'b\n' });
    expect(await create('1\n3\n')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('There is a batch b already, of other parts.'),
    });
    expect(await info()).toMatchObject({ total: 2 });
    expect((await batch('ls')).stdout).toBe('b\n');
  });

  it.each([
    ['1\n{\n', 'dibs: part 2 of stdin is not JSON: '],
    ['1\n\u0000\n', 'dibs: part 2 of stdin is not JSON: '],
  ])('says which part of %j can not be read, with exit code 2, and makes no batch', async (input, complaint) => {
    const { cwd, env, batch } = await batchOf();
    const { code, stdout, stderr } = await dibs(['batch', 'create', '-'], { cwd, env, input });
    expect([code, stdout, stderr.slice(0, complaint.length)]).toEqual([2, '', complaint]);
    expect((await batch('ls')).stdout).toBe('');
  });

  it('says that a file is not there, with exit code 2', async () => {
    const { batch } = await batchOf();
    expect(await batch('create', 'nowhere.jsonl')).toMatchObject({
      code: 2,
      stderr: "dibs: nowhere.jsonl can't be read (ENOENT): give a plain file, or - for stdin\n",
    });
    expect((await batch('create', '.')).code).toBe(2);
  });
});
