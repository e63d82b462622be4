import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { changedAt } from '../../src/fs/changed-at.ts';
import { tempFolder } from '../support/temp-folder.ts';

it('tells when a name was changed, and nothing of a file that is not there', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'a'), '');
  const written = await changedAt(join(folder, 'a'));
  renameSync(join(folder, 'a'), join(folder, 'b'));
  const renamed = await changedAt(join(folder, 'b'));
  expect(renamed?.getTime()).toBeGreaterThanOrEqual(written?.getTime() ?? Infinity);
  expect(await changedAt(join(folder, 'a'))).toBeUndefined();
});
