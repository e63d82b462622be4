import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dibs, startDibs } from '../dibs.ts';
import { eventually } from '../processes.ts';
import { folderOf } from './folder-of.ts';

const TAIL = ['tail', 'q', '--interval', '0.02'];

it('prints a line for each thing that happens, until Ctrl-C', async () => {
  const cwd = await folderOf([], '--producer', 'first');
  const tail = startDibs(TAIL, { cwd });
  await eventually(() => tail.stderr() === 'dibs: looking at q from now on; Ctrl-C ends it\n');
  await dibs(['put', 'q', '--producer', 'extract', '--name', 'a.tsv', '-'], { cwd, input: 'x' });
  await eventually(() => tail.stdout().includes('DONE'));
  const working = startDibs(['work', 'q', '-q', '--', 'sh', '-c', 'exec sleep 60'], { cwd });
  await eventually(() => tail.stdout().includes('claimed'));
  working.child.kill('SIGKILL');
  await working.ended;
  await dibs(['release', 'q'], { cwd });
  await eventually(() => tail.stdout().includes('returned'));
  await dibs(['work', 'q', '-q', '--', 'true'], { cwd });
  await eventually(() => tail.stdout().includes('done'));
  tail.child.kill('SIGINT');
  const { code, stdout } = await tail.ended;
  expect(code).toBe(130);
  const lines = stdout.trim().split('\n');
  for (const line of lines) expect(line).toMatch(/^\d\d:\d\d:\d\d {2}\S+ +\S/);
  const told = lines.map((line) => line.slice(10)).join('\n');
  expect(told).toMatch(
    /^producer {2}extract \(process \d+ on .*\) says HELO\nput {7}a\.tsv\nproducer {2}extract \(process \d+ on .*\) says DONE\nclaimed {3}a\.tsv {2}by \S+, attempt 1\nreturned {2}a\.tsv {2}by \S+, attempt 1\n(claimed .*\n)?done {6}a\.tsv/,
  );
});

it('says that the folder is not there any more, as any other command does', async () => {
  const cwd = await folderOf(['a.tsv']);
  const tail = startDibs(TAIL, { cwd });
  await eventually(() => tail.stderr() !== '');
  renameSync(join(cwd, 'q'), join(cwd, 'moved'));
  expect(await tail.ended).toMatchObject({ code: 3, stderr: expect.stringMatching(/\ndibs: There is no queue at .*q\. .*\n$/) });
});
