import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { whyNotAsRoot } from './missing-tools.ts';
import { tempFolder } from './temp-folder.ts';

export type SmallKind = 'tmpfs' | 'ext4';

/** Why there are no small disks here; undefined if there are. */
export function whyNoSmallDisks(): string | undefined {
  const why = whyNotAsRoot('losetup', 'mount', 'mkfs.ext4', 'e2fsck', 'prlimit', 'mountpoint');
  return why ?? (spawnSync('losetup', ['-f']).status === 0 ? undefined : 'there are no loop devices');
}

/** A disk of some hundred blocks and files, which can be filled to the last of them, and turn read-only. */
export class SmallDisk {
  /** Where it is mounted. */
  readonly directory: string;
  readonly #kind: SmallKind;
  readonly #image: string;
  #device: string | undefined;

  /** With `untyped` the directories of the ext4 do not say what a name is. */
  constructor(kind: SmallKind, { untyped = false } = {}) {
    const folder = tempFolder();
    this.#kind = kind;
    this.#image = join(folder, 'image');
    this.directory = join(folder, 'mounted');
    mkdirSync(this.directory);
    if (kind === 'ext4') {
      const shape = untyped ? ['-N', '1024', '-O', '^filetype'] : ['-N', '128'];
      execFileSync('truncate', ['-s', '2M', this.#image]);
      execFileSync('mkfs.ext4', ['-q', '-F', '-m', '0', '-b', '1024', '-e', 'remount-ro', ...shape, this.#image]);
    }
    this.#mount();
    // Before the folder goes, which was asked for earlier.
    onTestFinished(() => this.#unmount());
  }

  /** Takes all but so many bytes of what is free. */
  fillBytes(left: number): void {
    const { bavail, bsize } = statfsSync(this.directory);
    const file = openSync(this.#ballast('bytes'), 'w');
    try {
      for (let blocks = bavail - Math.ceil(left / bsize); blocks > 0; blocks -= 1) writeSync(file, Buffer.alloc(bsize));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    } finally {
      closeSync(file);
    }
  }

  /** Leaves room for so many files more. */
  fillFiles(left: number): void {
    const ballast = this.#ballast('files');
    mkdirSync(ballast);
    for (let files = statfsSync(this.directory).ffree - left; files > 0; files -= 1) writeFileSync(join(ballast, `${files}`), '');
  }

  free(): void {
    for (const what of ['bytes', 'files']) rmSync(this.#ballast(what), { recursive: true, force: true });
  }

  /** The kernel has found damage, and lets nobody write any more: not in what is open either. */
  damage(): void {
    writeFileSync(`/sys/fs/ext4/${basename(this.#device ?? '')}/trigger_fs_error`, 'a test');
  }

  /** Somebody has looked after it. Nothing may be open. */
  async repair(): Promise<void> {
    await onceIdle('umount', [this.directory]);
    // A container that was started meanwhile has it mounted too, as long as it runs. (1 means: it was repaired.)
    await onceIdle('sh', ['-c', 'e2fsck -fy "$1" || [ $? = 1 ]', 'sh', this.#device ?? '']);
    execFileSync('mount', ['-t', 'ext4', this.#device ?? '', this.directory]);
  }

  /** Nothing may be open for writing. */
  setReadOnly(isReadOnly: boolean): Promise<void> {
    return onceIdle('mount', ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, this.directory]);
  }

  #ballast(what: string): string {
    return join(this.directory, `ballast of ${what}`);
  }

  #mount(): void {
    if (this.#kind === 'tmpfs') {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k,nr_inodes=128', 'tmpfs', this.directory]);
      return;
    }
    this.#device = execFileSync('losetup', ['--show', '-f', this.#image], { encoding: 'utf8' }).trim();
    execFileSync('mount', ['-t', 'ext4', this.#device, this.directory]);
  }

  /** Who was killed at the end of the test goes a moment later. */
  async #unmount(): Promise<void> {
    if (spawnSync('mountpoint', ['-q', this.directory]).status === 0) await onceIdle('umount', [this.directory]);
    if (this.#device !== undefined) spawnSync('losetup', ['-d', this.#device]);
  }
}

const MOST_TRIES = 600;
const PAUSE_MS = 100;

/** A thread that beat closes its file a moment after it was told so; and so on. */
async function onceIdle(command: string, args: readonly string[]): Promise<void> {
  let said = '';
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status === 0) return;
    said = stderr;
    await sleep(PAUSE_MS);
  }
  throw new Error(`something is left open: ${said}`);
}
