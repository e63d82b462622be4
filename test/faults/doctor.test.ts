import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { examineFolder } from '../../src/doctor/examine.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** What each test mounts, and the tools of the system that this takes. */
const MOUNTS = {
  'NTFS that ignores case and refuses what Windows refuses': ['mkfs.ntfs', 'lowntfs-3g', 'umount'],
  'a disk in memory': ['mount', 'umount'],
  'a mount of FUSE': ['bindfs', 'umount'],
} as const;

function whyNot(kind: keyof typeof MOUNTS): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it takes root on Linux';
  const missing = MOUNTS[kind].filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
  return missing.length > 0 ? `${missing.join(', ')} missing` : undefined;
}

const skipped = Object.keys(MOUNTS).flatMap((kind) => {
  const why = isKind(kind) ? whyNot(kind) : undefined;
  return why === undefined ? [] : [`${kind} (${why})`];
});
if (skipped.length > 0) console.warn(`${skipped.length} of the tests of the doctor on real mounts are skipped: ${skipped.join('; ')}.`);

function isKind(kind: string): kind is keyof typeof MOUNTS {
  return kind in MOUNTS;
}

/** An empty directory to mount on; unmounted with the test. */
function mountPoint(folder: string): string {
  const point = join(folder, 'mounted');
  mkdirSync(point);
  onTestFinished(() => void spawnSync('umount', [point]));
  return point;
}

describe('the doctor', () => {
  it.skipIf(whyNot('NTFS that ignores case and refuses what Windows refuses'))('finds what is odd about NTFS behind FUSE', async () => {
    const folder = tempFolder();
    const [image, point] = [join(folder, 'image'), mountPoint(folder)];
    execFileSync('truncate', ['-s', '64M', image]);
    execFileSync('mkfs.ntfs', ['-F', '-q', image], { stdio: 'ignore' });
    execFileSync('lowntfs-3g', ['-o', 'ignore_case,windows_names', image, point]);
    const before = readdirSync(point);
    const { findings, notes, advice } = await examineFolder(point);
    expect(findings.kind.nature).toBe('program');
    expect(findings.folding.ignoresCase).toBe(true);
    expect(findings.names.refused).toEqual([':', '*', '?', '"', '<', '>', '|', '\\', 'dot at the end', 'space at the end']);
    expect(findings.races.renames).toMatchObject({ doubled: 0, lost: 0 });
    expect(notes).toContainEqual(expect.stringContaining('case only'));
    expect(advice).toContainEqual(expect.stringContaining('A program answers'));
    expect(readdirSync(point)).toEqual(before);
  });

  it.skipIf(whyNot('a disk in memory'))('says that nothing in memory survives a power cut, and ends well when that is full', async () => {
    const folder = tempFolder();
    const point = mountPoint(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'dibs-doctor', point]);
    const { findings, promises } = await examineFolder(point);
    expect(findings.kind).toMatchObject({ name: 'tmpfs', nature: 'memory' });
    expect(promises.filter(({ holds }) => !holds).map(({ number }) => number)).toEqual([1]);
    execFileSync('mount', ['-o', 'remount,nr_inodes=40', point]);
    await expect(examineFolder(point)).rejects.toMatchObject({ code: 'ERR_DISK', errno: 'ENOSPC' });
    expect(readdirSync(point)).toEqual([]);
    execFileSync('mount', ['-o', 'remount,ro', point]);
    await expect(examineFolder(point)).rejects.toMatchObject({ code: 'ERR_READ_ONLY_QUEUE' });
  });

  it.skipIf(whyNot('a mount of FUSE'))('names the program behind a mount of FUSE', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'below'));
    const point = mountPoint(folder);
    execFileSync('bindfs', [join(folder, 'below'), point]);
    const { findings } = await examineFolder(point);
    expect(findings.kind).toMatchObject({ name: expect.stringMatching(/^fuse/), nature: 'program' });
    expect(findings.races.renames).toMatchObject({ doubled: 0, lost: 0 });
  });
});
