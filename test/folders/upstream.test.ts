import { expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { errnoError } from '../../src/fs/errno.ts';
import { type StrangeFile, StrangeFiles } from '../../src/folders/strange-files.ts';
import { Upstream } from '../../src/folders/upstream.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { inFolder, openActor, said } from '../support/folder-ground.ts';

async function upstream(fs: FileSystem, expected?: number) {
  const told: StrangeFile[] = [];
  const { context } = await openActor(fs);
  return { told, it: new Upstream(context, { leaseMs: 1_000, expected, strange: new StrangeFiles((found) => told.push(found)) }) };
}

it('reads each control file once', async () => {
  const words = { ...said(1, 'helo', 'done'), ...said(2, 'helo') };
  const fs = new FaultyDisk(memoryDisk(inFolder(words)));
  const { it: ear } = await upstream(fs);
  const before = fs.calls.length;
  for (let time = 0; time < 5; time += 1)
    expect(await ear.hear(Object.keys(words))).toMatchObject({ isDrained: false, open: [{ pid: 2 }] });
  expect(fs.calls.slice(before).filter(({ operation }) => operation === 'open')).toHaveLength(3);
});

it('F-26 one that may not be read is named, and keeps nobody waiting', async () => {
  const words = said(1, 'helo', 'done');
  const secret = '20261121_130405_000000__000009.failed';
  const memory = memoryDisk(inFolder({ ...words, [secret]: '{}' }));
  const open: FileSystem['open'] = async (path, mode) => {
    if (path.endsWith(secret)) throw errnoError('EACCES', 'open', path);
    return memory.open(path, mode);
  };
  const { it: ear, told } = await upstream({ ...memory, open });
  expect(await ear.hear([...Object.keys(words), secret])).toMatchObject({ isDrained: true, failed: undefined });
  expect(told).toEqual([{ file: secret, reason: 'it is no whole control file' }]);
});

it('F-22 waits for as many producers as it was told, and forgets those that were over before', async () => {
  const [old, one, two] = [said(1, 'helo', 'done'), said(2, 'helo', 'done'), said(3, 'helo', 'done')];
  const fs = memoryDisk(inFolder({ ...old, ...one, ...two }));
  const { it: ear } = await upstream(fs, 2);
  ear.forgetWhatIsOver(await ear.hear(Object.keys(old)));
  expect((await ear.hear(Object.keys({ ...old, ...one }))).isDrained).toBe(false);
  expect((await ear.hear(Object.keys({ ...old, ...one, ...two }))).isDrained).toBe(true);
});

it('what was cleared away is not heard any more', async () => {
  const words = said(1, 'helo', 'done');
  const { it: ear } = await upstream(memoryDisk(inFolder(words)));
  expect((await ear.hear(Object.keys(words))).isDrained).toBe(true);
  expect(await ear.hear([])).toMatchObject({ isDrained: false, runs: [] });
  expect(await ear.hear(['20261121_130405_000000__000099.done'])).toMatchObject({ runs: [] });
});
