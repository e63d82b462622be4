import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { program } from '../support/programs.ts';
import { DEEP } from '../support/sample.ts';
import { tempFolder } from '../support/temp-folder.ts';

const SCRIPT = program('persistent-queue-backlog.mjs');
/** So many, of so many bytes each: the heap could not hold half of them. */
const [COUNT, BYTES] = DEEP ? [1_000_000, 2_048] : [10_000, 6_144];
const HEAP_MB = 28;

function run(directory: string, how: string): { readonly waiting: number; readonly outsideMB: number } {
  const args = [`--max-old-space-size=${HEAP_MB}`, SCRIPT, directory, how, String(COUNT), String(BYTES)];
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
