import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { disk } from '../../src/fs/disk.ts';
import { ReadableFolderQueue } from '../../src/index.ts';
import { sayIfSkipped } from '../support/missing-tools.ts';
import { SmallDisk, whyNoSmallDisks } from '../support/small-disk.ts';

const FILES = 600;
const isTried = sayIfSkipped('a real disk whose directories do not say what a name is', 2, whyNoSmallDisks());

function filled(): string {
  const folder = join(new SmallDisk('ext4', { untyped: true }).directory, 'inbox');
  mkdirSync(folder);
  for (let file = 0; file < FILES; file += 1) writeFileSync(join(folder, `m${file}.tsv`), '');
  return folder;
}

describe.runIf(isTried)('a disk whose directories do not say what a name is', () => {
  it('is listed whole while others rename files on it', async () => {
    const folder = filled();
    const [seen, away] = [new Set<string>(), new Set<string>()];
    await disk.scan(folder, (name) => {
      seen.add(name);
      if (seen.size > 1) return;
      for (const other of readdirSync(folder)) {
        if (other === name || Number(other.slice(1, -4)) % 3 > 0) continue;
        renameSync(join(folder, other), join(folder, '..', other));
        away.add(other);
      }
    });
    expect(away.size).toBeGreaterThan(150);
    const stayed = readdirSync(folder);
    expect(stayed.filter((name) => !seen.has(name))).toEqual([]);
    expect([...seen].filter((name) => away.has(name))).toEqual([]);
  });

  it('gives its files to two readers, once each, and refuses nothing', async () => {
    const folder = filled();
    const options = { durability: 'process', watch: false, pollIntervalMs: 20 } as const;
    const readers = await Promise.all([0, 1].map(() => ReadableFolderQueue.open(folder, options)));
    const done: string[] = [];
    await Promise.all(
      readers.map(async (reader) => {
        for (let file = await reader.tryGet(); file !== undefined; file = await reader.tryGet()) {
          done.push(file.name);
          await file.done();
        }
        await reader.dispose();
      }),
    );
    expect(done).toHaveLength(FILES);
    expect(new Set(done).size).toBe(FILES);
  });
});
