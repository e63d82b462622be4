import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';
import { dibs, jsonLines, startDibs } from '../dibs.ts';
import { eventually } from '../processes.ts';
import { folderOf } from './folder-of.ts';

/** A directory with these files, each with its own name in it. */
function filesIn(...names: string[]): string {
  const cwd = tempFolder();
  for (const name of names) writeFileSync(join(cwd, name), name);
  return cwd;
}

function messages(cwd: string): string[] {
  return readdirSync(join(cwd, 'q'))
    .filter((name) => !name.startsWith('.'))
    .toSorted();
}

async function producers(cwd: string): Promise<unknown> {
  const [status] = jsonLines(await dibs(['status', 'q', '--json'], { cwd }));
  return typeof status === 'object' && status !== null && 'producers' in status ? status.producers : undefined;
}

it('moves files into a folder that it makes for what they end with', async () => {
  const cwd = filesIn('a.csv', 'b c.csv');
  expect(await dibs(['put', 'q', '--files', 'a.csv', 'b c.csv'], { cwd })).toEqual({
    code: 0,
    signal: null,
    stdout: '2 files put, in a new folder of .csv files\n',
    stderr: '',
  });
  expect(messages(cwd)).toEqual(['a.csv', 'b c.csv']);
  expect(readFileSync(join(cwd, 'q', 'b c.csv'), 'utf8')).toBe('b c.csv');
  expect(existsSync(join(cwd, 'a.csv'))).toBe(false);
  writeFileSync(join(cwd, 'c.csv'), '');
  expect(await dibs(['put', 'q', 'c.csv'], { cwd })).toMatchObject({ code: 0, stdout: '1 file put\n' });
  expect(await producers(cwd)).toEqual([]);
});

it('copies them with --copy, and says as JSON what was put where', async () => {
  const cwd = filesIn('a.csv');
  const ended = await dibs(['put', 'q', '--copy', 'a.csv', '--json'], { cwd });
  expect(jsonLines(ended)).toEqual([{ put: 1, refused: 0, files: [{ name: 'a.csv', path: expect.stringMatching(/^\/.*\/q\/a\.csv$/) }] }]);
  expect(existsSync(join(cwd, 'a.csv'))).toBe(true);
});

it('makes a queue of values as long as no option speaks of files', async () => {
  const cwd = filesIn('a.csv');
  await dibs(['put', 'q', 'a.csv'], { cwd });
  expect(existsSync(join(cwd, 'q', '.dibs'))).toBe(false);
  expect(await dibs(['outstanding', 'q'], { cwd })).toMatchObject({ stdout: 'a.csv\n' });
});

it.each([['--copy'], ['--extension=.csv'], ['--retries=5'], ['--producer=etl'], ['--name=a.csv']])(
  'makes a folder by %s too, also of a directory with other things in it',
  async (option) => {
    const cwd = filesIn('a.csv');
    mkdirSync(join(cwd, 'q'));
    writeFileSync(join(cwd, 'q', 'holiday.jpg'), 'x');
    expect((await dibs(['put', 'q', option, 'a.csv'], { cwd })).code).toBe(0);
    expect(await dibs(['outstanding', 'q'], { cwd })).toMatchObject({ code: 0, stdout: 'a.csv\n' });
  },
);

it('puts stdin as one file, of which nobody sees a part', async () => {
  const cwd = tempFolder();
  const bytes = new Uint8Array([0, 0xff, 10, 0x80]);
  expect(await dibs(['put', 'q', '--name', 'dump.sql', '-'], { cwd, input: bytes })).toMatchObject({ code: 0 });
  expect(new Uint8Array(readFileSync(join(cwd, 'q', 'dump.sql')))).toEqual(bytes);
  const putting = startDibs(['put', 'q', '--name', 'more.sql'], { cwd, input: 'half', moreInput: true });
  await eventually(() => readdirSync(join(cwd, 'q', '.dibs', 'stages')).length === 1);
  expect(messages(cwd)).toEqual(['dump.sql']);
  putting.child.kill('SIGINT');
  expect(await putting.ended).toMatchObject({ code: 130, stdout: '', stderr: '' });
  expect(messages(cwd)).toEqual(['dump.sql']);
});

it('leaves what can not be put where it is, puts the rest, and ends with 1', async () => {
  const cwd = filesIn('a.csv', 'b.csv', 'new\nline.csv', 'c.tsv');
  await dibs(['put', 'q', '--copy', 'a.csv'], { cwd });
  const ended = await dibs(['put', 'q', 'a.csv', 'b.csv', 'new\nline.csv', 'c.tsv', 'nowhere.csv'], { cwd });
  expect(ended).toMatchObject({ code: 1, stdout: '1 file put, 4 not\n' });
  const complaints = ended.stderr.trim().split('\n');
  expect(complaints).toEqual([
    expect.stringMatching(/^dibs: .*q\/a\.csv is there already/),
    expect.stringMatching(/^dibs: "new\\nline\.csv" can't be put: it holds a control character/),
    expect.stringMatching(/^dibs: "c\.tsv" can't be put: it does not end with \.csv/),
    expect.stringMatching(/^dibs: .*nowhere\.csv" can't be put: there is no such file/),
  ]);
  expect(messages(cwd)).toEqual(['a.csv', 'b.csv']);
  expect(existsSync(join(cwd, 'a.csv'))).toBe(true);
});

it('says HELO and DONE for a producer that has a name, and FAILED if it could not put all', async () => {
  const cwd = filesIn('a.csv', 'b.csv');
  expect(await dibs(['put', 'q', '--producer', 'extract', 'a.csv', 'b.csv'], { cwd })).toMatchObject({
    code: 0,
    stdout: '2 files put, in a new folder of .csv files, all said to be done\n',
  });
  expect(await producers(cwd)).toMatchObject([{ name: 'extract', state: 'done' }]);
  expect(await dibs(['put', 'q', '--producer', 'extract', 'gone.csv'], { cwd })).toMatchObject({
    code: 1,
    stdout: '0 files put, 1 not, said to have failed\n',
  });
  expect(await producers(cwd)).toMatchObject([{ name: 'extract', state: 'failed', reason: expect.stringContaining('no such file') }]);
  expect(await dibs(['put', 'q', '--producer', 'extract'], { cwd })).toMatchObject({
    code: 0,
    stdout: '0 files put, all said to be done\n',
  });
  expect(await producers(cwd)).toMatchObject([{ name: 'extract', state: 'done' }]);
});

it('says FAILED when a producer is interrupted', async () => {
  const cwd = tempFolder();
  const putting = startDibs(['put', 'q', '--producer', 'extract', '--name', 'a.csv', '-'], { cwd, input: 'half', moreInput: true });
  await eventually(() => existsSync(join(cwd, 'q', '.dibs', 'stages')) && readdirSync(join(cwd, 'q', '.dibs', 'stages')).length === 1);
  putting.child.kill('SIGTERM');
  expect(await putting.ended).toMatchObject({ code: 143 });
  expect(await producers(cwd)).toMatchObject([{ name: 'extract', state: 'failed', reason: 'Interrupted by SIGTERM.' }]);
});

it.each([
  [['--files'], 'nothing to put: give files, or - and a --name for stdin. Run: dibs put --help'],
  [['--files', '-'], '- puts stdin as one file: give it a --name. Run: dibs put --help'],
  [['--name', 'x.csv', 'a.csv', 'b.csv'], '--name is for one file. Run: dibs put --help'],
  [['--files', 'a.csv', 'sub/a.csv'], 'two of the files are called a.csv: put one of them with --name'],
  [['--files', 'a.csv', 'b.tsv'], 'a folder has files of one extension, and these have several: give --extension. Run: dibs put --help'],
  [['--files', 'Makefile'], `'' can't be the extension of a folder's files: rename them, or give --name. Run: dibs put --help`],
  [['--extension', 'csv', 'a.csv'], "--extension takes a dot and a few letters, as .csv, not 'csv'"],
  [['--extension', '.wip', 'a.csv'], "--extension takes a dot and a few letters, as .csv, not '.wip'"],
  [['--producer', '', 'a.csv'], '--producer takes a name of at most 100 characters'],
])('refuses %j as usage, and makes nothing', async (words, complaint) => {
  const cwd = filesIn('a.csv', 'b.csv');
  expect(await dibs(['put', 'q', ...words], { cwd })).toMatchObject({ code: 2, stdout: '', stderr: `dibs: ${complaint}\n` });
  expect(existsSync(join(cwd, 'q'))).toBe(false);
});

it('keeps to what a folder was made with', async () => {
  const cwd = await folderOf(['a.csv'], '--retries', '5');
  const put = (...words: string[]) => dibs(['put', 'q', ...words, 'x.csv'], { cwd });
  expect(await put('--retries', '3')).toMatchObject({
    code: 2,
    stderr: 'dibs: --retries 3 is not what q was made with: each file is tried 5 times, by all who work on it. Leave --retries out\n',
  });
  expect(await put('--extension', '.tsv')).toMatchObject({
    code: 2,
    stderr: 'dibs: q is a folder of .csv files, not of .tsv ones. Leave --extension out\n',
  });
  writeFileSync(join(cwd, 'x.csv'), '');
  expect(await put('--retries', '5', '--extension', '.csv')).toMatchObject({ code: 0 });
});
