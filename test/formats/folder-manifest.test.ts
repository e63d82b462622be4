import { expect, it } from 'vitest';
import {
  FOLDER_MANIFEST_FILE,
  FOLDER_MANIFEST_FORMAT,
  formatFolderManifest,
  parseFolderManifest,
} from '../../src/formats/folder-manifest.ts';

it('is called and says what every version knows it by', () => {
  expect(FOLDER_MANIFEST_FILE).toBe('queue.json');
  expect(FOLDER_MANIFEST_FORMAT).toEqual({ name: 'dibs/folder-queue', version: 1 });
});

it('there and back', () => {
  for (const manifest of [
    { extension: '.tsv', maxAttempts: 3 },
    { extension: '.csv.gz', maxAttempts: 1 },
  ]) {
    // prettier-ignore
    expect(parseFolderManifest(formatFolderManifest(manifest))).toEqual(manifest);
  }
});

it.each([
  {},
  { extension: '.tsv' },
  { maxAttempts: 3 },
  { extension: 'tsv', maxAttempts: 3 },
  { extension: '.wip', maxAttempts: 3 },
  { extension: '../..', maxAttempts: 3 },
  { extension: 7, maxAttempts: 3 },
  { extension: '.tsv', maxAttempts: 0 },
  { extension: '.tsv', maxAttempts: 1.5 },
  { extension: '.tsv', maxAttempts: '3' },
  { extension: '.tsv', maxAttempts: Infinity },
])('%j says nothing', (fields) => expect(parseFolderManifest(fields)).toBeNull());
