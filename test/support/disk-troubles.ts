import { setTimeout as sleep } from 'node:timers/promises';
import type { FullDiskUser } from './full-disk-user.ts';
import type { SmallDisk, SmallKind } from './small-disk.ts';

/** One thing that may be wrong with a disk, or with what a process may do on it. */
export interface Trouble {
  readonly on: SmallKind;
  /** What the system says then. */
  readonly errnos: readonly string[];
  /** Whether each point takes a while. */
  readonly isSlow?: boolean;
  /** From a queue that is open to one whose disk is well again. @param point at which of many points it begins */
  readonly play: (disk: SmallDisk, user: FullDiskUser, point: number) => Promise<void>;
}

const STEPS = 25;
const BLOCK = { tmpfs: 4096, ext4: 1024 } as const;

/** Uses the queue; every third time it is opened once more meanwhile. */
async function use(user: FullDiskUser, point: number): Promise<void> {
  await user.badly('full', { steps: STEPS });
  if (point % 3 !== 2) return;
  await user.badly('leave');
  await user.badly('enter');
  await user.badly('full', { steps: STEPS });
}

const full = (on: SmallKind, what: 'bytes' | 'files'): Trouble => ({
  on,
  errnos: ['ENOSPC'],
  async play(disk, user, point) {
    if (what === 'bytes') disk.fillBytes((point % 16) * BLOCK[on]);
    else disk.fillFiles(point % 10);
    await use(user, point);
    disk.free();
  },
});

export const DISK_TROUBLES: Readonly<Record<string, Trouble>> = {
  'no bytes left on a tmpfs': full('tmpfs', 'bytes'),
  'no files left on a tmpfs': full('tmpfs', 'files'),
  'no bytes left on an ext4': full('ext4', 'bytes'),
  'no files left on an ext4': full('ext4', 'files'),

  'a limit for the size of a file': {
    on: 'tmpfs',
    // Of a write that was cut short it is not known why.
    errnos: ['EFBIG', 'ENOSPC'],
    async play(_, user, point) {
      user.limit('fsize', point * 97);
      await use(user, point);
      user.limit('fsize', 'unlimited');
    },
  },

  'no more files may be open': {
    on: 'tmpfs',
    errnos: ['EMFILE'],
    // Who may open no more waits until one is closed, for up to a minute.
    async play(_, user, point) {
      // Now and then not even one.
      user.limit('nofile', point % 4 === 0 ? 0 : user.files + (point % 4));
      let isOver = false;
      const using = use(user, point).finally(() => (isOver = true));
      await sleep(100);
      if (!isOver) user.waits();
      user.limit('nofile', 1_024);
      await using;
    },
  },

  'damage that the kernel found, so that it lets nobody write': {
    on: 'ext4',
    errnos: ['EROFS', 'EIO'],
    isSlow: true,
    async play(disk, user, point) {
      disk.damage();
      await use(user, point);
      await user.badly('leave');
      await disk.repair();
      user.forgotten();
    },
  },

  'a disk that is read-only when it is opened': {
    on: 'ext4',
    errnos: ['EROFS'],
    isSlow: true,
    async play(disk, user, point) {
      if (point % 2 === 1) await user.badly('full', { steps: STEPS });
      await user.well('leave');
      await disk.setReadOnly(true);
      await user.badly('enter');
      await disk.setReadOnly(false);
    },
  },
};
