import { expect, it } from 'vitest';
import type { TaskTracker } from '../../src/tasks/task-tracker.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';
import { hold, TrackerWorld } from '../support/tracker-world.ts';

/** What others do to a task while somebody stands still who asks for it. */
const MEANWHILE: Readonly<Record<string, (tracker: TaskTracker) => Promise<unknown>>> = {
  starts: (tracker) => hold(tracker, 'a'),
  'ends and reopens': async (tracker) => {
    await tracker.run('a', () => undefined);
    await tracker.reopen('a');
  },
  ends: (tracker) => tracker.run('a', () => undefined),
  'writes a checkpoint of': async (tracker) => {
    const { attempt } = await hold(tracker, 'a');
    await attempt.checkpoint();
  },
};

async function lookWhile(act: (tracker: TaskTracker) => Promise<unknown>, call: number): Promise<{ found: unknown; calls: number }> {
  const world = new TrackerWorld('file:');
  const other = await world.open();
  await other.create('a', 1);
  const disk = sleepyDisk(world.disk, { call, meanwhile: () => act(other) });
  const reader = await world.open({ fileSystem: disk });
  const found = await reader.get('a');
  await reader.dispose();
  return { found, calls: disk.calls.length };
}

it.each(Object.entries(MEANWHILE))('a task is found, whenever another %s it', async (_what, act) => {
  const { calls } = await lookWhile(act, -1);
  for (let call = 1; call <= calls; call += 1) {
    const { found } = await lookWhile(act, call);
    expect(found, `call ${call}`).toMatchObject({ id: 'a', data: 1 });
  }
});

/** More than who works makes to look twice. */
const CALLS = 70;

it.each([1, 2])('a task is waited for by who works, whenever it fails at another one who has %i', async (count) => {
  for (let call = 1; call <= CALLS; call += 1) {
    const world = new TrackerWorld('file:');
    const clock = hastyClock();
    const other = await world.open({ clock });
    await other.createMany(['a', 'b'].slice(0, count).map((id) => [id, 1]));
    const failing = await hold(other, 'a');
    const going = count > 1 ? [await hold(other, 'b')] : [];
    const meanwhile = (): Promise<unknown> => failing.end(new Error('again')).catch(() => undefined);
    const worker = await world.open({ clock, fileSystem: sleepyDisk(world.disk, { call, meanwhile }) });
    const worked: string[] = [];
    await worker.work(async ({ id }) => {
      worked.push(id);
      for (const one of going.splice(0)) await one.end();
    });
    expect([call, worked]).toEqual([call, ['a']]);
  }
});
