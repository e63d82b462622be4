import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';
import { dibs, jsonLines, startDibs } from '../dibs.ts';
import { eventually } from '../processes.ts';
import { folderOf } from './folder-of.ts';

/** A folder with a file that a worker had when it was killed, and one that is ready. */
async function abandonedFolder(): Promise<string> {
  const cwd = await folderOf(['a.tsv', 'b.tsv'], '--producer', 'extract');
  const working = startDibs(['work', 'q', '--order', 'strict', '--', 'sh', '-c', 'echo; exec sleep 60'], { cwd });
  await eventually(() => working.stdout() !== '');
  working.child.kill('SIGKILL');
  await working.ended;
  return cwd;
}

it('releases what a dead worker had, its attempt counted', async () => {
  const cwd = await abandonedFolder();
  expect(await dibs(['release', 'q'], { cwd })).toMatchObject({ code: 0, stdout: '1 file ready again\n', stderr: '' });
  expect(await dibs(['release', 'q', '--json'], { cwd })).toMatchObject({ code: 0, stdout: '{"claims":0}\n' });
  expect(jsonLines(await dibs(['outstanding', 'q', '--json'], { cwd }))).toMatchObject([{ attempts: 1 }, { attempts: 0 }]);
});

it('resets: what was claimed is ready, and what producers said is gone', async () => {
  const cwd = await abandonedFolder();
  expect(await dibs(['reset', 'q', '--json'], { cwd })).toMatchObject({ code: 0, stdout: '{"claims":1,"controlFiles":2}\n' });
  expect(await dibs(['reset', 'q'], { cwd })).toMatchObject({ code: 0, stdout: '0 files ready again, 0 control files removed\n' });
  expect(jsonLines(await dibs(['status', 'q', '--json'], { cwd }))).toMatchObject([{ counts: { ready: 2, claimed: 0 }, producers: [] }]);
});

it('leaves a folder alone that somebody alive uses, unless it is forced', async () => {
  const cwd = await folderOf(['a.tsv']);
  const working = startDibs(['work', 'q', '--', 'sh', '-c', 'echo; exec sleep 60'], { cwd });
  await eventually(() => working.stdout() !== '');
  for (const words of [
    ['release', 'q'],
    ['reset', 'q'],
    ['purge', 'q', '-y'],
  ]) {
    expect(await dibs(words, { cwd })).toMatchObject({
      code: 75,
      stdout: '',
      stderr: expect.stringMatching(/^dibs: .*, which \S+ uses\. /),
    });
  }
  expect(await dibs(['release', 'q', '--force'], { cwd })).toMatchObject({ code: 0, stdout: '1 file ready again\n' });
});

it.each(['y\n', 'yes\n', ' Y \n', 'y'])('purges when it is told so: %j', async (input) => {
  const cwd = await folderOf(['a.tsv', 'b.tsv']);
  mkdirSync(join(cwd, 'q', 'mine'));
  const ended = await dibs(['purge', 'q'], { cwd, input });
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^2 files deleted\n {2}still there: .*mine\n$/) });
  expect(ended.stderr).toContain(`Delete every file in ${join(cwd, 'q')} (2 ready, 0 claimed, 0 failed, 0 done)? [y/N] `);
  expect(readdirSync(join(cwd, 'q'))).toEqual(['mine']);
});

it.each(['n\n', '\n', '', 'yesterday\n', 'no\ny\n'])('takes nothing else for a yes: %j', async (input) => {
  const cwd = await folderOf(['a.tsv']);
  expect(await dibs(['purge', 'q'], { cwd, input })).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/\[y\/N\] \n?dibs: q is left as it is\. Say y, or give --yes\n$/),
  });
  expect(existsSync(join(cwd, 'q', 'a.tsv'))).toBe(true);
});

it('asks nothing with --yes, and says as JSON what is gone', async () => {
  const cwd = await folderOf(['a.tsv']);
  await dibs(['work', 'q', '-q', '--', 'true'], { cwd });
  expect(await dibs(['purge', 'q', '--yes', '--json'], { cwd })).toMatchObject({
    code: 0,
    stdout: '{"removed":1,"left":[]}\n',
    stderr: '',
  });
  expect(readdirSync(join(cwd, 'q'))).toEqual([]);
});

it.each([
  ['purge', 'q', '--yes'],
  ['purge', 'q'],
  ['reset', 'q'],
  ['release', 'q'],
])('touches nothing in a directory that is no queue: %s %s %s', async (...words) => {
  const cwd = tempFolder();
  mkdirSync(join(cwd, 'q'));
  writeFileSync(join(cwd, 'q', 'holiday.tsv'), 'x');
  expect(await dibs(words.filter(Boolean), { cwd, input: 'y\n' })).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringMatching(/is not a queue: /),
  });
  expect(readdirSync(join(cwd, 'q'))).toEqual(['holiday.tsv']);
});

it.each([
  [['reset', 'q', '--lease', '0.01'], "--lease takes seconds, from 0.1 to a week, not '0.01'"],
  [['reset', 'q', '--wait', 'x'], "--wait takes seconds, above 0 and up to 2147483, not 'x'"],
])('refuses %j as usage', async (words, complaint) => {
  expect(await dibs(words, { cwd: await folderOf(['a.tsv']) })).toMatchObject({ code: 2, stderr: `dibs: ${complaint}\n` });
});
