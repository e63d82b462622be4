import { expect, it } from 'vitest';
import type { Reduction } from '../../src/batches/reduce-work.ts';
import { createBatch } from '../../src/batches/open-batch.ts';
import { PermanentError } from '../../src/errors.ts';
import { disk } from '../../src/fs/disk.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { DEEP } from '../support/sample.ts';
import { tempFolder } from '../support/temp-folder.ts';

const SMALL = 100;
const LARGE = DEEP ? 100_000 : 800;
const LIMIT_MS = DEEP ? 3_600_000 : 120_000;

/** What is asked of the disk: calls, and names that it was made to show. */
class Meter {
  calls = 0;
  names = 0;
  opened = 0;

  readonly fs: FileSystem = {
    ...disk,
    scan: (path, visit) => {
      this.calls += 1;
      return disk.scan(path, (name, kind) => {
        this.names += 1;
        return visit(name, kind);
      });
    },
    readdir: async (path) => {
      this.calls += 1;
      const names = await disk.readdir(path);
      this.names += names.length;
      return names;
    },
    open: (path, mode) => {
      this.calls += 1;
      this.opened += 1;
      return disk.open(path, mode);
    },
    lstat: (path) => {
      this.calls += 1;
      return disk.lstat(path);
    },
    rename: (from, to) => {
      this.calls += 1;
      return disk.rename(from, to);
    },
  };

  async cost(work: () => Promise<unknown>): Promise<{ readonly calls: number; readonly names: number; readonly opened: number }> {
    const { calls, names, opened } = this;
    await work();
    return { calls: this.calls - calls, names: this.names - names, opened: this.opened - opened };
  }
}

async function costs(total: number) {
  const meter = new Meter();
  const place = { store: `file:${tempFolder()}`, id: 'load', fileSystem: meter.fs, durability: 'process' } as const;
  const parts = Array.from({ length: total }, (_, index) => index);
  const batch = await createBatch<number, number>(parts, place);
  const pending = await meter.cost(() => batch.pendingParts());
  const first = await meter.cost(() => batch.part(0, (part) => part));
  const second = await meter.cost(() => batch.part(total - 1, (part) => part));
  let sum = 0;
  const reduce = async ({ results }: Reduction<number, number>): Promise<void> => {
    for await (const { result } of results()) sum += result;
  };
  const begun = performance.now();
  const all = await meter.cost(() => batch.work((part) => part, { concurrency: 8, pollIntervalMs: 10, reduce }));
  const eachMs = (performance.now() - begun) / total;
  const status = await batch.status();
  await batch.dispose();
  return { pending, first, second, each: { calls: all.calls / total, names: all.names / total }, eachMs, sum, status };
}

it(
  `a part costs the same in a batch of ${LARGE} as in one of ${SMALL}, and what is pending is told by names alone`,
  async () => {
    const small = await costs(SMALL);
    const before = process.resourceUsage().maxRSS;
    const large = await costs(LARGE);
    const grownMiB = (process.resourceUsage().maxRSS - before) / 1024;
    if (DEEP) {
      const times = `${small.eachMs.toFixed(2)} and ${large.eachMs.toFixed(2)} ms`;
      process.stdout.write(`a part of ${SMALL} and of ${LARGE}: ${times}, the process grew by ${grownMiB.toFixed(0)} MiB\n`);
    }
    expect(grownMiB, 'ids and little else are held').toBeLessThan(256);
    for (const [{ status, sum }, total] of [[small, SMALL], [large, LARGE]] as const) expect([status.state, sum]).toEqual(['done', (total * (total - 1)) / 2]); // prettier-ignore
    expect(large.pending.opened, 'one record: whether it is there').toBe(1);
    expect([large.pending.names, small.pending.names]).toEqual([0, 0]);
    expect(large.second).toEqual(small.second);
    expect(large.first).toEqual(small.first);
    expect(large.each.calls).toBeLessThan(1.2 * small.each.calls);
    expect(large.each.names).toBeLessThan(1.2 * small.each.names + 10);
  },
  LIMIT_MS,
);

/** What the ends of parts cost that were put back to work, half of all, once all others have ended: each, but for the last. */
async function costsOfRetried(total: number): Promise<{ readonly calls: number; readonly names: number }> {
  const meter = new Meter();
  const place = { store: `file:${tempFolder()}`, id: 'load', fileSystem: meter.fs, durability: 'process', maxAttempts: 1 } as const;
  const batch = await createBatch<number, number>(
    Array.from({ length: total }, (_, index) => index),
    place,
  );
  const half = total / 2;
  for (let index = 0; index < half; index += 1) {
    await expect(batch.part(index, () => Promise.reject(new PermanentError('not yet')))).rejects.toThrow('not yet');
  }
  expect(await batch.retry()).toBe(half);
  for (let index = half; index < total; index += 1) await batch.part(index, (part) => part);
  const all = await meter.cost(async () => {
    for (let index = 0; index < half - 1; index += 1) await batch.part(index, (part) => part);
  });
  expect((await batch.status()).state).toBe('running');
  await batch.part(half - 1, (part) => part);
  expect((await batch.status()).state).toBe('reducing');
  await batch.dispose();
  return { calls: all.calls / (half - 1), names: all.names / (half - 1) };
}

it(
  'a part that is put back to work costs the same in a batch of 4,000 as in one of 200, also where all others have ended',
  async () => {
    const [small, large] = [await costsOfRetried(200), await costsOfRetried(4_000)];
    expect(large.calls).toBeLessThan(1.2 * small.calls);
    expect(large.names).toBeLessThan(1.2 * small.names + 10);
  },
  LIMIT_MS,
);
