import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { MadeErrors } from './made-errors.ts';

/** Provides the file where tests note how many errors they made, and says in the end how many that were. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'dibs-errors-'));
  const path = join(folder, 'errors');
  writeFileSync(path, '');
  project.provide('madeErrors', path);
  return () => {
    const notes = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    rmSync(folder, { recursive: true });
    if (notes.length === 0) return;
    const all = notes.map((note): MadeErrors => JSON.parse(note));
    const sum = (what: keyof MadeErrors): number => all.reduce((total, one) => total + one[what], 0);
    console.log(`T3: ${sum('errors')} calls failed in ${sum('runs')} runs of ${all.length} tests, in-process`);
  };
}
