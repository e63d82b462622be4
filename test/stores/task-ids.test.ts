import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { disk } from '../../src/fs/disk.ts';
import { errnoError } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import type { TaskStore } from '../../src/stores/store.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { withLink } from '../support/with-link.ts';

const IDS = '/s/tasks/jobs/.dibs/ids';

function open(fileSystem: FileSystem, directory = '/s'): Promise<TaskStore> {
  return new FileStore(`file:${directory}`, { fileSystem }).tasks('tasks', 'jobs', { leaseMs: 30_000 });
}

describe.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])('where a hard link is refused with %s', (code) => {
  const without = (fs: FileSystem): FileSystem => withLink(fs, () => code);

  it('one of two has the id that both take at the same moment, and only that one is told so', async () => {
    const fs = without(memoryDisk());
    const [first, second] = [await open(fs), await open(fs)];
    const told: boolean[] = [];
    const slow = await open({
      ...fs,
      async rename(from, to) {
        if (to === `${IDS}/a.json`) told.push(await second.create('a', 'pending', { by: 'second' }));
        await fs.rename(from, to);
      },
    });
    expect([await slow.create('a', 'pending', { by: 'slow' }), ...told]).toEqual([false, true]);
    expect(await first.read('a')).toMatchObject({ place: 'pending', fields: { by: 'second' } });
    expect(await fs.readdir('/s/tasks/jobs/.dibs/stages'), 'and nothing is left of the other').toEqual([]);
    expect((await first.counts()).get('pending')).toBe(1);
  });

  it('who has it is told so though the reply was lost', async () => {
    const fs = without(memoryDisk());
    const tasks = await open({
      ...fs,
      async rename(from, to) {
        await fs.rename(from, to);
        if (to === `${IDS}/a.json`) throw errnoError('EIO', 'rename', from);
      },
    });
    expect(await tasks.create('a', 'pending', { n: 1 })).toBe(true);
    expect(await tasks.create('a', 'pending', { n: 2 })).toBe(false);
    expect(await tasks.read('a')).toMatchObject({ fields: { n: 1 } });
  });

  it('what the disk refuses is told, and the id is free', async () => {
    const fs = without(memoryDisk());
    const refusing: FileSystem = {
      ...fs,
      async rename(from, to) {
        if (to === `${IDS}/a.json`) throw errnoError('ENOSPC', 'rename', from);
        await fs.rename(from, to);
      },
    };
    await expect((await open(refusing)).create('a', 'pending', {})).rejects.toThrow('ENOSPC');
    expect(await (await open(fs)).create('a', 'pending', {})).toBe(true);
    expect(await fs.readdir('/s/tasks/jobs/.dibs/stages')).toEqual([]);
  });
});

it('knows an id that was taken by a link where none can be made any more, and the other way round', async () => {
  const fs = memoryDisk();
  const [linking, other] = [await open(fs), await open(withLink(fs, () => 'EPERM'))];
  expect([await linking.create('a', 'pending', { n: 1 }), await other.create('a', 'pending', { n: 2 })]).toEqual([true, false]);
  expect([await other.create('b', 'pending', { n: 1 }), await linking.create('b', 'pending', { n: 2 })]).toEqual([true, false]);
  for (const id of ['a', 'b']) {
    const seen = await linking.read(id);
    const claim = seen?.kind === 'task' ? await linking.claim(seen, 'running') : undefined;
    expect(claim && (await linking.discard(claim))).toBe(true);
    expect(fs.exists(`${IDS}/${id}.json`)).toBe(false);
  }
});

it('leaves no directory that somebody left who was stopped before it was an id', async () => {
  const directory = tempFolder();
  await open(disk, directory);
  const left = `${directory}/tasks/jobs/.dibs/stages/stage.k4f`;
  mkdirSync(left);
  writeFileSync(`${left}/a.json.k4e`, '');
  await open(disk, directory);
  expect(existsSync(left), 'somebody may be at it').toBe(true);
  utimesSync(left, new Date(0), new Date(0));
  await open(disk, directory);
  expect(existsSync(left)).toBe(false);
});
