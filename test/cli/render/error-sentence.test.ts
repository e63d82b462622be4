import { expect, it } from 'vitest';
import { describeError } from '../../../src/cli/render/error-sentence.ts';
import { DiskError } from '../../../src/errors.ts';

it.each([
  [new DiskError('read', '/q', 'EACCES'), "/q can't be read (EACCES). Give this user permission to read it."],
  [new DiskError('open', '/q/a\n.tsv', 'EPERM'), "/q/a .tsv can't be read (EPERM). Give this user permission to read it."],
  [new DiskError('read', '/q', 'EIO'), 'read /q: EIO. Nothing was acknowledged; mend the disk and try again.'],
  [
    new DiskError('sync', '/q', 'EPERM'),
    'sync /q: EPERM. Nothing was acknowledged; give this user permission to write there and try again.',
  ],
  [new Error('two\n  lines \u001b[2J'), String.raw`two lines \u001b[2J`],
  ['no error at all', 'no error at all'],
])('is one line, in words for who typed the command: %s', (error, words) => expect(describeError(error)).toBe(words));
