import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dibs, startDibs } from '../dibs.ts';
import { eventually } from '../processes.ts';
import { folderOf } from './folder-of.ts';

it('waits for producers that are not done, and ends when they are', async () => {
  const cwd = await folderOf(['a.tsv']);
  const producer = startDibs(['put', 'q', '--producer', 'late', '--name', 'b.tsv', '-'], { cwd, input: 'half', moreInput: true });
  await eventually(() => readdirSync(join(cwd, 'q')).some((name) => name.endsWith('.helo')));
  const working = startDibs(['work', 'q', '--', 'sh', '-c', 'echo "$DIBS_NAME"'], { cwd });
  await eventually(() => working.stderr().includes('waiting for producers and other workers of q to be done; Ctrl-C ends it'));
  expect(working.stdout()).toBe('a.tsv\n');
  producer.child.stdin?.end();
  expect(await working.ended).toMatchObject({ code: 0, stdout: 'a.tsv\nb.tsv\n' });
});

it('waits for as many producers as it is told, also before they have begun', async () => {
  const cwd = await folderOf(['a.tsv']);
  const working = startDibs(['work', 'q', '--producers', '2', '--', 'sh', '-c', 'echo "$DIBS_NAME"'], { cwd });
  await eventually(() => working.stderr().includes('waiting for producers'));
  await dibs(['put', 'q', '--producer', 'one'], { cwd });
  await dibs(['put', 'q', '--producer', 'two', '--name', 'b.tsv', '-'], { cwd, input: 'x' });
  expect(await working.ended).toMatchObject({ code: 0, stdout: 'a.tsv\nb.tsv\n' });
});

it('goes on with --follow until it is told to end, whoever puts meanwhile', async () => {
  const cwd = await folderOf(['a.tsv']);
  const following = startDibs(['work', 'q', '--follow', '--', 'sh', '-c', 'echo "did $DIBS_NAME"'], { cwd });
  await eventually(() => following.stderr().includes('waiting for work in q; Ctrl-C ends it'));
  for (const name of ['b.tsv', 'c.tsv']) {
    await dibs(['put', 'q', '--producer', 'extract', '--name', name, '-'], { cwd, input: 'x' });
    await eventually(() => following.stdout().includes(`did ${name}`));
  }
  following.child.kill('SIGTERM');
  expect(await following.ended).toMatchObject({ code: 143, stdout: 'did a.tsv\ndid b.tsv\ndid c.tsv\n' });
});

it('shares a folder between workers: each file once', async () => {
  const names = Array.from({ length: 60 }, (_, i) => `f${i}.tsv`);
  const cwd = await folderOf(names);
  const workers = [1, 2, 3].map(() => startDibs(['work', 'q', '-q', '-j', '2', '--', 'sh', '-c', 'echo "$DIBS_NAME" >> ledger'], { cwd }));
  for (const worker of workers) expect(await worker.ended).toMatchObject({ code: 0 });
  expect(readFileSync(join(cwd, 'ledger'), 'utf8').trim().split('\n').toSorted()).toEqual(names.toSorted());
});
