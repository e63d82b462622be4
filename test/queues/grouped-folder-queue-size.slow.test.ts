import { expect, it } from 'vitest';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { openGroups } from '../support/grouped-ground.ts';

const PLACES = ['a', 'b', 'c', 'd', 'e'];
const DEEP = process.env['DIBS_DEEP'] === '1';

function crowd(groups: number): Record<string, string> {
  const names = Array.from({ length: groups }, (_, index) => `g${String(index).padStart(6, '0')}`);
  return Object.fromEntries(names.flatMap((group) => PLACES.map((place) => [`/q/${group}_${place}.tsv`, ''])));
}

it('F-39 a group costs as many disk calls among two thousand groups of five as among a hundred, and one listing serves all', async () => {
  const counts: number[][] = [];
  let asked = 0;
  for (const groups of [100, 2_000, ...(DEEP ? [20_000] : [])]) {
    const fs = new FaultyDisk(memoryDisk(crowd(groups)));
    const queue = await openGroups(fs, { clock: manualClock(), members: (_group) => ((asked += 1), PLACES) });
    await (await queue.get())?.done();
    const calls: number[] = [];
    for (let time = 1; time < 100; time += 1) {
      const before = fs.calls.length;
      const group = await queue.get();
      expect(group?.group).toBe(`g${String(time).padStart(6, '0')}`);
      await group?.done();
      calls.push(fs.calls.length - before);
    }
    expect(fs.calls.filter(({ operation, path }) => operation === 'scan' && path === '/q')).toHaveLength(1);
    expect(asked, 'members is asked once for each group of a listing').toBe(groups);
    asked = 0;
    counts.push([...new Set(calls)]);
    await queue.dispose();
  }
  expect(new Set(counts.flat()).size, 'the first of them as the last').toBe(1);
});

it('looks anew after a minute, though there is plenty left of the last look: what came since may be due earlier', async () => {
  const clock = manualClock();
  const fs = memoryDisk(crowd(10));
  const queue = await openGroups(fs, { clock, members: PLACES });
  await (await queue.get())?.done();
  for (const place of PLACES) (await fs.open(`/q/g000000x_${place}.tsv`, 'append')).close();
  expect((await queue.get())?.group).toBe('g000001');
  await clock.advance(61_000);
  expect((await queue.get())?.group).toBe('g000000x');
  await queue.dispose();
});

it('two readers that take from the same listing lose at most one try for each group', async () => {
  const memory = memoryDisk(crowd(200));
  const disks = [new FaultyDisk(memory), new FaultyDisk(memory)];
  const queues = await Promise.all(disks.map((fs) => openGroups(fs, { clock: manualClock(), members: PLACES, doneDir: null })));
  const got = new Set<string>();
  for (let time = 0; time < 200; time += 1) {
    const group = await queues[time % 2]?.tryGet();
    got.add(group?.group ?? 'none');
    await group?.done();
  }
  expect(got.size).toBe(200);
  const renames = disks.flatMap(({ calls }) => calls).filter(({ operation, to }) => operation === 'rename' && to?.endsWith('.wip'));
  expect(renames.length).toBeLessThanOrEqual(200 * PLACES.length + 200);
  for (const queue of queues) await queue.dispose();
});
