import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PackedProject } from './support/packed-project.ts';
import { hidePackage, linkPackage } from './support/packed.ts';
import { typeErrors } from './support/type-errors.ts';
const project = new PackedProject();

describe('the packed package in an empty project', () => {
  it('needs memfs for a disk in memory alone, and says so', () => {
    expect(project.names('testing.mjs', "import * as all from 'dibs/testing'; console.log(JSON.stringify(Object.keys(all)));")).toEqual([
      'manualClock',
      'memoryDisk',
    ]);
    project.write('disk.mjs', "import { memoryDisk } from 'dibs/testing'; console.log(typeof memoryDisk().readdir);");
    hidePackage(project.path, 'memfs');
    expect(() => project.node(['disk.mjs'])).toThrow('npm i memfs');
    linkPackage(project.path, 'memfs');
    expect(project.node(['disk.mjs'])).toBe('function\n');
  });

  it('compiles in strict TypeScript, imported and required, with its own declarations checked', { timeout: 120_000 }, () => {
    for (const name of ['@types/node', 'undici-types', '@standard-schema/spec']) linkPackage(project.path, name);
    project.write('user.mts', readFileSync(join(import.meta.dirname, 'support', 'packed-user.mts.txt')));
    project.write(
      'user.cts',
      "import dibs = require('dibs');\nexport const opened: Promise<unknown> = dibs.PersistentQueue.open<string>('inbox');\n" +
        "import tasks = require('dibs/tasks');\nexport const counted: Promise<unknown> = tasks.TaskTracker.open('file:./load', { useCase: 'day' });\n",
    );
    expect(typeErrors([join(project.path, 'user.mts'), join(project.path, 'user.cts')], project.path, { declarations: true })).toEqual([]);
  });

  it('loads none of the watcher, the command line, the engines or the web server for a queue', () => {
    const loaded = packagesLoadedBy(
      "import { PersistentQueue } from 'dibs'; if (typeof PersistentQueue.open !== 'function') process.exit(1);",
    );
    expect(loaded).toContain('dibs');
    for (const name of ['chokidar', 'commander', 'memfs', 'hono', 'yaml', 'better-sqlite3', 'bullmq', 'proper-lockfile'])
      expect(loaded).not.toContain(name);
    // Whatever else is loaded is what the disk and consume stand on.
    expect(['dibs', 'fs-extra', 'graceful-fs', 'jsonfile', 'universalify', 'p-queue', 'p-timeout', 'eventemitter3']).toEqual(
      expect.arrayContaining(loaded),
    );
  });
});

/** The names of all packages of which a file is loaded, by import or by require. */
function packagesLoadedBy(script: string): string[] {
  const hooks =
    "import { appendFileSync } from 'node:fs';\nexport function load(url, context, next) { appendFileSync(process.env.LOADED, url + '\\n'); return next(url, context); }";
  project.write('hooks.mjs', hooks);
  project.write('trace.mjs', "import { register } from 'node:module';\nregister('./hooks.mjs', import.meta.url);");
  const required =
    "import { createRequire } from 'node:module';\nconsole.log(Object.keys(createRequire(import.meta.url).cache).join('\\n'));";
  project.write('bare.mjs', `${script}\n${required}`);
  const log = join(project.path, 'loaded.txt');
  const paths = project.node(['--no-warnings', '--import', './trace.mjs', 'bare.mjs'], { LOADED: log }) + readFileSync(log, 'utf8');
  const names = paths.split('\n').map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}
