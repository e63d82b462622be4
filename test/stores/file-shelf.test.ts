import { describe, expect, it } from 'vitest';
import type { Fields } from '../../src/formats/json-record.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import type { Shelf } from '../../src/stores/store.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';

const shelfOn = (fs: FileSystem): Shelf => new FileStore('file:/s', { fileSystem: fs }).shelf('batches', 'b');
const isFirst = ({ token }: Fields): boolean => token === 'first';

async function made(token: string): Promise<CrashingDisk> {
  const disk = new CrashingDisk({ '/s/': '' });
  await shelfOn(disk.process()).create('plan', { token });
  return disk;
}

describe('the removal of a record that is meant', () => {
  it('has taken it or not, wherever it is stopped, and a repeat does', async () => {
    const { points } = await eachCrash(
      await made('first'),
      (fs) => shelfOn(fs).removeIf('plan', isFirst),
      async (_left, fs) => {
        const shelf = shelfOn(fs);
        expect([undefined, { token: 'first' }]).toContainEqual(await shelf.read('plan'));
        await shelf.removeIf('plan', isFirst);
        expect(await shelf.read('plan')).toBeUndefined();
        expect(await shelf.create('plan', { token: 'second' })).toBe(true);
      },
      { limit: 16 },
    );
    expect(points).toBeGreaterThan(1);
  });

  it('touches no other one, wherever it is stopped', async () => {
    await eachCrash(
      await made('second'),
      (fs) => shelfOn(fs).removeIf('plan', isFirst),
      async (_left, fs) => expect(await shelfOn(fs).read('plan')).toEqual({ token: 'second' }),
      { limit: 16 },
    );
  });

  it('leaves one that was made meanwhile, wherever it stands still', async () => {
    let call = 1;
    for (let isAsleep = true; isAsleep; call += 1) {
      isAsleep = false;
      const disk = memoryDisk();
      const other = shelfOn(disk);
      await other.create('plan', { token: 'first' });
      const meanwhile = async (): Promise<void> => {
        isAsleep = true;
        await other.remove('plan');
        await other.create('plan', { token: 'second' });
      };
      await shelfOn(sleepyDisk(disk, { call, meanwhile })).removeIf('plan', isFirst);
      if (isAsleep) expect([call, await other.read('plan')]).toEqual([call, { token: 'second' }]);
    }
    expect(call).toBeGreaterThan(3);
  });
});
