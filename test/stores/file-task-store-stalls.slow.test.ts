import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import type { SeenTask, TaskClaim, TaskStore } from '../../src/stores/store.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';

const open = (fs: FileSystem, settled = async (): Promise<void> => undefined): Promise<TaskStore> =>
  new FileStore('file:/s', { fileSystem: fs, clock: hastyClock(), durability: 'process' }).tasks('tasks', 'jobs', {
    leaseMs: 30_000,
    settled,
  });

async function seen(tasks: TaskStore): Promise<SeenTask | undefined> {
  const found = await tasks.read('a');
  if (found?.kind === 'damaged') throw new Error(`It is damaged: ${found.reason}`);
  return found;
}

async function claimed(tasks: TaskStore): Promise<TaskClaim | undefined> {
  const found = await seen(tasks);
  return found && tasks.claim(found, 'running');
}

/** What somebody does while another one stands still. Gives what it was told. */
type Meanwhile = (tasks: TaskStore) => Promise<string>;

const MEANWHILE: Record<string, Meanwhile> = {
  'looks at it': async (tasks) => `saw ${(await seen(tasks))?.place}`,
  async 'ends it, unless it is ended'(tasks) {
    const found = await seen(tasks);
    if (found === undefined || found.place === 'succeeded') return 'was late';
    const claim = await tasks.claim(found, 'running');
    return claim !== undefined && (await tasks.settle(claim, 'succeeded', { by: 'the other' })) ? 'settled' : 'lost';
  },
  async 'ends it as it is listed'(tasks) {
    const places = ['running', 'pending'] as const;
    for (const found of await tasks.list({ places, order: 'id', limit: 9 })) {
      const claim = found.kind === 'task' ? await tasks.claim(found, 'running') : undefined;
      if (claim !== undefined && (await tasks.settle(claim, 'succeeded', { by: 'the other' }))) return 'settled';
    }
    return 'was late';
  },
  async 'deletes it'(tasks) {
    for (let tries = 0; tries < 5; tries += 1) {
      const claim = await claimed(tasks);
      if (claim !== undefined && (await tasks.discard(claim))) return 'deleted';
    }
    return 'was late';
  },
  async 'deletes it and creates another'(tasks) {
    for (let tries = 0; tries < 5; tries += 1) {
      const claim = await claimed(tasks);
      if (claim === undefined || !(await tasks.discard(claim))) continue;
      return (await tasks.create('a', 'pending', { by: 'a new one' })) ? 'created' : 'was refused';
    }
    return 'was late';
  },
};

/** With how many calls it has seen the task; from then on it stands still. */
async function callsUntilSeen(): Promise<number> {
  const disk = memoryDisk();
  await (await open(disk)).create('a', 'pending', {});
  const sleepy = sleepyDisk(disk, { call: 0, meanwhile: async () => undefined });
  await seen(await open(mortal(sleepy)));
  return sleepy.calls.length + 1;
}

/** Has it stand still before each of its calls in turn, long enough to be found dead, and gives what there is then. */
async function eachStall(
  work: (tasks: TaskStore, found: SeenTask) => Promise<boolean | undefined>,
  meanwhile: Meanwhile,
  judge: (left: SeenTask | undefined, told: { readonly own: boolean | undefined; readonly other: string }) => unknown,
): Promise<number> {
  const first = await callsUntilSeen();
  for (let call = first; ; call += 1) {
    const disk = memoryDisk();
    await (await open(disk)).create('a', 'pending', { by: 'nobody' });
    let other = '';
    let isAsleep = false;
    const sleepy = sleepyDisk(disk, {
      call,
      async meanwhile() {
        isAsleep = true;
        other = await meanwhile(await open(disk));
      },
    });
    const sleeper = await open(mortal(sleepy));
    const found = await seen(sleeper);
    const own = found && (await work(sleeper, found));
    if (!isAsleep) return call - first;
    const where = `asleep before call ${call}, ${sleepy.calls[call - 1]}; the other ${other}; it was told ${own}`;
    const tasks = await open(disk);
    const left = await seen(tasks);
    const counts = await tasks.counts();
    expect(
      [...counts.values()].reduce((sum, one) => sum + one, 0),
      where,
    ).toBe(left === undefined ? 0 : 1);
    expect(await disk.readdir('/s/tasks/jobs/.dibs/ids'), where).toHaveLength(left === undefined ? 0 : 1);
    try {
      judge(left, { own, other });
    } catch (cause) {
      throw new Error(`${where}: ${String(cause)}`, { cause });
    }
    // Nothing of it is in the way of the next one.
    if (left === undefined) expect(await tasks.create('a', 'pending', {}), where).toBe(true);
    const next = await claimed(tasks);
    expect(next && (await tasks.settle(next, 'failed', {})), where).toBe(true);
    expect((await seen(tasks))?.place, where).toBe('failed');
  }
}

describe.each(Object.entries(MEANWHILE))('somebody who stands still at any call while another one %s', (what, meanwhile) => {
  it('ends the task or is refused, and never both do', async () => {
    const points = await eachStall(
      async (tasks, found) => {
        const claim = await tasks.claim(found, 'running');
        if (claim === undefined) return undefined;
        await tasks.checkpoint(claim, { row: 1 });
        return tasks.settle(claim, 'succeeded', { by: 'itself' });
      },
      meanwhile,
      (left, { own, other }) => {
        if (other === 'settled') expect([own, left?.fields['by']]).toEqual([own === undefined ? undefined : false, 'the other']);
        else if (other === 'created')
          expect([own !== true || left?.fields['by'] === 'a new one', left?.fields['by'] !== 'nobody']).toEqual([true, true]);
        else if (other === 'deleted') expect(left).toBeUndefined();
        else expect([own, left?.fields['by']]).toEqual([true, 'itself']);
        if (left?.fields['by'] !== 'itself') return;
        expect([left.place, left.claims, left.checkpoint]).toEqual(['succeeded', 0, undefined]);
      },
    );
    expect(points, what).toBeGreaterThan(8);
  });

  it('deletes the task or is refused, and takes no other one with it', async () => {
    const points = await eachStall(
      async (tasks, found) => {
        const claim = await tasks.claim(found, 'running');
        return claim && tasks.discard(claim);
      },
      meanwhile,
      (left, { own, other }) => {
        if (other === 'created') expect(left?.fields['by']).toBe('a new one');
        else if (other === 'settled') expect([own === true, left?.fields['by']]).toEqual([false, 'the other']);
        else expect([other === 'deleted' || own, left]).toEqual([true, undefined]);
      },
    );
    expect(points, what).toBeGreaterThan(8);
  });

  it('gives the task back or is refused, and leaves it as it is', async () => {
    await eachStall(
      async (tasks, found) => {
        const claim = await tasks.claim(found, 'running');
        return claim && tasks.release(claim);
      },
      meanwhile,
      (left, { own, other }) => {
        if (other === 'settled') expect(left?.fields['by']).toBe('the other');
        else if (other === 'created') expect(left?.fields['by']).toBe('a new one');
        else if (other !== 'deleted') expect([own, left?.place, left?.claims]).toEqual([true, 'pending', 0]);
      },
    );
  });
});

it('is told of each end at least once, whoever stands still when', async () => {
  for (let call = 1, isAsleep = true; isAsleep; call += 1) {
    isAsleep = false;
    let told = 0;
    const disk = memoryDisk();
    await (await open(disk)).create('a', 'pending', {});
    const telling = async (): Promise<void> => void (told += 1);
    const meanwhile = async (): Promise<void> => {
      isAsleep = true;
      const found = await seen(await open(disk, telling));
      if (found?.place === 'succeeded') expect(told, `before call ${call}`).toBeGreaterThan(0);
    };
    const tasks = await open(mortal(sleepyDisk(disk, { call, meanwhile })), telling);
    const claim = await claimed(tasks);
    expect(claim && (await tasks.settle(claim, 'succeeded', {}))).toBe(true);
    expect(told).toBeGreaterThan(0);
  }
});
