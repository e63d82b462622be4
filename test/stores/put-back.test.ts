import { describe, expect, it } from 'vitest';
import { errnoError } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import type { TaskStore } from '../../src/stores/store.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { gate } from '../support/gate.ts';
import { mortal } from '../support/mortal.ts';

type Told = (id: string, place: string) => void;

const open = (fileSystem: FileSystem, told: Told = () => undefined): Promise<TaskStore> =>
  new FileStore('file:/s', { fileSystem }).tasks('tasks', 'jobs', { leaseMs: 30_000, settled: async (id, place) => told(id, place) });

/** A task that a dead process had taken aside. */
async function aside(): Promise<FileSystem> {
  const disk = memoryDisk();
  const tasks = await open(mortal(disk));
  await tasks.create('a', 'succeeded', { n: 1 });
  const seen = await tasks.read('a');
  if (seen?.kind !== 'task') throw new Error('it is there');
  await tasks.claim(seen, 'running', { aside: true });
  return disk;
}

const PLACES = ['pending', 'running', 'failed', 'ignored', 'succeeded'] as const;
const namesIn = (fs: FileSystem, place: string): Promise<string[]> => fs.readdir(`/s/tasks/jobs/${place}`);

/** A disk on which the task goes back, and who did that never goes on. */
function stoppedThere(disk: FileSystem): { readonly fs: FileSystem; readonly reached: Promise<void>; readonly go: () => void } {
  const [reached, going] = [gate(), gate()];
  const fs: FileSystem = {
    ...disk,
    async rename(from, to) {
      if (!to.endsWith('/succeeded/a.json')) return disk.rename(from, to);
      reached.open();
      await going.opened;
      await disk.rename(from, to);
      await new Promise(() => undefined);
    },
  };
  return { fs, reached: reached.opened, go: going.open };
}

describe('a task that is put back where it was', () => {
  it('is told of, though another one looks between the mark and the rename, and who renames it is stopped there', async () => {
    const disk = await aside();
    const told: string[] = [];
    const { fs, reached, go } = stoppedThere(disk);
    void open(fs);
    await reached;
    const [mark] = (await namesIn(disk, 'running')).filter((name) => name.endsWith('.back'));
    const looking: FileSystem = {
      ...disk,
      // Whoever looks sees the task aside, and goes on once it is back.
      async open(path, mode) {
        if (path.endsWith('.back') && mode === 'create') go();
        return disk.open(path, mode);
      },
    };
    const other = await open(looking, (id, place) => void told.push(`${id} ${place}`));
    await other.list({ places: PLACES, order: 'id', limit: 9 });
    await other.read('a');
    expect(mark).toBeDefined();
    expect([told.includes('a succeeded'), await namesIn(disk, 'running'), await namesIn(disk, 'succeeded')]).toEqual([
      true,
      [],
      ['a.json'],
    ]);
  });

  it.each(['aside', 'marked'] as const)('is shown as it lies there to who may not write: %s', async (how) => {
    const disk = await aside();
    if (how === 'marked') {
      const { fs, reached, go } = stoppedThere(disk);
      void open(fs);
      await reached;
      go();
      while ((await namesIn(disk, 'succeeded')).length === 0) await new Promise((resolve) => void setImmediate(resolve));
    }
    const refuse = (path: string): Promise<never> => Promise.reject(errnoError('EROFS', 'open', path));
    let isReadOnly = false;
    const readOnly: FileSystem = {
      ...disk,
      rename: (from, to) => (isReadOnly ? refuse(to) : disk.rename(from, to)),
      unlink: (path) => (isReadOnly ? refuse(path) : disk.unlink(path)),
      open: (path, mode) => (isReadOnly && mode !== 'read' ? refuse(path) : disk.open(path, mode)),
      readdir: async (path) => (path.endsWith('/consumers') && !isReadOnly ? [] : disk.readdir(path)),
      scan: async (path, visit) => (path.endsWith('/running') && !isReadOnly ? undefined : disk.scan(path, visit)),
    };
    const tasks = await open(readOnly);
    isReadOnly = true;
    const place = how === 'aside' ? 'running' : 'succeeded';
    expect(await tasks.read('a')).toMatchObject({ kind: 'task', place, fields: { n: 1 } });
    expect(await tasks.list({ places: PLACES, order: 'id', limit: 9 })).toMatchObject([{ kind: 'task', place, fields: { n: 1 } }]);
    expect([...(await tasks.counts())].filter(([, count]) => count > 0)).toEqual([[place, 1]]);
    expect(await tasks.ids(PLACES)).toEqual(['a']);
  });
});
