import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disk } from '../../src/fs/disk.ts';
import { memoryDisk } from '../../src/testing/index.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { fileSystemContract } from './file-system.ts';

fileSystemContract('the real disk', () => {
  const directory = mkdtempSync(join(tmpdir(), 'dibs-contract-'));
  return { fs: disk, directory, clear: async () => rmSync(directory, { recursive: true }) };
});

fileSystemContract('the memory disk', async () => {
  const fs = memoryDisk();
  await fs.mkdir('/ground');
  return { fs, directory: '/ground' };
});

fileSystemContract('the crashing disk', async () => {
  const fs = new CrashingDisk().process();
  await fs.mkdir('/ground');
  return { fs, directory: '/ground' };
});
