import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';
import { dibs, jsonLines, startDibs } from '../dibs.ts';
import { eventually } from '../processes.ts';

const counts = { waiting: 0, taken: 0, done: 0, failed: 0, damaged: 0 };

/** A queue with three done, two failed and one waiting. */
async function workedQueue(): Promise<string> {
  const cwd = tempFolder();
  await dibs(['put', 'q', 'ok 1', 'bad\n1', 'ok 2', 'bad 2', 'ok 3'], { cwd });
  const script = 'case "$1" in bad*) echo "cannot load $1" >&2; exit 3;; esac';
  expect((await dibs(['work', 'q', '-q', '--retries', '2', '--backoff', '0', '--', 'sh', '-c', script, 'sh'], { cwd })).code).toBe(2);
  await dibs(['put', 'q', '--json-values', '--key', 'k 4', '{"n":4}'], { cwd });
  return cwd;
}

describe('dibs status', () => {
  it('prints what the library returns as one line of JSON', async () => {
    const cwd = await workedQueue();
    const ended = await dibs(['status', 'q', '--json'], { cwd });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const [status, ...more] = jsonLines(ended);
    expect(more).toEqual([]);
    expect(status).toEqual({
      kind: 'persistent-queue',
      directory: expect.stringMatching(/q$/),
      name: 'queue',
      version: 1,
      holder: null,
      closed: false,
      finished: false,
      counts: { ...counts, waiting: 1, done: 3, failed: 2 },
      runs: expect.arrayContaining([{ run: expect.any(Number), puts: 1, dones: 0, bytes: expect.any(Number) }]),
      bytes: expect.any(Number),
    });
  });

  it('prints it for people too', async () => {
    const cwd = await workedQueue();
    const { code, stdout } = await dibs(['status', 'q'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /\/q: persistent-queue 'queue', format 1\n {2}state +waiting for a worker\n {2}load +open: more may be put\n {2}holder +nobody\n {2}waiting +1\n {2}taken +0\n {2}done +3\n {2}failed +2\n/,
    );
    expect(stdout).not.toContain('\u001b');
  });

  it('names who holds the queue, and says when that one is dead', async () => {
    const cwd = tempFolder();
    await dibs(['put', 'q', 'a'], { cwd });
    const holder = startDibs(['work', 'q', '--', 'sh', '-c', 'sleep 60'], { cwd });
    await eventually(() => holder.stderr() !== '');
    const look = async (): Promise<unknown> => jsonLines(await dibs(['status', 'q', '--json'], { cwd }))[0];
    expect(await look()).toMatchObject({
      holder: { pid: holder.child.pid, alive: true, since: expect.stringMatching(/^\d{4}-.*Z$/) },
      counts: { taken: 1 },
    });
    holder.child.kill('SIGKILL');
    await holder.ended;
    expect(await look()).toMatchObject({ holder: { pid: holder.child.pid, alive: false } });
    expect((await dibs(['status', 'q'], { cwd })).stdout).toContain('dead: the next opening takes over');
  });
});

describe('dibs outstanding', () => {
  it('prints values one a line, in put order, and JSON with all there is', async () => {
    const cwd = tempFolder();
    await dibs(['put', 'q', 'b', 'two\nlines', 'a\u001b[31m', 'a'], { cwd });
    await dibs(['put', 'q', '--json-values', '--key', 'k', '{"n":4}'], { cwd });
    expect(await dibs(['outstanding', 'q'], { cwd })).toMatchObject({ code: 0, stdout: `b\n"two\\nlines"\n"a\\u001b[31m"\na\n{"n":4}\n` });
    const lines = jsonLines(await dibs(['outstanding', 'q', '--json'], { cwd }));
    expect(lines[1]).toEqual({ id: expect.stringMatching(/^\d{8}-\d{10}$/), value: 'two\nlines', attempts: 0 });
    expect(lines[4]).toEqual({ id: expect.stringMatching(/^\d{8}-\d{10}$/), key: 'k', value: { n: 4 }, attempts: 0 });
    expect((await dibs(['outstanding', 'q', '--limit', '2'], { cwd })).stdout).toBe('b\n"two\\nlines"\n');
    expect((await dibs(['outstanding', 'q', '-n', '0'], { cwd })).stdout).toBe('');
  });
});

describe('dibs failed and dibs retry', () => {
  it('print reasons, and put back to work', async () => {
    const cwd = await workedQueue();
    const failed = await dibs(['failed', 'q', '--json'], { cwd });
    const [first, second, ...more] = jsonLines(failed);
    expect(more).toEqual([]);
    expect(first).toEqual({
      id: '00000001-0000000002',
      value: 'bad\n1',
      attempts: 2,
      error: { name: 'ProgramFailedError', message: 'exit code 3: 1', stack: 'ProgramFailedError: exit code 3: 1' },
    });
    expect(second).toMatchObject({ id: '00000001-0000000004', value: 'bad 2', error: { message: 'exit code 3: cannot load bad 2' } });
    expect((await dibs(['failed', 'q'], { cwd })).stdout).toBe(
      '00000001-0000000002  2 attempts  "bad\\n1"\n    ProgramFailedError: exit code 3: 1\n' +
        '00000001-0000000004  2 attempts  bad 2\n    ProgramFailedError: exit code 3: cannot load bad 2\n',
    );

    expect(await dibs(['retry', 'q', '00000001-0000000004', '00000001-0000000003'], { cwd })).toMatchObject({
      code: 1,
      stdout: '1 message put back to work\n',
      stderr: 'dibs: 1 of 2 ids not failed. Run: dibs failed q\n',
    });
    expect(await dibs(['retry', 'q', '--json'], { cwd })).toMatchObject({ code: 0, stdout: '{"retried":1}\n' });
    expect(await dibs(['retry', 'q'], { cwd })).toMatchObject({ code: 0, stdout: '0 messages put back to work\n' });
    expect((await dibs(['outstanding', 'q'], { cwd })).stdout).toBe('"bad\\n1"\nbad 2\n{"n":4}\n');
    expect((await dibs(['work', 'q', '--', 'true'], { cwd })).code).toBe(0);
  });
});

describe('dibs verify', () => {
  it('finds nothing in a sound queue', async () => {
    const cwd = await workedQueue();
    expect(await dibs(['verify', 'q'], { cwd })).toMatchObject({ code: 0, stdout: 'No damage.\n', stderr: '' });
    expect(await dibs(['verify', 'q', '--json'], { cwd })).toMatchObject({ code: 0, stdout: '' });
  });

  it('prints each damaged range with file and offset, and ends with 1', async () => {
    const cwd = tempFolder();
    await dibs(['put', 'q', 'first value', 'second value', 'third value'], { cwd });
    const name = readdirSync(join(cwd, 'q')).find((file) => file.endsWith('.put.tsv')) ?? '';
    const path = join(cwd, 'q', name);
    const bytes = readFileSync(path);
    bytes[bytes.indexOf('second') + 2] = 0x58;
    writeFileSync(path, bytes);

    const [damage, ...more] = jsonLines(await dibs(['verify', 'q', '--json'], { cwd }));
    expect(more).toEqual([]);
    expect(damage).toEqual({ file: name, offset: expect.any(Number), length: expect.any(Number), reason: expect.any(String) });
    const plain = await dibs(['verify', 'q'], { cwd });
    expect(plain.code).toBe(1);
    expect(plain.stdout).toMatch(new RegExp(`^${name} at \\d+, \\d+ bytes: .+\\n$`));
    expect(plain.stderr).toMatch(/^dibs: 1 damaged range, \d+ B\. /);
    expect((await dibs(['outstanding', 'q'], { cwd })).stdout).toBe('first value\nthird value\n');
  });
});
