import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kindOf } from '../../src/cli/queue-kind.ts';
import { dibs } from './dibs.ts';
import { folderOf } from './folders/folder-of.ts';

it('knows a folder by its .dibs, a queue of values by its manifest, and nothing else', async () => {
  const cwd = await folderOf(['a.tsv']);
  await dibs(['put', 'values', 'a'], { cwd });
  writeFileSync(join(cwd, 'file'), '');
  const kinds = await Promise.all(['q', 'values', 'in', 'file', 'nowhere'].map((name) => kindOf(join(cwd, name))));
  expect(kinds).toEqual(['folder', 'values', 'nothing', 'nothing', 'nothing']);
});

it('takes a folder for one although a message in it is called queue.json', async () => {
  const cwd = await folderOf(['queue.json']);
  expect(await kindOf(join(cwd, 'q'))).toBe('folder');
  expect(await dibs(['outstanding', 'q'], { cwd })).toMatchObject({ code: 0, stdout: 'queue.json\n' });
});

it.each([
  [['put', 'v', '--copy', 'a'], '--copy is for folders of files, and v is a queue of values. Run: dibs put --help'],
  [['put', 'v', '--name', 'a', '-'], '--name is for folders of files, and v is a queue of values. Run: dibs put --help'],
  [['work', 'v', '--remove', '--', 'true'], '--remove is for folders of files, and v is a queue of values. Run: dibs work --help'],
  [['work', 'v', '--lease', '5', '--', 'true'], '--lease is for folders of files, and v is a queue of values. Run: dibs work --help'],
  [['status', 'v', '--done-dir', 'x'], '--done-dir is for folders of files, and v is a queue of values. Run: dibs status --help'],
  [['failed', 'v', '--failed-dir', 'x'], '--failed-dir is for folders of files, and v is a queue of values. Run: dibs failed --help'],
  [
    ['reset', 'v'],
    'dibs reset is for folders of files, and v is a queue of values. After a crash the next command that takes it goes on by itself',
  ],
  [['purge', 'v', '-y'], 'dibs purge is for folders of files, and v is a queue of values. To delete it: rm -r v'],
  [['tail', 'v'], 'dibs tail is for folders of files, and v is a queue of values. See: dibs status v --watch'],
  [['put', 'q', '--close'], '--close is for queues of values, and q is a folder of files. Run: dibs put --help'],
  [['put', 'q', '--json-values', '1'], '--json-values is for queues of values, and q is a folder of files. Run: dibs put --help'],
  [['work', 'q', '--stdin', '--', 'cat'], '--stdin is for queues of values, and q is a folder of files. Run: dibs work --help'],
])('refuses what means nothing to the other kind: %j', async (words, complaint) => {
  const cwd = await folderOf(['a.tsv']);
  mkdirSync(join(cwd, 'v'));
  await dibs(['put', 'v', 'a'], { cwd });
  expect(await dibs(words, { cwd })).toMatchObject({ code: 2, stdout: '', stderr: `dibs: ${complaint}\n` });
});
