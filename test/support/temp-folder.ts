import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

/** How long it may take to remove what is in one: half a million files, on a busy machine. */
const LONGEST_REMOVAL_MS = 1_200_000;

/** An empty folder on the real disk, removed when the test that asked for it is over. */
export function tempFolder(parent: string = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'dibs-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }), LONGEST_REMOVAL_MS);
  return folder;
}

/** One for all tests of the describe that asks for it. */
export function sharedFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dibs-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
