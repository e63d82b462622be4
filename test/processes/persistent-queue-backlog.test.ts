import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';

const DEEP = process.env['DIBS_DEEP'] === '1';
const SCRIPT = join(import.meta.dirname, 'persistent-queue-backlog.mjs');
/** Of 2 KB each: the heap could not hold half of them. */
const COUNT = DEEP ? 1_000_000 : 30_000;
const HEAP_MB = 28;

function run(directory: string, how: string): { readonly waiting: number; readonly outsideMB: number } {
  const args = [`--max-old-space-size=${HEAP_MB}`, SCRIPT, directory, how, String(COUNT), '2048'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status, stderr.slice(-2_000)).toBe(0);
  const said: ReturnType<typeof run> = JSON.parse(stdout);
  return said;
}

it.each(['put', 'putMany', 'putManyAsync'])(
  'Q-28 a backlog larger than the memory is put and worked off in the memory of the window: %s',
  (how) => {
    const directory = tempFolder();
    const first = run(directory, how);
    expect(first.waiting).toBe(COUNT);
    expect(first.outsideMB).toBeLessThan(64);
  },
  120_000,
);
