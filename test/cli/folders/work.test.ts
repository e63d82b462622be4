import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';
import { dibs, jsonLines, startDibs } from '../dibs.ts';
import type { Ended } from '../dibs.ts';
import { eventually } from '../processes.ts';
import { folderOf } from './folder-of.ts';

const HOSTILE = [
  'with spaces.tsv',
  `it's "quoted".tsv`,
  '-rf.tsv',
  '$(touch hacked).tsv',
  '`id`.tsv',
  '*.tsv',
  '{}.tsv',
  '🦊.tsv',
  '; ls.tsv',
  '~.tsv',
];

/** A program that appends what it was given to the file `ledger`, each ended by a NUL, with what is in the file. */
const WRITE_LEDGER = ['sh', '-c', `printf '%s\\0' "$#" "$1" "$DIBS_ID" "$DIBS_NAME" "$DIBS_ATTEMPT" "$(cat -- "$1")" >> ledger`, 'sh'];

const work = (cwd: string, ...words: string[]): Promise<Ended> => dibs(['work', 'q', '--backoff', '0', ...words], { cwd });

it('passes the path of each file as one argument, whatever is in its name', async () => {
  const cwd = await folderOf(HOSTILE);
  expect(await work(cwd, '--order', 'strict', '--', ...WRITE_LEDGER)).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/dibs: 10 messages done in .*; nothing left\n$/),
  });
  const words = readFileSync(join(cwd, 'ledger'), 'utf8').split('\0').slice(0, -1);
  expect(words).toEqual(
    HOSTILE.toSorted().flatMap((name) => ['1', expect.stringContaining(`${join(cwd, 'q', name)}.`), name, name, '1', name]),
  );
  expect(existsSync(join(cwd, 'hacked'))).toBe(false);
  expect(readdirSync(join(cwd, 'q', 'done')).toSorted()).toEqual(HOSTILE.toSorted());
});

it('puts the path in place of every {}, and prints what it would run', async () => {
  const cwd = await folderOf(['a b.tsv']);
  expect(await work(cwd, '--dry-run', '--', 'cat', '--', '{}')).toMatchObject({
    code: 0,
    stdout: `cat -- '${join(cwd, 'q', 'a b.tsv')}'\n`,
  });
  expect(jsonLines(await work(cwd, '--dry-run', '--json', '--', 'cat'))).toEqual([
    { id: 'a b.tsv', command: ['cat', join(cwd, 'q', 'a b.tsv')] },
  ]);
  expect((await work(cwd, '-q', '--', 'echo', 'x{}', '{}')).stdout).toMatch(/^x(\S+ b\.tsv\.\S+\.wip) \1\n$/);
});

it('tries what failed again, gives it up after the attempts of the folder, and ends with how many there are', async () => {
  const cwd = await folderOf(['good.tsv', 'bad.tsv'], '--retries', '2');
  const first = await work(cwd, '--', 'sh', '-c', 'echo "no $DIBS_NAME" >&2; test "$DIBS_NAME" = good.tsv');
  expect(first.code).toBe(1);
  expect(first.stderr).toContain('dibs: bad.tsv failed at attempt 1 of 2: exit code 1: no bad.tsv\n');
  expect(first.stderr).toContain('dibs: bad.tsv given up at attempt 2 of 2: exit code 1: no bad.tsv\n');
  expect(first.stderr).toMatch(
    /dibs: 1 message done, 1 given up in .*; nothing left\ndibs: 1 message failed\. Reasons: dibs failed q\. Try again: dibs retry q\n$/,
  );
  expect(readdirSync(join(cwd, 'q', 'failed')).toSorted()).toEqual(['bad.tsv', 'bad.tsv.error.json']);
  expect(await work(cwd, '--', 'true')).toMatchObject({ code: 1, stderr: expect.stringContaining('1 message failed, before this.') });
  expect(await work(cwd, '--retries', '3', '--', 'true')).toMatchObject({
    code: 2,
    stderr: 'dibs: --retries 3 is not what q was made with: each file is tried 2 times, by all who work on it. Leave --retries out\n',
  });
});

it('prints an event a line as JSON and a report', async () => {
  const cwd = await folderOf(['a.tsv', 'b.tsv'], '--retries', '1');
  const ended = await work(cwd, '--json', '--order', 'strict', '--', 'sh', '-c', 'echo out; test "$DIBS_NAME" = a.tsv');
  expect(ended).toMatchObject({ code: 1, stderr: 'out\nout\n' });
  expect(jsonLines(ended)).toEqual([
    { event: 'done', id: 'a.tsv', attempt: 1, durationMs: expect.any(Number) },
    {
      event: 'failed',
      id: 'b.tsv',
      attempt: 1,
      durationMs: expect.any(Number),
      givenUp: true,
      error: { name: 'ProgramFailedError', message: 'exit code 1' },
    },
    {
      event: 'report',
      taken: 2,
      done: 1,
      failed: 1,
      retried: 0,
      released: 0,
      lost: 0,
      interrupted: null,
      durationMs: expect.any(Number),
      counts: { ready: 0, claimed: 0, done: 1, failed: 1 },
      failedBefore: 0,
    },
  ]);
});

it('keeps finished files where it is told, or removes them', async () => {
  const cwd = await folderOf(['a.tsv', 'b.tsv'], '--retries', '1');
  const script = 'test "$DIBS_NAME" = a.tsv';
  await work(cwd, '--done-dir', 'archive/ok', '--failed-dir', 'archive/bad', '--', 'sh', '-c', script);
  expect(readdirSync(join(cwd, 'archive', 'ok'))).toEqual(['a.tsv']);
  expect(readdirSync(join(cwd, 'archive', 'bad'))).toContain('b.tsv');
  expect(await dibs(['retry', 'q', '--failed-dir', 'archive/bad'], { cwd })).toMatchObject({ stdout: '1 message put back to work\n' });
  const [, report] = jsonLines(await work(cwd, '--remove', '--json', '--', 'true'));
  expect(report).toMatchObject({ counts: { ready: 0, done: null, failed: 0 } });
  expect(readdirSync(join(cwd, 'q')).filter((name) => !name.startsWith('.'))).toEqual(['failed']);
  expect(await work(cwd, '--remove', '--done-dir', 'x', '--', 'true')).toMatchObject({
    code: 2,
    stderr: 'dibs: give one of --done-dir and --remove\n',
  });
});

it('charges no file when the command can not be started', async () => {
  const cwd = await folderOf(['a.tsv']);
  expect(await work(cwd, '--', 'no-such-program-at-all')).toMatchObject({ code: 127 });
  expect(jsonLines(await dibs(['outstanding', 'q', '--json'], { cwd }))).toMatchObject([{ name: 'a.tsv', attempts: 0 }]);
});

it('works on what others drop into a directory that is there, with --extension', async () => {
  const cwd = tempFolder();
  mkdirSync(join(cwd, 'q'));
  writeFileSync(join(cwd, 'q', 'a.csv'), '');
  mkdirSync(join(cwd, 'q', 'sub.csv'));
  expect(await work(cwd, '--', 'true')).toMatchObject({ code: 3 });
  expect(await work(cwd, '--extension', '.csv', '--', 'sh', '-c', 'echo "$DIBS_NAME"')).toMatchObject({
    code: 0,
    stdout: 'a.csv\n',
    stderr: expect.stringContaining('dibs: "sub.csv" is left alone: it is a directory\n'),
  });
});

it('ends with 1 and says who and why, when a producer failed or is lost', async () => {
  const cwd = await folderOf([]);
  await dibs(['put', 'q', '--producer', 'extract', 'nowhere.tsv'], { cwd });
  expect(await work(cwd, '--', 'true')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^dibs: .*extract \(process \d+ on .*\): .*no such file/m),
  });
  await dibs(['reset', 'q'], { cwd });
  const producer = startDibs(['put', 'q', '--producer', 'extract', '--name', 'b.tsv', '-'], { cwd, input: 'half', moreInput: true });
  await eventually(() => readdirSync(join(cwd, 'q')).some((name) => name.endsWith('.helo')));
  producer.child.kill('SIGKILL');
  await producer.ended;
  expect(await work(cwd, '--', 'true')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/dibs: extract .* is gone without a last word/),
  });
});
