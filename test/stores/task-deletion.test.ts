import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { TASK_STATUSES } from '../../src/machines/task-lifecycle.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import type { DamagedTask, TaskStore } from '../../src/stores/store.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';
import { DEEP, oneIn } from '../support/sample.ts';
import { withLink } from '../support/with-link.ts';

function open(fileSystem: FileSystem): Promise<TaskStore> {
  const clock = hastyClock({ ticksMs: 5_000 });
  return new FileStore('file:/s', { fileSystem, clock }).tasks('tasks', 'jobs', { leaseMs: 30_000 });
}

/** A task whose record can't be read, as it is once it is known whether anybody has it. */
async function damaged(tasks: TaskStore, id = 'a'): Promise<DamagedTask | undefined> {
  for (let looks = 1; ; looks += 1) {
    const seen = await tasks.read(id);
    if (seen === undefined) return undefined;
    if (seen.kind !== 'damaged') throw new Error(`${id} is sound.`);
    if (seen.holder?.standing !== 'silent' || looks === 20) return seen;
  }
}

const FOLDERS = ['.dibs/ids', '.dibs/stages', '.dibs/checkpoints', '.dibs/consumers', ...TASK_STATUSES];
const EMPTY = Object.fromEntries(FOLDERS.map((one) => [`/s/tasks/jobs/${one}/`, '']));

const TORN = {
  '/s/tasks/jobs/failed/a.json': 'torn',
  '/s/tasks/jobs/.dibs/ids/a.json': 'torn',
  '/s/tasks/jobs/failed/b.json': 'torn too',
  '/s/tasks/jobs/.dibs/ids/b.json': 'torn too',
};

const likeness = (left: string): string => left.replaceAll(/vm?[a-z0-9-]*-\d+-[0-9a-f]{8}|[0-9a-f]{10,}[0-9a-z]*/g, '*');
const OPTIONS = { limit: DEEP ? 48 : 12, share: oneIn(3), likeness } as const;

describe('a task whose record can not be read', () => {
  it('is removed by name, its id is free then, and nothing else is touched', async () => {
    const fs = memoryDisk({ ...TORN, '/s/tasks/jobs/.dibs/checkpoints/b.json.k4f': '{}' });
    const tasks = await open(fs);
    const seen = await damaged(tasks);
    expect(seen && (await tasks.discardDamaged(seen, 'running'))).toBe(true);
    expect(seen && (await tasks.discardDamaged(seen, 'running')), 'once').toBe(false);
    expect(await tasks.read('a')).toBeUndefined();
    expect(await tasks.create('a', 'pending', { n: 1 })).toBe(true);
    expect(await damaged(tasks, 'b')).toMatchObject({ path: '/s/tasks/jobs/failed/b.json' });
    expect(fs.exists('/s/tasks/jobs/.dibs/checkpoints/b.json.k4f')).toBe(true);
  });

  it('is removed alone where it is a copy beside a sound one, which keeps its id', async () => {
    const fs = memoryDisk();
    const tasks = await open(fs);
    await tasks.create('a', 'succeeded', { n: 1 });
    const copy = await fs.open('/s/tasks/jobs/failed/a.json', 'append');
    copy.close();
    const seen = (await tasks.list({ places: ['failed'], order: 'id', limit: 1 }))[0];
    expect(seen?.kind === 'damaged' && (await tasks.discardDamaged(seen, 'running'))).toBe(true);
    expect(await tasks.read('a')).toMatchObject({ place: 'succeeded', fields: { n: 1 } });
    expect(await tasks.create('a', 'pending', {})).toBe(false);
  });

  it('is not removed if it is another one by now', async () => {
    const fs = memoryDisk(TORN);
    const tasks = await open(fs);
    const seen = await damaged(tasks);
    await fs.rename('/s/tasks/jobs/failed/b.json', '/s/tasks/jobs/failed/a.json');
    expect(seen && (await tasks.discardDamaged(seen, 'running'))).toBe(false);
    expect(await damaged(tasks)).toMatchObject({ place: 'failed' });
  });

  it('is not removed while somebody who lives has it, who can still end it', async () => {
    const fs = memoryDisk();
    const [tasks, other] = [await open(fs), await open(fs)];
    await tasks.create('a', 'pending', { n: 1 });
    const found = await tasks.read('a');
    const claim = found?.kind === 'task' ? await tasks.claim(found, 'running') : undefined;
    const [name = ''] = await fs.readdir('/s/tasks/jobs/running');
    const file = await fs.open(`/s/tasks/jobs/running/${name}`, 'update');
    file.truncate(7);
    file.close();
    const seen = await damaged(other);
    expect(seen).toMatchObject({ place: 'running', holder: { standing: 'alive' } });
    expect(seen && (await other.discardDamaged(seen, 'running'))).toBe(false);
    expect(claim && (await tasks.settle(claim, 'succeeded', { n: 2 }))).toBe(true);
    expect(await other.read('a')).toMatchObject({ place: 'succeeded', fields: { n: 2 } });
  });

  it('is there as it was, or gone with its id, wherever a process stops that removes it', async () => {
    let acknowledged = false;
    const { points } = await eachCrash(
      { ...EMPTY, ...TORN },
      async (fs) => {
        acknowledged = false;
        const tasks = await open(mortal(fs));
        const seen = await damaged(tasks);
        await (seen && tasks.discardDamaged(seen, 'running'));
        acknowledged = !fs.stopped;
      },
      async (_left, fs) => {
        const tasks = await open(fs);
        const left = await damaged(tasks);
        if (acknowledged) expect(left).toBeUndefined();
        expect(await tasks.create('a', 'pending', {}), 'not beside what is left').toBe(left === undefined);
        if (left !== undefined) expect(await tasks.discardDamaged(left, 'running')).toBe(true);
        if (left !== undefined) expect(await tasks.create('a', 'pending', {})).toBe(true);
        expect(await damaged(tasks, 'b')).toMatchObject({ place: 'failed' });
      },
      { ...OPTIONS, ledger: () => String(acknowledged) },
    );
    expect(points).toBeGreaterThan(20);
  });
});

describe.each([
  ['with hard links', (fs: FileSystem) => fs],
  ['without', (fs: FileSystem) => withLink(fs, () => 'EPERM')],
])('the id of a task whose file somebody removed, on a disk %s,', (_, way) => {
  it('is freed, by one of all who try', async () => {
    const fs = way(memoryDisk());
    const tasks = await open(fs);
    await tasks.create('a', 'pending', { n: 1 });
    expect(await tasks.freeLostId('a'), 'it is there').toBe(false);
    expect(await tasks.freeLostId('b'), 'there never was one').toBe(false);
    await fs.unlink('/s/tasks/jobs/pending/a.json');
    expect(await tasks.create('a', 'pending', { n: 2 })).toBe(false);
    const freed = await Promise.all(Array.from({ length: 4 }, () => tasks.freeLostId('a')));
    expect(freed.filter(Boolean)).toHaveLength(1);
    expect(await tasks.create('a', 'pending', { n: 2 })).toBe(true);
    expect(await fs.readdir('/s/tasks/jobs/.dibs/stages')).toEqual([]);
  });

  it('is not freed if it was taken anew meanwhile', async () => {
    const fs = way(memoryDisk());
    const tasks = await open(fs);
    await tasks.create('a', 'pending', { n: 1 });
    await fs.unlink('/s/tasks/jobs/pending/a.json');
    const late = await open({
      ...withLink(fs, () => undefined),
      link: (from, to) => fs.link(from, to),
      async rename(from, to) {
        // Just before it takes the id away another one does, and the task is made anew.
        if (from.endsWith('/ids/a.json'))
          expect([await tasks.freeLostId('a'), await tasks.create('a', 'pending', { n: 2 })]).toEqual([true, true]);
        await fs.rename(from, to);
      },
    });
    expect(await late.freeLostId('a')).toBe(false);
    expect(await tasks.create('a', 'pending', { n: 3 })).toBe(false);
    expect(await tasks.read('a')).toMatchObject({ fields: { n: 2 } });
  });

  it('is taken as it was, or free, wherever a process stops that frees it', async () => {
    const before = new CrashingDisk(EMPTY);
    const maker = mortal(before.process());
    await (await open(way(maker))).create('a', 'pending', { n: 1 });
    await maker.unlink('/s/tasks/jobs/pending/a.json');
    const { points } = await eachCrash(
      new CrashingDisk({ ...EMPTY, ...before.files() }),
      async (fs) => (await open(way(mortal(fs)))).freeLostId('a'),
      async (_left, fs) => {
        const tasks = await open(way(fs));
        await tasks.freeLostId('a');
        expect(await tasks.create('a', 'pending', { n: 2 })).toBe(true);
        expect(await tasks.read('a')).toMatchObject({ place: 'pending', fields: { n: 2 } });
      },
      { ...OPTIONS, ledger: () => '' },
    );
    expect(points).toBeGreaterThan(10);
  });
});
