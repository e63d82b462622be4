import { expect, it } from 'vitest';
import { DiskError, ReadOnlyQueueError } from '../../src/errors.ts';
import { openError } from '../../src/journals/queue-directory.ts';
import { systemError } from '../support/system-error.ts';

it.each(['EACCES', 'EPERM'])('a directory that may not be listed (%s) is not said to be one that may not be written', (errno) => {
  const error = openError('/queue', systemError(errno, 'scandir', '/queue'));
  expect(error).toBeInstanceOf(DiskError);
  expect(error).toMatchObject({ operation: 'read', path: '/queue', errno });
});

it('nor is a file that may not be read, while the queue is only read', () => {
  const refused = systemError('EACCES', 'open', '/queue/queue.json');
  expect(openError('/queue', refused, 'read')).toMatchObject({ code: 'ERR_DISK', operation: 'read', errno: 'EACCES' });
  expect(openError('/queue', refused)).toBeInstanceOf(ReadOnlyQueueError);
  const named = new DiskError('open', '/queue/queue.1.1.put.tsv', 'EACCES', { cause: refused });
  expect(openError('/queue', named, 'read')).toBe(named);
});

it('a disk without hard links is told as such, whoever may write', () => {
  expect(openError('/queue', systemError('EPERM', 'link', '/queue/.a'))).toMatchObject({ code: 'ERR_DISK', operation: 'link' });
});
