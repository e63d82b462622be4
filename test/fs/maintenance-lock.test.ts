import { mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { disk } from '../../src/fs/disk.ts';
import { MAINTENANCE_LOCK, takeMaintenanceLock } from '../../src/fs/maintenance-lock.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { tempFolder } from '../support/temp-folder.ts';

it('is had by one at a time, and leaves nothing when it is let go', async () => {
  const folder = tempFolder();
  const release = await takeMaintenanceLock(disk, folder);
  expect(release).not.toBeNull();
  expect(await takeMaintenanceLock(disk, folder, { waitMs: 0 })).toBeNull();
  await release?.();
  expect(readdirSync(folder)).toEqual([]);
  const again = await takeMaintenanceLock(disk, folder, { waitMs: 0 });
  expect(again).not.toBeNull();
  await again?.();
});

it('is waited for', async () => {
  const folder = tempFolder();
  const release = await takeMaintenanceLock(disk, folder);
  const waiting = takeMaintenanceLock(disk, folder);
  await release?.();
  const got = await waiting;
  expect(got).not.toBeNull();
  await got?.();
});

it('is taken from one who left it long ago', async () => {
  const folder = tempFolder();
  const lock = join(folder, MAINTENANCE_LOCK);
  mkdirSync(lock);
  utimesSync(lock, new Date(0), new Date(0));
  const release = await takeMaintenanceLock(disk, folder, { waitMs: 0 });
  expect(release).not.toBeNull();
  await release?.();
});

it('stops nobody where it can not be had at all, and minds nobody who removed it', async () => {
  const none = await takeMaintenanceLock(disk, join(tempFolder(), 'none'));
  await none?.();
  const memory = await takeMaintenanceLock(memoryDisk(), '/q', { waitMs: 0 });
  expect([none, memory]).toEqual([expect.any(Function), expect.any(Function)]);
  const folder = tempFolder();
  const release = await takeMaintenanceLock(disk, folder);
  await disk.rmdir(join(folder, MAINTENANCE_LOCK));
  await release?.();
});
