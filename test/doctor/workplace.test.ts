import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { Workplace, WORKPLACE } from '../../src/doctor/workplace.ts';
import { DiskError, ReadOnlyQueueError } from '../../src/errors.ts';
import { FolderNotFoundError } from '../../src/doctor/doctor-errors.ts';
import { disk } from '../../src/fs/disk.ts';
import { systemProbe } from '../../src/fs/folder-probe.ts';
import { systemError } from '../support/system-error.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { placeFor } from './places.ts';

const tools = { fs: disk, probe: systemProbe, clock: systemClock, signal: new AbortController().signal };

it('is a directory of its own below one name, and goes with all that is in it', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'message.tsv'), 'x');
  const place = await placeFor({ folder });
  const room = await place.room('room');
  writeFileSync(join(room, 'file'), 'x');
  mkdirSync(join(room, 'below'));
  symlinkSync(folder, join(room, 'below', 'link'));
  expect(readdirSync(folder).toSorted()).toEqual([WORKPLACE, 'message.tsv']);
  expect(await place.close()).toEqual([]);
  expect(readdirSync(folder)).toEqual(['message.tsv']);
});

it('leaves what another run has there, and says so', async () => {
  const folder = tempFolder();
  const [one, other] = [await placeFor({ folder }), await placeFor({ folder })];
  expect(await one.close()).toEqual([other.token]);
  expect(existsSync(join(folder, WORKPLACE, other.token))).toBe(true);
});

it('says what of its own it could not remove', async () => {
  const probe = { ...systemProbe, removeDirectory: (path: string) => Promise.reject(systemError('EBUSY', 'rmdir', path)) };
  const place = await placeFor({ probe });
  expect(await place.close()).toEqual([place.token]);
});

it('gives no room and takes no breath once it is interrupted', async () => {
  const controller = new AbortController();
  const place = await placeFor({ signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(place.room('room')).rejects.toThrow('enough');
  await expect(place.breathe()).rejects.toThrow('enough');
});

describe('a folder that can not be examined', () => {
  it('is not there, and is not made', async () => {
    const folder = join(tempFolder(), 'none');
    await expect(Workplace.open(folder, tools)).rejects.toThrow(FolderNotFoundError);
    expect(existsSync(folder)).toBe(false);
  });

  it('is a file', async () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    await expect(Workplace.open(file, tools)).rejects.toThrow(/file is no folder\. Name a folder that is there/);
  });

  it.each(['EACCES', 'EPERM', 'EROFS'])('can not be written (%s)', async (errno) => {
    const folder = tempFolder();
    const fs = { ...disk, mkdir: (path: string) => Promise.reject(systemError(errno, 'mkdir', path)) };
    await expect(Workplace.open(folder, { ...tools, fs })).rejects.toThrow(ReadOnlyQueueError);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is full', async () => {
    const fs = { ...disk, mkdir: (path: string) => Promise.reject(systemError('ENOSPC', 'mkdir', path)) };
    await expect(Workplace.open(tempFolder(), { ...tools, fs })).rejects.toThrow(DiskError);
  });

  it('can not be read', async () => {
    const fs = { ...disk, lstat: (path: string) => Promise.reject(systemError('EACCES', 'lstat', path)) };
    await expect(Workplace.open(tempFolder(), { ...tools, fs })).rejects.toMatchObject({ code: 'ERR_DISK', errno: 'EACCES' });
  });

  it('may be named by a link to it', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'link'));
    await placeFor({ folder: join(folder, 'link') });
    expect(readdirSync(join(folder, 'real'))).toEqual([WORKPLACE]);
    chmodSync(folder, 0o755);
  });
});
