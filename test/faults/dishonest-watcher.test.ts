import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import type { ReadableFolderQueueOptions } from '../../src/queues/folder-options.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { WATCHERS } from '../support/dishonest-watchers.ts';
import { said } from '../support/folder-ground.ts';
import { DEEP } from '../support/sample.ts';
import { tempFolder } from '../support/temp-folder.ts';

const BURST = join(import.meta.dirname, '..', 'processes', 'burst.mjs');

/** More than the system remembers of what happened: 16,384 events, if nobody listens, and a file makes four of them. */
const FILES = DEEP ? 100_000 : 5_000;
const FEW = DEEP ? 3_000 : 150;
const POLL_MS = 700;

/** Bursts come while the reader's loop is blocked. Gives how many files it got within one interval of each. */
async function foundWithinAnInterval(watch: ReadableFolderQueueOptions['watch'], files: number, rounds: number): Promise<number[]> {
  const folder = tempFolder();
  for (const [name, text] of Object.entries(said(1, 'helo'))) writeFileSync(join(folder, name), text);
  const clock = manualClock();
  const options = { pollIntervalMs: POLL_MS, leaseMs: 600_000, durability: 'process', doneDir: null } as const;
  const queue = await ReadableFolderQueue.open(folder, { ...options, clock, ...(watch !== undefined && { watch }) });
  const found: number[] = [];
  const idle = clock.pending;
  for (let round = 1; round <= rounds; round += 1) {
    const getting = queue.get();
    // Once it waits it has looked in vain.
    while (clock.pending === idle) await nextTurn();
    // The loop of this process stands still until it is over.
    const { status, stderr } = spawnSync(process.execPath, [BURST, folder, `round-${round}`, String(files)], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    await clock.advance(POLL_MS);
    const names = new Set<string>();
    for (let file = await getting; file !== undefined; file = await queue.tryGet()) {
      names.add(file.name);
      await file.done();
    }
    found.push(names.size);
  }
  await queue.dispose();
  expect(readdirSync(folder).filter((name) => name.endsWith('.tsv'))).toEqual([]);
  return found;
}

describe('a reader whose loop is blocked while files come', () => {
  it.each(Object.entries(WATCHERS))('F-36 F-37 with a watcher %s has all of them within one interval', async (_, watch) => {
    expect(await foundWithinAnInterval(watch, FEW, 3)).toEqual([FEW, FEW, FEW]);
  });

  it(`F-36 has all of ${FILES.toLocaleString('en')}, more than the system remembers`, async () => {
    expect(await foundWithinAnInterval(true, FILES, 1)).toEqual([FILES]);
  }, 1_200_000);
});
