import { describe, expect, it } from 'vitest';
import { errnoName } from '../../src/fs/errno.ts';
import { memoryDisk } from '../../src/testing/index.ts';
import { CrashingDisk } from './crashing-disk.ts';
import { FaultyDisk, Stopped } from './faulty-disk.ts';
import { systemError } from './system-error.ts';

describe('a faulty disk', () => {
  it('notes every call with what it is about', async () => {
    const fs = new CrashingDisk({ '/a': 'x' }).process();
    const file = await fs.open('/a', 'update');
    file.write(Buffer.from('xyz'), 1, 2, 0);
    file.close();
    await fs.rename('/a', '/b');
    expect(fs.calls).toEqual([
      { number: 1, operation: 'open', path: '/a', to: 'update', changes: false },
      { number: 2, operation: 'write', path: '/a', length: 2, changes: true },
      { number: 3, operation: 'close', path: '/a', changes: false },
      { number: 4, operation: 'rename', path: '/a', to: '/b', changes: true },
    ]);
  });

  it('fails a call before it is done, or after, or from then on, until it is healed', async () => {
    const disk = new CrashingDisk({ '/a': 'x' });
    const refusing = disk.process({ faults: [{ at: ({ operation }) => operation === 'rename', errno: 'EIO' }] });
    await expect(refusing.rename('/a', '/b')).rejects.toMatchObject({ code: 'EIO', syscall: 'rename', path: '/a' });
    await expect(refusing.rename('/a', '/b')).rejects.toMatchObject({ code: 'EIO' });
    expect(disk.files()).toEqual({ '/a': 'x' });
    refusing.heal();
    await refusing.rename('/a', '/b');
    const lying = disk.process({ faults: [{ at: ({ number }) => number === 1, errno: 'ENOENT', reply: 'after' }] });
    await expect(lying.rename('/b', '/c')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(disk.files()).toEqual({ '/c': 'x' });
  });

  it('takes only a part of a write', async () => {
    const disk = new CrashingDisk({ '/a': '' });
    const fs = disk.process({ faults: [{ at: ({ number }) => number === 2, bytes: 2 }] });
    const file = await fs.open('/a', 'update');
    expect(file.write(Buffer.from('four'), 0, 4, 0)).toBe(2);
    expect(disk.files()).toEqual({ '/a': 'fo' });
    expect(file.write(Buffer.from('four'), 2, 2, 2)).toBe(2);
    expect(disk.files()).toEqual({ '/a': 'four' });
  });

  it('ends a process inside a write, and refuses all that comes later', async () => {
    const disk = new CrashingDisk({ '/a': '' });
    const fs = disk.process({ stop: { call: 2, when: 'in', bytes: 3 } });
    const file = await fs.open('/a', 'update');
    expect(() => file.write(Buffer.from('four'), 0, 4, 0)).toThrow(Stopped);
    expect([fs.stopped, disk.files()]).toEqual([true, { '/a': 'fou' }]);
    await fs.ended;
    expect(() => file.size()).toThrow(Stopped);
    expect(() => file.close()).toThrow(Stopped);
    await expect(fs.lstat('/a')).rejects.toThrow(Stopped);
    await expect(fs.open('/b', 'append')).rejects.toThrow(Stopped);
  });

  it('fits over any disk', async () => {
    const fs = new FaultyDisk(memoryDisk({ '/a': 'x' }), { stop: { call: 2, when: 'after' } });
    await fs.link('/a', '/b');
    await expect(fs.unlink('/a')).rejects.toThrow(Stopped);
  });

  it('closes a file even if it says that it could not', async () => {
    const disk = new CrashingDisk({ '/a': '' });
    const fs = disk.process({ faults: [{ at: ({ operation }) => operation === 'close', errno: 'EIO' }] });
    const file = await fs.open('/a', 'read');
    expect(() => file.close()).toThrow(expect.objectContaining({ code: 'EIO' }));
    expect(() => file.size()).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });
});

describe('systemError', () => {
  it('looks as Node makes them, with a number alone where it has no name', () => {
    expect(systemError('ENOSPC', 'write', '/a')).toMatchObject({ code: 'ENOSPC', errno: -28, syscall: 'write', path: '/a' });
    expect(systemError('ESTALE', 'open', '/a')).toMatchObject({ code: 'Unknown system error -116', errno: -116 });
    expect(errnoName(systemError('EDQUOT', 'open', '/a'))).toBe('EDQUOT');
    expect(() => systemError('ENONSENSE', 'open', '/a')).toThrow(TypeError);
  });
});
