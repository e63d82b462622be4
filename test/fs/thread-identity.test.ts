import { expect, it } from 'vitest';
import { hasThreadEnded, threadIdentity, type ThreadProbe } from '../../src/fs/thread-identity.ts';

const stat = (startTime: string): string => `7 (a (b) c) S ${'0 '.repeat(18)}${startTime} 0`;
const refusal = (code: string): Error => Object.assign(new Error(code), { code });

function probe(files: Readonly<Record<string, string | Error>>, link = '7/task/9'): ThreadProbe {
  return {
    pid: 7,
    readLink: () => link,
    readText: (path) => {
      const found = files[path] ?? refusal('ENOENT');
      if (found instanceof Error) throw found;
      return found;
    },
  };
}

const MAIN = { '/proc/7/task/7/stat': stat('100') };

it('is a number and a start time, and nothing where the system does not say, or speaks of another namespace', () => {
  expect(threadIdentity(probe({ '/proc/7/task/9/stat': stat('123') }))).toBe('9-123');
  expect(threadIdentity(probe({ '/proc/7/task/9/stat': 'x' }))).toBeUndefined();
  expect(threadIdentity(probe({ '/proc/8/task/9/stat': stat('123') }, '8/task/9'))).toBeUndefined();
  expect(threadIdentity(probe({}))).toBeUndefined();
});

it('has ended once there is no such thread, or one that began at another time', () => {
  expect(hasThreadEnded(7, '9-123', probe({ ...MAIN, '/proc/7/task/9/stat': stat('123') }))).toBe(false);
  expect(hasThreadEnded(7, '9-123', probe({ ...MAIN, '/proc/7/task/9/stat': stat('124') }))).toBe(true);
  for (const code of ['ENOENT', 'ESRCH'])
    expect(hasThreadEnded(7, '9-123', probe({ ...MAIN, '/proc/7/task/9/stat': refusal(code) }))).toBe(true);
});

it('has not ended where it can not be told', () => {
  expect(hasThreadEnded(7, '9-123', probe({}))).toBe(false);
  expect(hasThreadEnded(7, '9-123', probe({ ...MAIN, '/proc/7/task/9/stat': refusal('EACCES') }))).toBe(false);
  expect(hasThreadEnded(7, '9-123', probe({ ...MAIN, '/proc/7/task/9/stat': 'x' }))).toBe(false);
  for (const thread of [undefined, '', '9', 'x-y']) expect(hasThreadEnded(7, thread, probe(MAIN))).toBe(false);
});
