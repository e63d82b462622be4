import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';
import { dibs, jsonLines, MAIN, startDibs, startProgram } from '../dibs.ts';
import type { Ended } from '../dibs.ts';
import { eventually } from '../processes.ts';

const HOSTILE = [
  'with spaces',
  'two\nlines',
  `it's "quoted"`,
  '-rf',
  '--',
  '$(touch hacked)',
  '`id`',
  '*',
  '{}',
  '$1',
  '🦊',
  '',
  '\\',
  '; ls',
  '--json',
];
const ID = /^\d{8}-\d{10}$/;

/** A program that appends what it was given to the file `ledger`: two arguments, id and attempt, each ended by a NUL. */
const WRITE_LEDGER = ['sh', '-c', `printf '%s\\0' "$@" "$DIBS_ID" "$DIBS_ATTEMPT" >> ledger`, 'sh'];

async function queueOf(values: readonly unknown[]): Promise<string> {
  const cwd = tempFolder();
  await dibs(['put', 'q', '--json-values', '-'], { cwd, input: values.map((value) => JSON.stringify(value)).join('\n') });
  return cwd;
}

const work = (cwd: string, ...words: string[]): Promise<Ended> => dibs(['work', 'q', '--backoff', '0', ...words], { cwd });

describe('dibs work', () => {
  it('passes each value as one argument, whatever is in it, in put order', async () => {
    const cwd = await queueOf([...HOSTILE, { rows: [0, 'a b'] }, 7, null]);
    const { code, stderr } = await work(cwd, '--', ...WRITE_LEDGER, 'before', 'x{}y{}');
    expect([code, stderr]).toEqual([0, expect.stringContaining(`${HOSTILE.length + 3} messages done in `)]);
    const words = readFileSync(join(cwd, 'ledger'), 'utf8').split('\0').slice(0, -1);
    const texts = [...HOSTILE, '{"rows":[0,"a b"]}', '7', 'null'];
    expect(words).toEqual(texts.flatMap((text) => ['before', `x${text}y${text}`, expect.stringMatching(ID), '1']));
  });

  it('puts the value at the end where no {} stands, and on stdin when asked', async () => {
    const cwd = await queueOf(['a b']);
    expect((await work(cwd, '-q', '--', 'echo', 'got:')).stdout).toBe('got: a b\n');
    await dibs(['put', 'q', '--json-values', '{"rows":[1]}', '"text"'], { cwd });
    expect((await work(cwd, '-q', '--stdin', '--', 'sh', '-c', 'cat; echo " $#"')).stdout).toBe('{"rows":[1]} 0\ntext 0\n');
  });

  it('ends with the number of messages that are failed, also those of an earlier run', async () => {
    const cwd = await queueOf(['good', 'bad 1', 'bad 2', 'bad 3']);
    const script = 'echo "$DIBS_ATTEMPT" >> tries; case "$1" in bad*) exit 9;; esac';
    const first = await work(cwd, '--retries', '2', '--', 'sh', '-c', script, 'sh');
    expect(first.code).toBe(3);
    expect(first.stderr).toMatch(/ \(bad 1\) failed at attempt 1 of 2: exit code 9\n/);
    expect(first.stderr).toMatch(/ \(bad 3\) given up at attempt 2 of 2: exit code 9\n/);
    expect(first.stderr).toMatch(
      /dibs: 1 message done, 3 given up in .*; nothing left\ndibs: 3 messages failed\. Reasons: dibs failed q\. Try again: dibs retry q\n$/,
    );
    expect(readFileSync(join(cwd, 'tries'), 'utf8').trim().split('\n').toSorted()).toEqual(['1', '1', '1', '1', '2', '2', '2']);
    expect(await work(cwd, '--', 'true')).toMatchObject({ code: 3, stderr: expect.stringContaining('3 messages failed, before this.') });
    await dibs(['retry', 'q'], { cwd });
    expect((await work(cwd, '--', 'true')).code).toBe(0);
  });

  it('counts what an earlier load gave up until it is retried, and says so', async () => {
    const cwd = await queueOf(['bad']);
    await dibs(['put', 'q', '--close'], { cwd });
    expect((await work(cwd, '--retries', '1', '--', 'false')).code).toBe(1);
    await dibs(['put', 'q', 'good', 'bad', '--close'], { cwd });
    expect(await work(cwd, '--retries', '1', '--', 'test', 'good', '=')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('dibs: 2 messages failed, 1 of them before this. Reasons'),
    });
    await dibs(['retry', 'q'], { cwd });
    expect((await work(cwd, '--', 'true')).code).toBe(0);
  });

  it('counts a death by a signal and a timeout as failed attempts', async () => {
    const cwd = await queueOf(['kill', 'hang']);
    const { code } = await work(
      cwd,
      '--retries',
      '1',
      '--timeout',
      '1',
      '--',
      'sh',
      '-c',
      'case "$1" in kill) kill -9 $$;; hang) exec sleep 60;; esac',
      'sh',
    );
    expect(code).toBe(2);
    expect(jsonLines(await dibs(['failed', 'q', '--json'], { cwd }))).toMatchObject([
      { value: 'kill', error: { message: 'killed by SIGKILL' } },
      { value: 'hang', error: { message: 'timed out after 1.0s' } },
    ]);
  });

  it('gives up at once what no argument can carry, and passes it on stdin', async () => {
    const cwd = await queueOf(['nul \0 inside', 'x'.repeat(200_000)]);
    expect((await work(cwd, '--', 'true')).code).toBe(2);
    expect((await dibs(['failed', 'q', '--json'], { cwd })).stdout).toMatch(/NUL.*--stdin.*\n.*too long.*--stdin/);
    await dibs(['retry', 'q'], { cwd });
    expect((await work(cwd, '-q', '--stdin', '--', 'sh', '-c', 'wc -c | tr -d " "')).stdout).toBe('12\n200000\n');
  });

  it.each([
    ['no-such-program-at-all', 127, 'ENOENT'],
    ['/', 126, 'EACCES'],
  ])('charges no message when %s can not be started', async (program, exitCode, errno) => {
    const cwd = await queueOf(['a', 'b']);
    const { code, stderr } = await work(cwd, '--', program);
    expect(code).toBe(exitCode);
    expect(stderr).toContain(`dibs: ${program} can't be started (${errno}). Check its name and PATH; no attempt was counted.\n`);
    expect(stderr).not.toContain('left');
    expect(await work(cwd, '--json', '--', program)).toMatchObject({ code: exitCode, stdout: '' });
    expect(jsonLines(await dibs(['outstanding', 'q', '--json'], { cwd }))).toMatchObject([{ attempts: 0 }, { attempts: 0 }]);
  });

  it('runs as many at once as asked, and no more', async () => {
    const cwd = await queueOf(Array.from({ length: 8 }, (_, i) => i));
    // Each waits until four have begun in all, then for its own end: with fewer than four at once it would hang.
    const script = 'echo + >> log; while [ "$(grep -c + log)" -lt 4 ]; do sleep 0.02; done; sleep 0.1; echo - >> log';
    expect((await work(cwd, '-j', '4', '--', 'sh', '-c', script, 'sh')).code).toBe(0);
    let [now, most] = [0, 0];
    for (const sign of readFileSync(join(cwd, 'log'), 'utf8').trim().split('\n')) most = Math.max(most, (now += sign === '+' ? 1 : -1));
    expect([now, most]).toEqual([0, 4]);
  });

  it('prints an event a line as JSON and a report, and all that programs write to stderr', async () => {
    const cwd = await queueOf(['good', 'bad']);
    const ended = await work(
      cwd,
      '--json',
      '--retries',
      '2',
      '--',
      'sh',
      '-c',
      'echo "out $1"; test "$1" = good || { echo "err $1" >&2; exit 4; }',
      'sh',
    );
    expect(ended.code).toBe(1);
    expect(ended.stderr.trim().split('\n').toSorted()).toEqual(['err bad', 'err bad', 'out bad', 'out bad', 'out good']);
    const events = jsonLines(ended);
    const error = { name: 'ProgramFailedError', message: 'exit code 4: err bad' };
    const base = { id: expect.stringMatching(ID), durationMs: expect.any(Number) };
    expect(events).toHaveLength(4);
    expect(events).toEqual(
      expect.arrayContaining([
        { event: 'done', ...base, attempt: 1 },
        { event: 'failed', ...base, attempt: 1, givenUp: false, error },
        { event: 'failed', ...base, attempt: 2, givenUp: true, error },
      ]),
    );
    expect(events.at(-1)).toEqual({
      event: 'report',
      taken: 3,
      done: 1,
      failed: 1,
      retried: 1,
      released: 0,
      lost: 0,
      interrupted: null,
      durationMs: expect.any(Number),
      counts: { waiting: 0, taken: 0, done: 1, failed: 1, damaged: 0 },
      failedBefore: 0,
    });
  });

  it('prints the command lines and runs nothing with --dry-run, also while somebody has the queue', async () => {
    const cwd = await queueOf(['a b', `it's`, { n: 1 }, 'nul\0']);
    const holder = startDibs(['work', 'q', '--', 'sh', '-c', 'sleep 60'], { cwd });
    await eventually(() => holder.stderr() !== '');
    const { code, stdout } = await work(cwd, '--dry-run', '--', 'touch', '--', '{}');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^touch -- 'a b'\ntouch -- 'it'\\''s'\ntouch -- '\{"n":1\}'\n# \d{8}-\d{10}: .*NUL.*\n$/);
    expect(jsonLines(await work(cwd, '--dry-run', '--json', '--', 'touch', '--', '{}'))).toEqual([
      { id: expect.stringMatching(ID), command: ['touch', '--', 'a b'] },
      { id: expect.stringMatching(ID), command: ['touch', '--', `it's`] },
      { id: expect.stringMatching(ID), command: ['touch', '--', '{"n":1}'] },
      { id: expect.stringMatching(ID), error: { name: 'PermanentError', message: expect.stringContaining('NUL') } },
    ]);
  });

  it('takes no more once a message is given up with --halt, and keeps what programs write with --results', async () => {
    const cwd = await queueOf(['a', 'b']);
    expect(
      await work(cwd, '--halt', 'soon,fail=1', '--results', 'kept', '--retries', '1', '--', 'sh', '-c', 'echo $1; exit 1', 'sh'),
    ).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('1 message left'),
    });
    expect((await dibs(['outstanding', 'q'], { cwd })).stdout).toBe('b\n');
    expect(readFileSync(join(cwd, 'kept/00000001-0000000001/1/stdout'), 'utf8')).toBe('a\n');
    expect(await work(cwd, '--halt', 'later', '--', 'true')).toMatchObject({ code: 2, stderr: expect.stringContaining("not 'later'") });
  });

  it('takes no more when the disk of its output is full, and what ended with 0 is done', async (ctx) => {
    if (!existsSync('/dev/full')) return ctx.skip('there is no /dev/full here');
    const cwd = await queueOf(['a', 'b']);
    const command = `exec '${process.execPath}' '${MAIN}' work q --retries 1 -- echo > /dev/full`;
    expect(await startProgram('sh', ['-c', command], { cwd }).ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /dibs: The output can't be written \(ENOSPC\)\. Make room for it, or write it elsewhere, and run this again\.\n$/,
      ),
    });
    const [status] = jsonLines(await dibs(['status', 'q', '--json'], { cwd }));
    expect(status).toMatchObject({ counts: { waiting: 1, done: 1, failed: 0 } });
  });

  it('has nothing to do in a finished queue, and leaves it as it is', async () => {
    const cwd = await queueOf(['a']);
    await dibs(['put', 'q', '--close'], { cwd });
    await work(cwd, '--', 'true');
    const before = (await dibs(['status', 'q', '--json'], { cwd })).stdout;
    expect(before).toContain('"finished":true');
    expect(await work(cwd, '--', 'false')).toMatchObject({ code: 0, stderr: expect.stringContaining('0 messages done') });
    expect((await dibs(['status', 'q', '--json'], { cwd })).stdout).toBe(before);
  });

  it('keeps lines of programs that write at once apart', async () => {
    const cwd = await queueOf([1, 2, 3, 4]);
    writeFileSync(
      join(cwd, 'slow.cjs'),
      `(async () => { for (let i = 0; i < 200; i++) { process.stdout.write('one ' + i); await null; process.stdout.write(' line\\n'); } })();`,
    );
    const { stdout } = await work(cwd, '-q', '-j', '4', '--', process.execPath, 'slow.cjs');
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(800);
    expect(lines.every((line) => /^one \d+ line$/.test(line))).toBe(true);
  });
});
