import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { complaintsAbout } from './support/building.ts';

const SRC = join(import.meta.dirname, '..', 'src');

function sourceFiles(): Map<string, string> {
  const paths = readdirSync(SRC, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [relative(SRC, path).split(sep).join('/'), readFileSync(path, 'utf8')]));
}

it('has arrows that only go down, none that come back in a circle, and one importer for each outside package', () => {
  const files = sourceFiles();
  expect(files.size).toBeGreaterThan(3);
  expect(complaintsAbout(files)).toEqual([]);
});

describe('the rule', () => {
  /** The complaints about `text` at `path`, in a small building that is sound. */
  function about(path: string, text: string): string[] {
    const building = new Map([
      ['errors.ts', 'export class WorkQueueError extends Error {}'],
      ['clock.ts', ''],
      ['index.ts', "export { put } from './queues/put.ts';"],
      ['machines/roster.ts', ''],
      ['formats/line.ts', "import { crc32 } from 'node:zlib';"],
      ['fs/disk.ts', "import fsExtra from 'fs-extra';\nimport { openSync } from 'node:fs';"],
      ['queues/put.ts', "import { open } from '../fs/disk.ts';\nimport { WorkQueueError } from '../errors.ts';"],
      ['stores/store.ts', "import { line } from '../formats/line.ts';"],
      ['testing/memory.ts', "import type { Volume } from 'memfs';"],
      ['cli/main.ts', "import { put } from '../index.ts';\nimport { Command } from 'commander';"],
    ]);
    return complaintsAbout(building.set(path, text));
  }

  it('finds nothing in a sound building', () => {
    expect(about('queues/get.ts', "import { put } from './put.ts';\nimport { hostname } from 'node:os';")).toEqual([]);
  });

  it.each([
    ['a static import', "import { put } from '../queues/put.ts';"],
    ['a type', "import type { Put } from '../queues/put.ts';"],
    ['a type in place', "export type P = import('../queues/put.ts').Put;"],
    ['an export', "export { put } from '../queues/put.ts';"],
    ['a dynamic import', "export const later = () => import('../queues/put.ts');"],
    ['a require', "export const later = () => createRequire(import.meta.url)('../queues/put.ts');"],
    ['a worker', "export const worker = new Worker(new URL('../queues/put.js', import.meta.url));"],
  ])('sees an arrow that goes up as %s', (_, text) => {
    expect(about('fs/heartbeat.ts', text)).toEqual(['fs/heartbeat.ts:1 reaches up or sideways to queues/put.ts']);
  });

  it('sees an arrow to a neighbour on the same floor', () => {
    expect(about('stores/file-store.ts', "import { put } from '../queues/put.ts';")).toHaveLength(1);
  });

  it('sees what all may use reach for a floor, and a floor reach for the roof', () => {
    expect(about('clock.ts', "import { open } from './fs/disk.ts';")).toHaveLength(1);
    expect(about('testing/memory.ts', "import { put } from '../index.ts';")).toHaveLength(1);
    expect(about('stores/store.ts', "import { TaskTracker } from '../tasks.ts';")).toHaveLength(1);
    for (const roof of ['index.ts', 'tasks.ts']) {
      expect(about(roof, "export { put } from './queues/put.ts';")).toEqual([]);
      expect(about(roof, "import { main } from './cli/main.ts';")).toHaveLength(1);
    }
  });

  it('sees a circle within a room, by types too', () => {
    const text = "import type { put } from './put.ts';\nexport type Put = typeof put;";
    const building = new Map([
      ['queues/put.ts', "import type { Put } from './get.ts';\nexport const put: Put | undefined = undefined;"],
      ['queues/get.ts', text],
    ]);
    expect(complaintsAbout(building)).toEqual(['queues/put.ts → queues/get.ts → queues/put.ts: give what they share a file below both']);
    expect(about('queues/get.ts', text)).toEqual([]);
  });

  it('sees a second importer of an outside package, by its subpath too', () => {
    expect(about('cli/watch.ts', "import type { Command } from 'commander/esm.mjs';")).toEqual([
      'commander is imported by cli/main.ts and cli/watch.ts: let one file import it, and the others that file',
    ]);
  });

  it.each([
    ["import { readFileSync } from 'node:fs';", 2], // not pure, and not in fs/
    ["import { setTimeout } from 'node:timers/promises';", 1],
    ["import { Worker } from 'node:worker_threads';", 1],
    ["import { randomBytes } from 'node:crypto';", 1],
    ["import * as crypto from 'node:crypto';", 1],
    ["import { gzipSync } from 'node:zlib';", 1],
    ["import { resolve } from 'node:path';", 1],
    ["import process from 'node:process';", 1],
    ['export const now = () => Date.now();', 1],
    ['export const now = () => new Date();', 1],
    ['export const chance = () => Math.random();', 1],
    ['export const pid = () => process.pid;', 1],
    ['export const later = (f: () => void) => setTimeout(f, 1);', 1],
    ['export const id = () => crypto.randomUUID();', 1],
  ])('sees a pure floor touch the world: %s', (text, count) => {
    expect(about('machines/liveness.ts', text)).toHaveLength(count);
    expect(about('formats/name.ts', text)).toHaveLength(count);
  });

  it.each([
    "import { createHash } from 'node:crypto';",
    "import { basename } from 'node:path';",
    'export const at = (ms: number) => new Date(ms);',
    'export const due = (process: { pid: number }) => process.pid;',
    'export interface Holder { readonly process: number }\nexport const of = (holder: Holder) => holder.process;',
    'export const clock = { performance: 1 };',
  ])('lets a pure floor compute: %s', (text) => {
    expect(about('formats/name.ts', text)).toEqual([]);
  });

  it('sees a disk outside of fs, a name without node:, itself as a package, a star and a computed name', () => {
    expect(about('queues/get.ts', "import { readFileSync } from 'node:fs';")).toHaveLength(1);
    expect(about('queues/get.ts', "import { hostname } from 'os';")).toHaveLength(1);
    expect(about('queues/get.ts', "import { put } from 'dibs';")).toHaveLength(1);
    expect(about('queues/get.ts', "export * from './put.ts';")).toHaveLength(1);
    expect(about('queues/get.ts', 'export const load = (name: string) => import(name);')).toHaveLength(1);
    expect(about('queues/get.ts', "import { put } from './put';")).toHaveLength(1);
  });

  it('sees a room on no floor and a file without a home', () => {
    expect(about('plumbing/pipe.ts', '')).toHaveLength(1);
    expect(about('queues/utils.ts', '')).toHaveLength(1);
  });
});
