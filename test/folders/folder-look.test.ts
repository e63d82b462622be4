import { expect, it } from 'vitest';
import { lookAtFolder, type LookOptions } from '../../src/folders/folder-look.ts';
import { type StrangeFile, StrangeFiles } from '../../src/folders/strange-files.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';

const CLAIM = 'd.tsv.someone-1-1a2.wip';

function lookAt(names: readonly string[], options: Partial<LookOptions> = {}) {
  const told: StrangeFile[] = [];
  const fs = memoryDisk({ '/q/x': '', ...Object.fromEntries(names.map((name) => [`/q/${name}`, ''])) });
  const strange = new StrangeFiles((found) => told.push(found));
  const look = lookAtFolder(fs, { directory: '/q', extension: '.tsv', keyOf: (name) => name, limit: 10, strange, ...options });
  return look.then((found) => ({ ...found, told, files: found.ready.map(({ file }) => file) }));
}

it('tells what is ready, in order, what is claimed, and what producers said', async () => {
  const control = ['20261121_130405_123456__004711.helo', '20261121_130405_123456__004711.done'];
  const names = ['b.tsv', 'a.tsv', 'c.tsv.abca1.again', CLAIM, 'd.tsv.someone-1-2a1.finished', ...control, 'other.txt', '1.helo'];
  const look = await lookAt(names);
  expect(look.files).toEqual(['a.tsv', 'b.tsv', 'c.tsv.abca1.again']);
  expect(look.claims).toMatchObject([{ name: 'd.tsv', consumer: 'someone-1', claim: 1, attempt: 2, state: 'wip' }, { state: 'finished' }]);
  expect([...look.control].toSorted()).toEqual(control.toSorted());
  expect(look.isCut).toBe(false);
  expect(look.told).toEqual([]);
});

it('keeps the first alone, in the order of their keys, and says that there is more', async () => {
  const look = await lookAt(['a3.tsv', 'b2.tsv', 'c1.tsv'], { limit: 2, keyOf: (name) => name.slice(1) });
  expect(look.files).toEqual(['c1.tsv', 'b2.tsv']);
  expect(look.isCut).toBe(true);
});

it('tells those that are equal by their names', async () => {
  const look = await lookAt(['b.tsv', 'a.tsv', 'a.tsv.xa1.again'], { keyOf: () => '' });
  expect(look.files).toEqual(['a.tsv', 'a.tsv.xa1.again', 'b.tsv']);
});

it('asked for claims alone sees nothing else', async () => {
  const look = await lookAt(['a.tsv', CLAIM, '.b.tsv'], { only: 'claims' });
  expect([look.files, look.claims.length, look.told]).toEqual([[], 1, []]);
});

it('takes a message for one though its name ends like a claim’s, where that is the extension', async () => {
  const look = await lookAt(['a.wip.tsv', 'b.tsv.x-1a1.wip.tsv']);
  expect(look.files).toEqual(['a.wip.tsv', 'b.tsv.x-1a1.wip.tsv']);
  expect(look.claims).toEqual([]);
});

it('F-35 remembers whom it told of, up to a thousand, and tells of each once', () => {
  const told: StrangeFile[] = [];
  const strange = new StrangeFiles((found) => told.push(found));
  for (let time = 0; time < 2; time += 1) for (let index = 0; index < 1_500; index += 1) strange.report(`${index}.tsv`, 'why');
  expect(told).toHaveLength(1_000);
  new StrangeFiles(undefined).report('a', 'b');
});
