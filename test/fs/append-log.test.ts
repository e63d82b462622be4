import { describe, expect, it } from 'vitest';
import { DiskError, QueueBrokenError } from '../../src/errors.ts';
import { AppendLog } from '../../src/fs/append-log.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { ALL_ERRNOS } from '../support/each-error.ts';
import type { Call, Fault } from '../support/fault-plan.ts';
import type { FaultyDisk } from '../support/faulty-disk.ts';

const BEFORE = { '/q/': '' };

function append(log: AppendLog, text: string): void {
  const bytes = Buffer.from(`${text}behind`);
  log.append(bytes, Buffer.byteLength(text));
}

function thrownBy(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** The n-th call of that kind. */
function nth(operation: Call['operation'], n: number): (call: Call) => boolean {
  let met = 0;
  return (call) => call.operation === operation && (met += 1) === n;
}

interface Logging {
  readonly disk: CrashingDisk;
  readonly fs: FaultyDisk;
  readonly log: AppendLog;
}

async function logOn(...faults: Fault[]): Promise<Logging> {
  return logging({ durable: true }, faults);
}

/** A log that is filled ahead. */
async function aheadOn(...faults: Fault[]): Promise<Logging> {
  return logging({ durable: true, ahead: true }, faults);
}

async function logging(options: Parameters<typeof AppendLog.create>[3], faults: readonly Fault[]): Promise<Logging> {
  const disk = new CrashingDisk(BEFORE);
  const fs = disk.process({ faults });
  return { disk, fs, log: await AppendLog.create(fs, '/q', 'log', options) };
}

describe('a log', () => {
  it('holds what was appended, one write each, in order', async () => {
    const { disk, fs, log } = await logOn();
    append(log, 'first\n');
    append(log, 'é\n');
    expect(log.size).toBe(9);
    expect(disk.files()).toEqual({ '/q/log': 'first\né\n' });
    expect(fs.calls.filter(({ operation }) => operation === 'write')).toHaveLength(2);
    expect(log.path).toBe('/q/log');
  });

  it('is never one that is there already', async () => {
    const fs = new CrashingDisk({ '/q/log': 'of another' }).process();
    await expect(AppendLog.create(fs, '/q', 'log', { durable: true })).rejects.toMatchObject({
      name: 'DiskError',
      errno: 'EEXIST',
      operation: 'create',
      path: '/q/log',
    });
  });

  it('syncs its name before anything is acknowledged in it, and not where nobody asks for that', async () => {
    const made = async (durable: boolean): Promise<string[]> => {
      const fs = new CrashingDisk(BEFORE).process();
      await AppendLog.create(fs, '/q', 'log', { durable });
      return fs.calls.map(({ operation }) => operation);
    };
    expect(await made(true)).toEqual(['open', 'syncDirectory']);
    expect(await made(false)).toEqual(['open']);
  });

  it('keeps what was synced, and at most a torn tail of the rest, wherever the machine stops', async () => {
    let synced = '';
    let appended = '';
    const act = async (fs: FileSystem & { stopped: boolean }): Promise<void> => {
      synced = appended = '';
      const log = await AppendLog.create(fs, '/q', 'log', { durable: true });
      for (const line of ['one\n', 'two\n']) {
        appended += line;
        append(log, line);
        await log.sync();
        if (!fs.stopped) synced = appended;
      }
      appended += 'three\n';
      append(log, 'three\n');
      log.syncNow();
      if (!fs.stopped) synced = appended;
    };
    await eachCrash(BEFORE, act, (left) => {
      const there = (left['/q/log'] ?? '').replace(/\0+$/, '');
      expect(there.startsWith(synced)).toBe(true);
      if (!there.includes('\0')) expect(appended.startsWith(there)).toBe(true);
    });
  });

  it('says what could not be made', async () => {
    for (const operation of ['open', 'syncDirectory'] as const) {
      const fs = new CrashingDisk(BEFORE).process({ faults: [{ at: nth(operation, 1), errno: 'EDQUOT' }] });
      await expect(AppendLog.create(fs, '/q', 'log', { durable: true })).rejects.toMatchObject({
        name: 'DiskError',
        errno: 'EDQUOT',
        operation: 'create',
      });
    }
  });
});

describe('a write that fails', () => {
  it.each(ALL_ERRNOS.flatMap((errno) => [[errno, 'before'] as const, [errno, 'after'] as const]))(
    'with %s, %s it was done, leaves nothing behind',
    async (errno, reply) => {
      const { disk, log } = await logOn({ at: nth('write', 2), errno, reply });
      append(log, 'first\n');
      expect(thrownBy(() => append(log, 'refused\n'))).toMatchObject({ name: 'DiskError', errno, operation: 'write', path: '/q/log' });
      expect(disk.files()).toEqual({ '/q/log': 'first\n' });
      append(log, 'next\n');
      await log.sync();
      expect(disk.files()).toEqual({ '/q/log': 'first\nnext\n' });
      expect(log.size).toBe(11);
    },
  );

  it.each([
    ['what the disk says of the rest', { errno: 'EFBIG' }, 'EFBIG'],
    ['a full disk if that takes nothing more', { bytes: 0 }, 'ENOSPC'],
  ] as const)('is told by %s if only some bytes were taken: those are cut off again', async (_, rest, errno) => {
    for (const bytes of [1, 7]) {
      const { disk, log } = await logOn({ at: nth('write', 2), bytes }, { at: nth('write', 2), ...rest });
      append(log, 'first\n');
      expect(thrownBy(() => append(log, 'refused\n'))).toMatchObject({
        name: 'DiskError',
        errno,
        message: expect.stringContaining('/q/log'),
      });
      expect(disk.files()).toEqual({ '/q/log': 'first\n' });
      append(log, 'next\n');
      expect(disk.files()).toEqual({ '/q/log': 'first\nnext\n' });
    }
  });

  it('is none if the disk takes the rest at the next write', async () => {
    const { disk, log } = await logOn({ at: nth('write', 2), bytes: 4 }, { at: nth('write', 2), bytes: 2 });
    for (const line of ['first\n', 'next\n', 'last\n']) append(log, line);
    expect(disk.files()).toEqual({ '/q/log': 'first\nnext\nlast\n' });
    expect(log.size).toBe(16);
  });

  it('breaks the log if what was taken can’t be cut off, and says so: it might be delivered after all', async () => {
    const { disk, fs, log } = await logOn(
      { at: nth('write', 2), bytes: 4 },
      { at: nth('write', 2), errno: 'ENOSPC' },
      { at: nth('truncate', 1), errno: 'EIO' },
    );
    append(log, 'first\n');
    expect(thrownBy(() => append(log, 'refused\n'))).toMatchObject({
      name: 'QueueBrokenError',
      directory: '/q',
      cause: { name: 'DiskError', operation: 'write', errno: 'ENOSPC', path: '/q/log' },
    });
    fs.heal();
    for (let time = 0; time < 3; time += 1) {
      expect(thrownBy(() => append(log, 'next\n'))).toBeInstanceOf(QueueBrokenError);
      await expect(log.sync()).rejects.toBeInstanceOf(QueueBrokenError);
      expect(thrownBy(() => log.syncNow())).toBeInstanceOf(QueueBrokenError);
    }
    expect(disk.files()).toEqual({ '/q/log': 'first\nrefu' });
  });
});

describe('a sync that fails', () => {
  it.each(['sync', 'syncNow'] as const)('is never tried again, and nothing is written after it (%s)', async (operation) => {
    const { fs, log } = await logOn({ at: nth(operation, 1), errno: 'EIO' });
    append(log, 'first\n');
    const sync = async (): Promise<void> => (operation === 'sync' ? log.sync() : log.syncNow());
    await expect(sync()).rejects.toMatchObject({
      name: 'QueueBrokenError',
      cause: { name: 'DiskError', operation: 'sync', errno: 'EIO', path: '/q/log' },
    });
    fs.heal();
    const before = fs.calls.length;
    await expect(log.sync()).rejects.toBeInstanceOf(QueueBrokenError);
    expect(thrownBy(() => log.syncNow())).toBeInstanceOf(QueueBrokenError);
    expect(thrownBy(() => append(log, 'next\n'))).toBeInstanceOf(QueueBrokenError);
    expect(fs.calls.slice(before)).toEqual([]);
  });

  it('covers what was written while it ran', async () => {
    const { log } = await logOn({ at: nth('sync', 1), errno: 'EIO' });
    append(log, 'first\n');
    const syncing = log.sync();
    append(log, 'meanwhile\n');
    await expect(syncing).rejects.toBeInstanceOf(QueueBrokenError);
    expect(thrownBy(() => log.syncNow())).toBeInstanceOf(QueueBrokenError);
  });
});

it('takes nothing once it was closed', async () => {
  const { disk, log } = await logOn();
  append(log, 'first\n');
  log.close();
  expect(thrownBy(() => append(log, 'next\n'))).toBeInstanceOf(QueueBrokenError);
  expect(disk.files()).toEqual({ '/q/log': 'first\n' });
});

describe('a log that is filled ahead', () => {
  const text = (disk: CrashingDisk): string => disk.files()['/q/log'] ?? '';

  it('is so behind its second write, with blank lines over which the next ones go', async () => {
    const { disk, fs, log } = await aheadOn();
    append(log, 'first\n');
    expect(text(disk)).toBe('first\n');
    append(log, 'next\n');
    expect(text(disk)).toBe(`first\nnext\n${'\n'.repeat(4096 - 11)}`);
    append(log, 'é\n');
    expect(text(disk)).toBe(`first\nnext\né\n${'\n'.repeat(4096 - 14)}`);
    expect(log.size).toBe(14);
    expect(fs.calls.filter(({ operation }) => operation === 'write')).toHaveLength(4);
  });

  it('is exact once it is closed', async () => {
    const { disk, log } = await aheadOn();
    for (const line of ['first\n', 'next\n', `${'x'.repeat(900)}\n`]) append(log, line);
    log.close();
    expect(text(disk)).toBe(`first\nnext\n${'x'.repeat(900)}\n`);
    log.close();
  });

  it('keeps what was synced, and blank lines or a torn tail behind it, wherever the machine stops', async () => {
    let synced = '';
    let appended = '';
    const act = async (fs: FileSystem & { stopped: boolean }): Promise<void> => {
      synced = appended = '';
      const log = await AppendLog.create(fs, '/q', 'log', { durable: true, ahead: true });
      for (const line of ['one\n', 'two\n', 'three\n', `${'x'.repeat(1010)}\n`, `${'y'.repeat(4000)}\n`, 'four\n', 'five\n']) {
        appended += line;
        append(log, line);
        await log.sync();
        if (!fs.stopped) synced = appended;
      }
      log.close();
    };
    await eachCrash(BEFORE, act, (left) => {
      const there = left['/q/log'] ?? '';
      expect(there.length).toBeGreaterThanOrEqual(synced.length);
      // At every place is what was written there, or a blank line, or what a disk makes of bytes that did not arrive.
      const isStrange = (byte: string, at: number): boolean =>
        byte !== appended[at] && (at < synced.length || (byte !== '\n' && byte !== '\0'));
      const strange = there.split('').findIndex(isStrange);
      expect(strange).toBe(-1);
    });
  });

  it.each(ALL_ERRNOS.flatMap((errno) => [[errno, 'before'] as const, [errno, 'after'] as const]))(
    'refuses nothing where it can’t be filled (%s, %s it was done), and grows from then on',
    async (errno, reply) => {
      const { disk, log } = await aheadOn({ at: nth('write', 3), errno, reply });
      for (const line of ['first\n', 'next\n', 'then\n', 'last\n']) append(log, line);
      await log.sync();
      expect(text(disk).replace(/\n+$/, '\n')).toBe('first\nnext\nthen\nlast\n');
      log.close();
      expect(text(disk)).toBe('first\nnext\nthen\nlast\n');
    },
  );

  it('takes what a nearly full disk has for it', async () => {
    const { disk, fs, log } = await aheadOn({ at: nth('write', 3), bytes: 7 });
    for (const line of ['first\n', 'next\n']) append(log, line);
    expect(text(disk)).toBe(`first\nnext\n${'\n'.repeat(7)}`);
    for (const line of ['then\n', 'last\n', 'very last\n']) append(log, line);
    expect(text(disk)).toBe('first\nnext\nthen\nlast\nvery last\n');
    expect(fs.calls.filter(({ operation }) => operation === 'write')).toHaveLength(6);
  });

  it.each([
    ['refused', [{ at: nth('write', 4), errno: 'EIO' }]],
    ['refused after it was done', [{ at: nth('write', 4), errno: 'EIO', reply: 'after' }]],
    ['taken in part', [{ at: nth('write', 4), bytes: 4 }, { at: nth('write', 4), errno: 'ENOSPC' }]], // prettier-ignore
  ] as const)('leaves nothing of a write over blank lines that is %s, and is filled again', async (_, faults) => {
    const { disk, log } = await aheadOn(...faults);
    for (const line of ['first\n', 'next\n']) append(log, line);
    expect(thrownBy(() => append(log, 'refused\n'))).toBeInstanceOf(DiskError);
    expect(text(disk)).toBe('first\nnext\n');
    append(log, 'last\n');
    expect(text(disk)).toBe(`first\nnext\nlast\n${'\n'.repeat(4096 - 16)}`);
  });

  it('is left as it is once it is unknown what the disk holds', async () => {
    const { disk, log } = await aheadOn({ at: nth('syncNow', 1), errno: 'EIO' });
    for (const line of ['first\n', 'next\n']) append(log, line);
    expect(thrownBy(() => log.syncNow())).toBeInstanceOf(QueueBrokenError);
    log.close();
    expect(text(disk)).toHaveLength(4096);
  });

  it('takes at most the room of its records once more, to the end of a block, and little at a time', async () => {
    const { disk, log } = await aheadOn();
    const line = `${'x'.repeat(129)}\n`;
    let longest = 0;
    for (let lines = 1; lines <= 12_000; lines += 1) {
      append(log, line);
      const length = [...disk.walk()].reduce((sum, [, file]) => sum + file.size, 0);
      longest = Math.max(longest, length - log.size);
      if (lines > 1) expect(length).toBeLessThanOrEqual(Math.max(4096, 2 * log.size));
    }
    expect(longest).toBeLessThanOrEqual(256 * 1024);
    expect(longest).toBeGreaterThan(200 * 1024);
  });

  it('is not filled by writes so large that they would soon be through it', async () => {
    const { disk, log } = await aheadOn();
    for (let writes = 0; writes < 20; writes += 1) append(log, 'x'.repeat(100_000));
    expect(text(disk)).toHaveLength(2_000_000);
  });
});
