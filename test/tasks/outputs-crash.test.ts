import { expect, it } from 'vitest';
import type { Stop } from '../support/fault-plan.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { TrackerWorld } from '../support/tracker-world.ts';
import { bySize } from '../support/sample.ts';

interface Left {
  readonly world: TrackerWorld;
  /** How many calls were made before the task was ended, and in all. */
  readonly calls: readonly [before: number, all: number];
  readonly wasTold: boolean;
}

/** A process that writes a file and ends its task, and is stopped there. */
async function endStopped(stop?: Stop): Promise<Left> {
  const world = new TrackerWorld('file:');
  const disk = new FaultyDisk(world.disk, { stop });
  const tracker = await world.open<string>({ fileSystem: disk });
  await tracker.create('a', 'before');
  const item = await tracker.next();
  if (item === undefined) throw new Error('nothing was due');
  const stages = [await item.current.output('/out/a.tsv'), await item.current.output('/out/b.tsv')];
  for (const stage of stages) await world.write(stage, 'rows');
  item.current.data = 'after';
  const before = disk.calls.length;
  const wasTold = await item.done().then(
    () => true,
    () => false,
  );
  const all = disk.calls.length;
  disk.kill();
  return { world, calls: [before, all], wasTold };
}

/** Stopped at one call of so many; at the last one always. */
const EACH = bySize({ quick: 5, slow: 1, deep: 1 });

it('the files of a task are there if and only if it succeeded, wherever its process ends', async () => {
  const { calls, wasTold: isToldAtAll } = await endStopped();
  expect(isToldAtAll).toBe(true);
  const ends = new Set<string>();
  for (let call = calls[0] + 1; call <= calls[1]; call += 1) {
    if (call % EACH !== calls[1] % EACH) continue;
    for (const when of ['before', 'after'] as const) {
      const { world, wasTold } = await endStopped({ call, when });
      const other = await world.open<string>();
      await world.passLease(other);
      expect(await other.list({ order: 'id' }), 'it is told of once, wherever it is').toHaveLength(1);
      const task = await other.get('a');
      const shown = [await world.text('/out/a.tsv'), await world.text('/out/b.tsv')];
      const hint = `stopped ${when} call ${call}`;
      ends.add(String(task?.status));
      if (wasTold) expect(task?.status, hint).toBe('succeeded');
      if (task?.status === 'succeeded') {
        expect([task.data, ...shown], hint).toEqual(['after', 'rows', 'rows']);
      } else {
        expect([task?.status, task?.data, ...shown], hint).toEqual(['running', 'before', undefined, undefined]);
        await other.run('a', async (attempt) => world.write(await attempt.output('/out/a.tsv'), 'again'));
        expect(await world.text('/out/a.tsv'), hint).toBe('again');
      }
    }
  }
  expect([...ends].toSorted()).toEqual(['running', 'succeeded']);
});
