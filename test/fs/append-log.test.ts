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

async function logOn(...faults: Fault[]): Promise<{ disk: CrashingDisk; fs: FaultyDisk; log: AppendLog }> {
  const disk = new CrashingDisk(BEFORE);
  const fs = disk.process({ faults });
  return { disk, fs, log: await AppendLog.create(fs, '/q', 'log', { durable: true }) };
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

  it('is a full disk if only some bytes were taken: those are cut off again', async () => {
    for (const bytes of [0, 1, 7]) {
      const { disk, log } = await logOn({ at: nth('write', 2), bytes });
      append(log, 'first\n');
      expect(thrownBy(() => append(log, 'refused\n'))).toMatchObject({
        name: 'DiskError',
        errno: 'ENOSPC',
        message: expect.stringContaining('/q/log'),
      });
      expect(disk.files()).toEqual({ '/q/log': 'first\n' });
      append(log, 'next\n');
      expect(disk.files()).toEqual({ '/q/log': 'first\nnext\n' });
    }
  });

  it('breaks the log if what was taken can’t be cut off: it might be delivered after all', async () => {
    const { disk, fs, log } = await logOn({ at: nth('write', 2), bytes: 4 }, { at: nth('truncate', 1), errno: 'EIO' });
    append(log, 'first\n');
    expect(thrownBy(() => append(log, 'refused\n'))).toBeInstanceOf(DiskError);
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
