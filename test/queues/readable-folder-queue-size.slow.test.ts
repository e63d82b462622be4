import { expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { openReader } from '../support/folder-ground.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';

const DEEP = process.env['DIBS_DEEP'] === '1';

/** A folder with so many files, of which only those exist that somebody took. */
function crowd(count: number): FileSystem {
  const memory = memoryDisk();
  const taken = new Set<string>();
  const nameOf = (index: number): string => `load-${String(index).padStart(7, '0')}.tsv`;
  return {
    ...memory,
    async scan(path, visit) {
      if (path !== '/q') return memory.scan(path, visit);
      for (let index = count - 1; index >= 0; index -= 1) {
        const name = nameOf(index);
        if (!taken.has(name)) await visit(name, 'file');
      }
    },
    async rename(from, to) {
      const name = from.slice('/q/'.length);
      if (!/^load-\d{7}\.tsv$/.test(name) || taken.has(name)) return memory.rename(from, to);
      taken.add(name);
      const file = await memory.open(to, 'append');
      file.close();
    },
  };
}

it('F-39 a get makes as many disk calls among a hundred thousand files as among a thousand (a million in the deep run)', async () => {
  const counts: number[] = [];
  for (const files of [1_000, 100_000, ...(DEEP ? [1_000_000] : [])]) {
    const fs = new FaultyDisk(crowd(files));
    const queue = await openReader(fs, { clock: manualClock() });
    const before = fs.calls.length;
    const names: string[] = [];
    for (let time = 0; time < 500; time += 1) {
      const file = await queue.get();
      names.push(file?.name ?? 'none');
      await file?.done();
    }
    counts.push(fs.calls.length - before);
    expect(names.slice(0, 2)).toEqual(['load-0000000.tsv', 'load-0000001.tsv']);
    expect(names.toSorted()).toEqual(names);
    expect(fs.calls.slice(before).filter(({ operation }) => operation === 'scan')).toHaveLength(1);
    await queue.dispose();
  }
  expect(new Set(counts).size).toBe(1);
});

it.runIf(DEEP)('F-39 keeps the first names of a listing alone, and comes to all of them', async () => {
  const fs = crowd(70_000);
  const queue = await openReader(fs, { clock: manualClock(), doneDir: null, durability: 'process' });
  let count = 0;
  for (let last = ''; ; count += 1) {
    const file = await queue.tryGet();
    if (file === undefined) break;
    expect(file.name > last).toBe(true);
    last = file.name;
    await file.done();
  }
  expect(count).toBe(70_000);
  await queue.dispose();
});
