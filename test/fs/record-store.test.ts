import { describe, expect, it } from 'vitest';
import { formatRecord } from '../../src/formats/json-record.ts';
import { isErrno } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { createRecord, readRecord, replaceRecord } from '../../src/fs/record-store.ts';
import { memoryDisk } from '../../src/testing/index.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';

const FORMAT = { name: 'dibs/test', version: 1 };
const PATH = '/store/a.json';
const SAFE = { sync: true };
const OLD = formatRecord(FORMAT, { value: 'old' });
const NEW = formatRecord(FORMAT, { value: 'new' });

const read = (fs: FileSystem) => readRecord(fs, PATH, FORMAT);
const create = (fs: FileSystem) => createRecord(fs, PATH, FORMAT, { value: 'new' }, SAFE);
const replace = (fs: FileSystem) => replaceRecord(fs, PATH, FORMAT, { value: 'new' }, SAFE);

describe('readRecord', () => {
  it('gives the fields', async () => {
    expect(await read(memoryDisk({ [PATH]: OLD }))).toEqual({ kind: 'record', fields: { value: 'old' } });
  });

  it('says that there is none', async () => {
    expect(await read(memoryDisk({ '/store/other': '' }))).toEqual({ kind: 'absent' });
  });

  it('says why it is damaged, and never throws for it', async () => {
    expect(await read(memoryDisk({ [PATH]: '' }))).toEqual({ kind: 'damaged', reason: 'it is empty' });
    expect(await read(memoryDisk({ [PATH]: OLD.slice(3) }))).toMatchObject({ kind: 'damaged' });
    expect(await read(memoryDisk({ [`${PATH}/below`]: '' }))).toEqual({ kind: 'damaged', reason: 'it is a directory' });
  });

  it('does not read what is longer than any record', async () => {
    const disk = memoryDisk({ [PATH]: OLD });
    const fs: FileSystem = { ...disk, lstat: async (path) => ({ ...(await disk.lstat(path))!, size: 2 ** 40 }) };
    expect(await read(fs)).toMatchObject({ kind: 'damaged' });
  });

  it('believes a newer version only if its checksum holds', async () => {
    const newer = formatRecord({ ...FORMAT, version: 7 }, { value: 'x' });
    expect(await read(memoryDisk({ [PATH]: newer }))).toEqual({ kind: 'newer', version: 7 });
    expect(await read(memoryDisk({ [PATH]: OLD.replace('"version":1', '"version":7') }))).toMatchObject({ kind: 'damaged' });
  });
});

describe('createRecord', () => {
  it('creates it once, and changes nothing the second time', async () => {
    const fs = memoryDisk({ '/store/other': '' });
    expect(await create(fs)).toBe(true);
    expect(await createRecord(fs, PATH, FORMAT, { value: 'later' }, SAFE)).toBe(false);
    expect(await read(fs)).toEqual({ kind: 'record', fields: { value: 'new' } });
    expect((await fs.readdir('/store')).sort()).toEqual(['a.json', 'other']);
  });

  it('leaves no record or the whole one, wherever it stops', async () => {
    let isCreated = false;
    await eachCrash(
      { '/store/other': '' },
      async (fs) => {
        isCreated = false;
        isCreated = (await create(fs)) && !fs.stopped;
      },
      (left) => {
        expect([undefined, NEW]).toContain(left[PATH]);
        if (isCreated) expect(left[PATH]).toBe(NEW);
      },
    );
  });
});

describe('replaceRecord', () => {
  it('replaces it, and creates it', async () => {
    for (const files of [{ [PATH]: OLD }, { '/store/other': '' }]) {
      const fs = memoryDisk(files);
      await replace(fs);
      expect(await read(fs)).toEqual({ kind: 'record', fields: { value: 'new' } });
      expect(await fs.readdir('/store')).toHaveLength(Object.keys({ ...files, [PATH]: '' }).length);
    }
  });

  it('leaves the old record or the new one, wherever it stops, and the new one once it was acknowledged', async () => {
    let isReplaced = false;
    const { stops } = await eachCrash(
      { [PATH]: OLD },
      async (fs) => {
        isReplaced = false;
        await replace(fs);
        isReplaced = !fs.stopped;
      },
      (left) => expect(isReplaced ? [NEW] : [OLD, NEW]).toContain(left[PATH]),
    );
    expect(stops).toBeGreaterThan(10);
  });

  it('takes an ENOENT for success if the rename was done, and for an error if not', async () => {
    const lie = (reply: 'before' | 'after') =>
      new CrashingDisk({ [PATH]: OLD }).process({ faults: [{ at: ({ operation }) => operation === 'rename', errno: 'ENOENT', reply }] });
    const done = lie('after');
    await replace(done);
    expect(await read(done)).toEqual({ kind: 'record', fields: { value: 'new' } });
    const refused = lie('before');
    await expect(replace(refused)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await read(refused)).toEqual({ kind: 'record', fields: { value: 'old' } });
    expect(await refused.readdir('/store')).toEqual(['a.json']);
  });

  it('acknowledges nothing that is not there, whatever call fails', async () => {
    const rehearsal = new CrashingDisk({ [PATH]: OLD }).process();
    await replace(rehearsal);
    for (const errno of ['EIO', 'ENOSPC', 'ENOENT', 'EEXIST', 'ESTALE']) {
      for (const { number } of rehearsal.calls) {
        for (const reply of ['before', 'after'] as const) {
          const disk = new CrashingDisk({ [PATH]: OLD });
          const fs = disk.process({ faults: [{ at: (call) => call.number === number, errno, reply }] });
          const error: unknown = await replace(fs).then(() => undefined, (reason: unknown) => reason); // prettier-ignore
          expect(error === undefined || isErrno(error, errno)).toBe(true);
          expect(error === undefined ? [NEW] : [OLD, NEW]).toContain(disk.files()[PATH]);
        }
      }
    }
  });
});
