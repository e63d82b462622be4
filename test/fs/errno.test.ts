import { mkdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { disk } from '../../src/fs/disk.ts';
import { errnoError, errnoName, isErrno } from '../../src/fs/errno.ts';
import { tempFolder } from '../support/temp-folder.ts';

describe('errnoName', () => {
  it('takes the name that the system gave', () => {
    expect(errnoName(Object.assign(new Error(), { code: 'ENOSPC', errno: -28 }))).toBe('ENOSPC');
  });

  it.skipIf(process.platform !== 'linux')('names what libuv has no name for, by its number', () => {
    const named = (errno: number): string => errnoName(Object.assign(new Error(), { code: `Unknown system error ${errno}`, errno }));
    expect([-116, -122, -117, -121, -123].map(named)).toEqual(['ESTALE', 'EDQUOT', 'EUCLEAN', 'EREMOTEIO', 'ENOMEDIUM']);
  });

  it('shows a number that nobody has a name for', () => {
    expect(errnoName({ code: 'Unknown system error -9999', errno: -9999 })).toBe('errno 9999');
  });

  it('gives every name that the system has a number for', () => {
    for (const [name, number] of Object.entries(constants.errno)) {
      const found = errnoName({ code: 'UNKNOWN', errno: -number });
      expect(constants.errno[found as 'EIO'], name).toBe(number);
    }
  });

  it('has no name for what no system refused', () => {
    for (const other of [undefined, null, 'EIO', 5, new Error('EIO'), { code: 'ERR_INVALID_ARG_TYPE' }, { code: 'ERR_QUEUE_LOCKED' }]) {
      expect(errnoName(other)).toBe('UNKNOWN');
      expect(isErrno(other, 'EIO')).toBe(false);
    }
  });
});

describe('isErrno', () => {
  it('tells the errors of the real disk apart', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'a'));
    const error = await disk.unlink(join(folder, 'b')).catch((reason: unknown) => reason);
    expect(isErrno(error, 'EEXIST', 'ENOENT')).toBe(true);
    expect(isErrno(error, 'EEXIST')).toBe(false);
  });

  it('knows an error of our own making like one of the system', () => {
    const error = errnoError('EINVAL', 'open', '/x');
    expect(isErrno(error, 'EINVAL')).toBe(true);
    expect(error).toMatchObject({ errno: -constants.errno.EINVAL, syscall: 'open', path: '/x' });
  });
});
