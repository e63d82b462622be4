import { describe, expect, it } from 'vitest';
import { batchOf } from './batch-of.ts';

const length = ['--', 'sh', '-c', 'printf %s "$1" | wc -c', 'sh'];

describe('dibs batch result', () => {
  it('prints what the reduce came to: JSON as JSON, and a text as it is, but for --json', async () => {
    const { batch } = await batchOf(['a', 'bb']);
    await batch('work', 'b', '-q', '--reduce', 'printf "[%s]" $(grep -c result)', ...length);
    expect(await batch('result', 'b')).toMatchObject({ code: 0, stdout: '[2]\n', stderr: '' });
    const { batch: other } = await batchOf([1]);
    await other('work', 'b', '-q', '--reduce', 'printf "two\\nlines\\n"', '--', 'true');
    expect((await other('result', 'b')).stdout).toBe('two\nlines\n');
    expect((await other('result', 'b', '--json')).stdout).toBe('"two\\nlines"\n');
  });

  it('ends with 75 as long as there is none, and says what is left', async () => {
    const { batch } = await batchOf(['a', 'bb']);
    expect(await batch('result', 'b')).toEqual({
      code: 75,
      signal: null,
      stdout: '',
      stderr: 'dibs: batch b has no result yet: 2 parts left. Run: dibs batch work\n',
    });
    await batch('work', 'b', '-q', ...length);
    expect(await batch('result', 'b', '--json')).toMatchObject({
      code: 75,
      stdout: '',
      stderr: expect.stringContaining('its reduce is to be done'),
    });
  });

  it('ends with 1 of one that has failed, and with 3 of one that is not there', async () => {
    const { batch } = await batchOf([1]);
    await batch('fail', 'b', 'the source was wrong');
    expect(await batch('result', 'b')).toMatchObject({
      code: 1,
      stderr: 'dibs: batch b has failed: the source was wrong. Run: dibs batch info\n',
    });
    expect(await batch('result', 'c')).toMatchObject({ code: 3, stdout: '' });
  });
});
