import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { tempFolder } from './temp-folder.ts';

/** A file system of the running kernel whose power can be cut: on a loop device, by the ioctl that drops all it holds back. */
export class CuttableDisk {
  /** Where it is mounted. */
  readonly directory: string;
  readonly #image: string;
  readonly #kind: CuttableKind;
  #device: string | undefined;

  /** Makes and mounts one, for as long as the test lasts. */
  constructor(kind: CuttableKind) {
    const folder = tempFolder();
    this.#kind = kind;
    this.#image = join(folder, 'image');
    this.directory = join(folder, 'mounted');
    mkdirSync(this.directory);
    execFileSync('truncate', ['-s', kind === 'xfs' ? '320M' : '48M', this.#image]);
    execFileSync(`mkfs.${kind}`, kind === 'xfs' ? ['-q', '-f', this.#image] : ['-q', '-F', this.#image]);
    this.#mount();
    // Before the folder goes, which was asked for earlier.
    onTestFinished(() => this.#unmount());
  }

  /** What was not synced is gone; then the power is back, and the file system recovers. */
  cutPower(): void {
    execFileSync('xfs_io', ['-x', '-c', 'shutdown', this.directory]);
    this.#unmount();
    this.#mount();
  }

  #mount(): void {
    this.#device = execFileSync('losetup', ['--show', '-f', '--direct-io=on', this.#image], { encoding: 'utf8' }).trim();
    execFileSync('mount', ['-t', this.#kind, this.#device, this.directory]);
  }

  #unmount(): void {
    if (this.#device === undefined) return;
    execFileSync('umount', [this.directory]);
    execFileSync('losetup', ['-d', this.#device]);
    this.#device = undefined;
  }
}

export type CuttableKind = 'ext4' | 'xfs';

/** Why no power can be cut here; undefined if it can. */
export function whyNoPowerCuts(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it takes root on Linux';
  const tools = ['losetup', 'mount', 'mkfs.ext4', 'mkfs.xfs', 'xfs_io'];
  const missing = tools.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
  if (missing.length > 0) return `${missing.join(', ')} missing`;
  return spawnSync('losetup', ['-f']).status === 0 ? undefined : 'there are no loop devices';
}
