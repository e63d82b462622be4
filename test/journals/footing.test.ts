import { describe, expect, it } from 'vitest';
import type { Durability } from '../../src/journals/batch.ts';
import { Footing } from '../../src/journals/footing.ts';
import { QueueGuard } from '../../src/journals/queue-guard.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import type { Fault } from '../support/fault-plan.ts';
import { doneFile, keptFile, keysFile, putFile } from '../support/journal-text.ts';

const FILES = [keptFile(2), putFile(1), putFile(2), doneFile(2), keysFile(2)];
const [KEPT = '', FIRST = '', SECOND = ''] = FILES.map(nameOf);

function nameOf(path: string): string {
  return path.slice('/q/'.length);
}

/** What an owner found, and the calls that it makes for that. */
function found({ durability = 'power', faults = [] }: { readonly durability?: Durability; readonly faults?: readonly Fault[] } = {}) {
  const disk = new CrashingDisk(Object.fromEntries(FILES.map((path) => [path, 'records'])));
  const fs = disk.process({ faults });
  const guard = new QueueGuard('/q', () => true);
  const older = [KEPT, FIRST, SECOND].map((file) => ({ file }));
  const kept = { segments: older.slice(0, 1) };
  const [doneFiles, keysFiles] = [[{ file: nameOf(doneFile(2)) }], [nameOf(keysFile(2))]];
  const footing = new Footing({ fs, directory: '/q', durability, guard }, { older, kept, doneFiles, keysFiles });
  const syncs = (): string[] => fs.calls.filter(({ operation }) => operation.startsWith('sync')).map(({ path }) => path);
  return { fs, footing, guard, syncs };
}

describe('what an owner found', () => {
  it('is synced a file a time, once, with the names, and only when somebody leans on it', async () => {
    const { footing, syncs } = found();
    expect(syncs()).toEqual([]);
    await Promise.all([footing.under(FIRST), footing.under(FIRST)]);
    expect(syncs()).toEqual(['/q', putFile(1)]);
    expect(footing.under(FIRST)).toBeUndefined();
    await footing.all();
    await footing.all();
    expect(syncs()).toEqual(['/q', putFile(1), ...FILES.filter((path) => path !== putFile(1))]);
  });

  it.each(['power', 'process'] as const)('is synced where it outlived its journal before that goes (%s)', async (durability) => {
    const { footing, syncs } = found({ durability });
    await footing.copies();
    await footing.copies();
    expect(syncs()).toEqual(['/q', keptFile(2)]);
  });

  it('needs no sync of what this run wrote itself, nor where nobody is promised that much', async () => {
    const { footing } = found();
    expect(footing.under(nameOf(putFile(3)))).toBeUndefined();
    const { footing: other, fs } = found({ durability: 'process' });
    expect(other.under(FIRST)).toBeUndefined();
    await other.all();
    expect(fs.calls).toEqual([]);
  });

  it('may be gone: then nothing leans on it', async () => {
    const { footing, fs } = found();
    await fs.unlink(putFile(1));
    await footing.under(FIRST);
    expect(footing.under(FIRST)).toBeUndefined();
  });

  it('breaks the queue where it can’t be synced, since what was read may be nowhere', async () => {
    for (const operation of ['sync', 'syncDirectory'] as const) {
      const { footing, guard } = found({ faults: [{ at: (call) => call.operation === operation, errno: 'EIO' }] });
      await expect(footing.under(SECOND)).rejects.toMatchObject({ code: 'ERR_QUEUE_BROKEN', cause: { operation: 'sync', errno: 'EIO' } });
      expect(() => guard.assertWhole()).toThrow(/can't say any more/);
    }
  });

  it('is asked for again where it can’t be opened', async () => {
    let failing = true;
    const { footing, guard } = found({ faults: [{ at: ({ operation }) => failing && operation === 'open', errno: 'EMFILE' }] });
    await expect(footing.all()).rejects.toMatchObject({ code: 'ERR_DISK', operation: 'open', errno: 'EMFILE' });
    failing = false;
    guard.assertWhole();
    await footing.all();
    expect(footing.under(FIRST)).toBeUndefined();
  });

  it('is safe once it is synced, whatever the closing of the file says', async () => {
    const { footing } = found({ faults: [{ at: ({ operation }) => operation === 'close', errno: 'ENOSPC' }] });
    await footing.all();
    expect(footing.under(FIRST)).toBeUndefined();
  });

  it('is synced also where it may only be read', async () => {
    const { footing, syncs } = found({ faults: [{ at: ({ operation, to }) => operation === 'open' && to === 'update', errno: 'EACCES' }] });
    await footing.under(FIRST);
    expect(syncs()).toEqual(['/q', putFile(1)]);
  });
});
