import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FolderBacklog } from '../../../src/cli/folders/folder-backlog.ts';
import { disk } from '../../../src/fs/disk.ts';
import { manualClock } from '../../../src/testing/manual-clock.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { eventually } from '../processes.ts';

function folder(...names: string[]): string {
  const directory = tempFolder();
  for (const name of names) writeFileSync(join(directory, name), '');
  mkdirSync(join(directory, 'done'));
  return directory;
}

it('counts what is ready, given back or claimed, and nothing else', async () => {
  const directory = folder('a.tsv', 'b.tsv.9f3ac2d1k4a2.again', 'c.tsv.etl-1-4711-9f3ac2d1-7a2.wip', 'd.csv', '.tsv', 'e.tsv.wip');
  const backlog = new FolderBacklog(disk, { directory, extension: '.tsv' }, manualClock());
  await backlog.count();
  expect(backlog.left()).toBe(3);
});

it('counts again when it is asked, but not all the time, and knows meanwhile what came to its end', async () => {
  const clock = manualClock();
  const directory = folder('a.tsv', 'b.tsv');
  const backlog = new FolderBacklog(disk, { directory, extension: '.tsv' }, clock);
  await backlog.count();
  writeFileSync(join(directory, 'c.tsv'), '');
  backlog.settle();
  await clock.advance(999);
  expect(backlog.left()).toBe(1);
  await clock.advance(1);
  await eventually(() => backlog.left() === 3);
});

it('goes on with what it knew when the folder can not be read', async () => {
  const clock = manualClock();
  const directory = folder('a.tsv');
  const backlog = new FolderBacklog(disk, { directory, extension: '.tsv' }, clock);
  await backlog.count();
  rmSync(directory, { recursive: true });
  await clock.advance(5_000);
  expect([backlog.left(), backlog.left()]).toEqual([1, 1]);
});
