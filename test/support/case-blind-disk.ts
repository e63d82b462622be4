import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { whyNotAsRoot } from './missing-tools.ts';
import { tempFolder } from './temp-folder.ts';

/** Why no such disk can be had here; undefined if it can. */
export function whyNoCaseBlindDisk(): string | undefined {
  return whyNotAsRoot('mkfs.ntfs', 'lowntfs-3g', 'umount') ?? (existsSync('/dev/fuse') ? undefined : 'there is no /dev/fuse');
}

/** Makes and mounts, for as long as the test lasts, an NTFS for which `a` and `A` are one name, with the names that Windows allows. */
export function caseBlindDisk(): string {
  const folder = tempFolder();
  const [image, directory] = [join(folder, 'image'), join(folder, 'mounted')];
  mkdirSync(directory);
  execFileSync('truncate', ['-s', '64M', image]);
  execFileSync('mkfs.ntfs', ['-F', '-q', image], { stdio: 'ignore' });
  execFileSync('lowntfs-3g', ['-o', 'ignore_case,windows_names', image, directory]);
  // Before the folder goes, which was asked for earlier. A thread that beat closes its file a moment after it was told so.
  onTestFinished(async () => {
    for (let tries = 0; tries < 100 && spawnSync('umount', [directory]).status !== 0; tries += 1) await sleep(100);
  });
  return directory;
}
