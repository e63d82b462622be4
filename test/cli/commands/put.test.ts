import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';
import { dibs, jsonLines, startDibs } from '../dibs.ts';
import { eventually } from '../processes.ts';

async function outstanding(cwd: string): Promise<unknown[]> {
  const lines = jsonLines(await dibs(['outstanding', 'q', '--json'], { cwd }));
  return lines.map((line) => (typeof line === 'object' && line !== null && 'value' in line ? line.value : line));
}

describe('dibs put', () => {
  it('makes the queue, puts strings as they are typed, and says how many', async () => {
    const cwd = tempFolder();
    const values = ['with spaces', 'two\nlines', `"it's"`, '7', '🦊', '', '{"a":1}'];
    expect(await dibs(['put', 'q', ...values, '--', '-rf', '--json'], { cwd })).toMatchObject({
      code: 0,
      stdout: '9 messages put\n',
      stderr: '',
    });
    expect(await outstanding(cwd)).toEqual([...values, '-rf', '--json']);
  });

  it('reads a value a line from stdin, between the others', async () => {
    const cwd = tempFolder();
    expect(await dibs(['put', 'q', 'first', '-', 'last', '--json'], { cwd, input: 'a\nb c\r\n\nd' })).toMatchObject({
      code: 0,
      stdout: '{"put":5,"refused":0,"closed":false}\n',
    });
    expect(await outstanding(cwd)).toEqual(['first', 'a', 'b c', 'd', 'last']);
  });

  it('reads values that end with a NUL, newlines and all', async () => {
    const cwd = tempFolder();
    await dibs(['put', 'q', '-0', '-'], { cwd, input: 'a\nb\0c\0' });
    expect(await outstanding(cwd)).toEqual(['a\nb', 'c']);
  });

  it('puts JSON of any shape when told that it is JSON', async () => {
    const cwd = tempFolder();
    await dibs(['put', 'q', '--json-values', '7', 'null', '"s"', '-'], { cwd, input: '{"a":[1]}\nfalse\n' });
    expect(await outstanding(cwd)).toEqual([7, null, 's', { a: [1] }, false]);
  });

  it('refuses by key what this load knows, and begins afresh after it', async () => {
    const cwd = tempFolder();
    const put = (...words: string[]) => dibs(['put', 'q', ...words, '--json'], { cwd });
    expect(await put('--key-is-value', 'a', 'b', 'a')).toMatchObject({ code: 0, stdout: '{"put":2,"refused":1,"closed":false}\n' });
    expect(await put('--key', 'a', 'another value')).toMatchObject({ code: 0, stdout: '{"put":0,"refused":1,"closed":false}\n' });
    expect(await put('--json-values', '--key-field', 'id', '{"id":3}', '{"id":3,"more":true}')).toMatchObject({
      stdout: '{"put":1,"refused":1,"closed":false}\n',
    });
    await dibs(['work', 'q', '--', 'true'], { cwd });
    expect(await put('--key-is-value', 'a', 'c', '--close')).toMatchObject({ stdout: '{"put":1,"refused":1,"closed":true}\n' });
    await dibs(['work', 'q', '--', 'true'], { cwd });
    expect(await put('--key-is-value', 'a', 'c')).toMatchObject({ stdout: '{"put":2,"refused":0,"closed":false}\n' });
  });

  it.each([
    ['--key-is-value', '"1"', '1'],
    ['--key-field=id', '{"id":"1"}', '{"id":1}'],
  ])('knows a text from a number with %s: their JSON is the key', async (key, text, number) => {
    const cwd = tempFolder();
    const put = () => dibs(['put', 'q', '--json-values', key, text, number, '--json'], { cwd });
    expect(await put()).toMatchObject({ code: 0, stdout: '{"put":2,"refused":0,"closed":false}\n' });
    expect(await put()).toMatchObject({ code: 0, stdout: '{"put":0,"refused":2,"closed":false}\n' });
  });

  it('closes a load without putting anything', async () => {
    const cwd = tempFolder();
    await dibs(['put', 'q', 'a'], { cwd });
    expect(await dibs(['put', 'q', '--close'], { cwd })).toMatchObject({ code: 0, stdout: '0 messages put, load closed\n' });
    expect(jsonLines(await dibs(['status', 'q', '--json'], { cwd }))).toMatchObject([{ closed: true, finished: false }]);
  });

  it.each([
    ['nothing', [], 'nothing to put: give values, - to read them from stdin, or --close. Run: dibs put --help'],
    ['two kinds of key', ['a', '--key', 'k', '--key-is-value'], 'give one of --key, --key-is-value and --key-field. Run: dibs put --help'],
    [
      'one key for two',
      ['a', 'b', '--key', 'k'],
      '--key is for one value; for many there are --key-is-value and --key-field. Run: dibs put --help',
    ],
    ['stdin twice', ['-', '-'], 'stdin can be read once: give one -. Run: dibs put --help'],
    [
      'an object without that field',
      ['{"a":1}', '--json-values', '--key-field', 'id'],
      `a value has no text or number in its field 'id': {"a":1}`,
    ],
  ])('refuses %s as usage', async (_, words, complaint) => {
    expect(await dibs(['put', 'q', ...words], { cwd: tempFolder() })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `dibs: ${complaint}\n`,
    });
  });

  it('names the value that is not JSON, and the line that is not UTF-8', async () => {
    const cwd = tempFolder();
    const wrong = await dibs(['put', 'q', '--json-values', '1', '{a'], { cwd });
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/^dibs: value 2 is not JSON: .+\n$/);
    expect(existsSync(join(cwd, 'q'))).toBe(false);
    expect((await dibs(['put', 'q', '--json-values', '-'], { cwd, input: '1\n\n{a\n' })).stderr).toMatch(
      /^dibs: value 2 of stdin is not JSON: .+\n$/,
    );
    expect(await dibs(['put', 'q', '-'], { cwd, input: new Uint8Array([0x61, 0x0a, 0xff, 0x0a]) })).toMatchObject({
      code: 2,
      stderr: 'dibs: line 2 of stdin is not UTF-8\n',
    });
  });

  it('keeps what it has read when it is interrupted', async () => {
    const cwd = tempFolder();
    const putting = startDibs(['put', 'q', '-'], { cwd, input: 'a\nb\nhalf', moreInput: true });
    await eventually(() => journalBytes(cwd) > 50);
    putting.child.kill('SIGINT');
    expect(await putting.ended).toMatchObject({ code: 130, stdout: '', stderr: '' });
    expect(await outstanding(cwd)).toEqual(['a', 'b']);
  });

  it('is simply run again after a kill -9, with keys: each value is there once, in order', async () => {
    const cwd = tempFolder();
    const values = Array.from({ length: 3_000 }, (_, i) => `value ${i}`);
    const input = values.join('\n');
    for (let kill = 1; kill <= 2; kill++) {
      const putting = startDibs(['put', 'q', '--key-is-value', '-'], {
        cwd,
        input: input.slice(0, (kill * input.length) / 3),
        moreInput: true,
      });
      await eventually(() => journalBytes(cwd) > kill * 10_000);
      putting.child.kill('SIGKILL');
      await putting.ended;
    }
    const ended = await dibs(['put', 'q', '--key-is-value', '--close', '-', '--json'], { cwd, input });
    const [result] = jsonLines(ended);
    expect(result).toMatchObject({ closed: true, refused: expect.any(Number) });
    expect(await outstanding(cwd)).toEqual(values);
  });
});

function journalBytes(cwd: string): number {
  if (!existsSync(join(cwd, 'q'))) return 0;
  const journals = readdirSync(join(cwd, 'q')).filter((name) => name.endsWith('.put.tsv'));
  return journals.reduce((bytes, name) => bytes + statSync(join(cwd, 'q', name)).size, 0);
}
