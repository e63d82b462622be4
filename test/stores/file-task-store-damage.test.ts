import { describe, expect, it } from 'vitest';
import { DiskError } from '../../src/errors.ts';
import { DamagedRecordError } from '../../src/stores/store-errors.ts';
import { formatRecord } from '../../src/formats/json-record.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import type { TaskStore } from '../../src/stores/store.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { tempFolder } from '../support/temp-folder.ts';

const clock = manualClock();
const whole = formatRecord({ name: 'dibs/task', version: 1 }, { status: 'pending', n: 1 });

const DAMAGE: Record<string, string> = {
  'an empty file': '',
  'half a record': whole.slice(0, 30),
  'a changed byte': whole.replace('"n":1', '"n":7'),
  zeros: '\0'.repeat(whole.length),
  'a record of something else': '{"name":"shop"}',
  'a newer format': formatRecord({ name: 'dibs/task', version: 2 }, { status: 'pending' }),
  'a record without a status': formatRecord({ name: 'dibs/task', version: 1 }, { n: 1 }),
  'a list': '[]',
};

function storeWith(files: Record<string, string>): Promise<TaskStore> {
  const under = Object.entries(files).map(([name, text]) => [`/s/tasks/jobs/${name}`, text]);
  return new FileStore('file:/s', { fileSystem: memoryDisk(Object.fromEntries(under)), clock }).tasks('tasks', 'jobs', { leaseMs: 30_000 });
}

describe.each(Object.entries(DAMAGE))('%s in the place of a task', (_, text) => {
  it('is told of, by its id and its path, and harms no other', async () => {
    const tasks = await storeWith({
      'failed/bad.json': text,
      '.dibs/ids/bad.json': text,
      'failed/good.json': whole,
      '.dibs/ids/good.json': whole,
    });
    const damaged = { kind: 'damaged', id: 'bad', place: 'failed', path: expect.stringContaining('failed/bad.json') };
    expect(await tasks.read('bad')).toMatchObject(damaged);
    expect(await tasks.list({ places: ['failed'], order: 'id', limit: 9 })).toMatchObject([damaged, { kind: 'task', id: 'good' }]);
    expect((await tasks.counts()).get('failed')).toBe(2);
    expect(await tasks.create('bad', 'pending', {})).toBe(false);
    const good = await tasks.read('good');
    const claim = good?.kind === 'task' ? await tasks.claim(good, 'running') : undefined;
    expect(claim && (await tasks.settle(claim, 'succeeded', {}))).toBe(true);
  });
});

it('names the ids of a batch where they are gone, and nothing else is', async () => {
  const fileSystem = memoryDisk({ '/s/batches/b/tasks-first/.dibs/ids/0.json': whole });
  const tasks = await new FileStore('file:/s', { fileSystem, clock }).tasks('batches', 'b', { leaseMs: 30_000, madeAs: 'first' });
  await fileSystem.unlink('/s/batches/b/tasks-first/.dibs/ids/0.json');
  await fileSystem.rmdir('/s/batches/b/tasks-first/.dibs/ids');
  await expect(tasks.create('0', 'pending', {})).rejects.toMatchObject({
    code: 'ERR_DISK',
    path: '/s/batches/b/tasks-first/.dibs/ids',
    errno: 'ENOENT',
  });
});

it('frees no id that was taken anew since its task was deleted, by somebody who was stopped there', async () => {
  const tasks = await storeWith({ 'running/a~2k9.json.gone-1-0123abcd-1a1.going': whole });
  expect(await tasks.create('a', 'pending', { n: 2 })).toBe(true);
  expect(await tasks.read('a')).toMatchObject({ place: 'pending', fields: { n: 2 } });
  expect(await tasks.create('a', 'pending', { n: 3 })).toBe(false);
  expect((await tasks.counts()).get('running')).toBe(0);
});

it('passes by what is none of its files, wherever it lies', async () => {
  const tasks = await storeWith({
    'pending/notes.txt': 'x',
    'pending/%2e.json': whole,
    'pending/a.json.bak': whole,
    'running/b.json': whole,
    'running/c.json.wip': whole,
    'lost+found/d.json': whole,
    'pending/dir.json/e.json': whole,
  });
  expect(await tasks.list({ places: ['pending', 'running'], order: 'id', limit: 9 })).toEqual([]);
  expect([...(await tasks.counts()).values()].every((count) => count === 0)).toBe(true);
});

it('tells of a damaged record on a shelf, and of no other', async () => {
  const fs = memoryDisk({
    '/s/batches/b/verdict.json': '{"format":"dibs/record","version":1',
    '/s/store.json': formatRecord({ name: 'dibs/store', version: 1 }, {}),
  });
  const shelf = new FileStore('file:/s', { fileSystem: fs }).shelf('batches', 'b');
  await expect(shelf.read('verdict')).rejects.toBeInstanceOf(DamagedRecordError);
  expect(await shelf.create('verdict', {})).toBe(false);
  expect(await shelf.read('plan')).toBeUndefined();
});

it('throws as they are what is no refusal of the disk, and typed what is one', async () => {
  const store = new FileStore(`file:${tempFolder()}/store`, { durability: 'process' });
  const tasks = await store.tasks('tasks', 'jobs', { leaseMs: 30_000 });
  await expect(tasks.create('a', 'pending', { format: 'mine' })).rejects.toBeInstanceOf(TypeError);
  await expect(tasks.create('a', 'pending', { n: 1n })).rejects.toBeInstanceOf(TypeError);
  await expect(tasks.create('x'.repeat(300), 'pending', {})).rejects.toBeInstanceOf(DiskError);
  expect(await tasks.create('a', 'pending', {})).toBe(true);
});

describe('what somebody who died had begun to end', () => {
  const consumer = 'gone-1-0123abcd';
  const settled = formatRecord({ name: 'dibs/task', version: 1 }, { status: 'succeeded', n: 2 });

  /** `x` is settled but for its claim, `d` deleted but for its own, and whoever had them showed that it is over. */
  const storeOfTheDead = (): Promise<TaskStore> =>
    storeWith({
      'succeeded/x.json': settled,
      [`running/x.json.${consumer}-1a1.settling`]: whole,
      '.dibs/ids/x.json': whole,
      [`running/d~2k9.json.${consumer}-2a1.going`]: whole,
    });

  it('is counted once, where it is', async () => {
    const tasks = await storeOfTheDead();
    await whenDead(tasks);
    expect([...(await tasks.counts())].filter(([, count]) => count > 0)).toEqual([['succeeded', 1]]);
  });

  it('is listed where it is, in whatever order', async () => {
    const tasks = await storeOfTheDead();
    await whenDead(tasks);
    const places = ['pending', 'running', 'failed'] as const;
    expect(await tasks.list({ places, order: 'id', limit: 9 })).toEqual([]);
    const all = await tasks.list({ places: [...places, 'succeeded'], order: 'id', limit: 9 });
    expect(all).toMatchObject([{ id: 'x', place: 'succeeded', fields: { n: 2 } }]);
  });
});

describe('a checkpoint that can not be read', () => {
  it('is told of as its task is, and the task is not begun anew from what was before it', async () => {
    const tasks = await storeWith({
      'running/a~k4f.json.gone-1-0123abcd-1a1.wip': whole,
      '.dibs/ids/a.json': whole,
      '.dibs/checkpoints/a.json.k4f': 'torn',
    });
    const damaged = { kind: 'damaged', id: 'a', path: expect.stringContaining('checkpoints/a.json.k4f') };
    expect(await tasks.read('a')).toMatchObject(damaged);
    expect(await tasks.list({ places: ['running'], order: 'any', limit: 9 })).toMatchObject([damaged]);
  });
});

/** A lease goes by in which nobody is seen to beat. */
async function whenDead(tasks: TaskStore): Promise<void> {
  for (let looks = 0; looks < 8; looks += 1) {
    await tasks.list({ places: ['running'], order: 'any', limit: 9 });
    await clock.advance(10_000);
  }
}
