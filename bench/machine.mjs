/** On what a run was done: a figure without its machine says little. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { hasDirq, versionOfDirq } from './peers/dirq.mjs';
import { hasPostgres, versionOfPostgres } from './peers/postgres-server.mjs';
import { versionOfRedis } from './peers/redis-server.mjs';

const require = createRequire(import.meta.url);

/** `directory`: where the sides work. */
export function describeMachine(directory) {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 1e9),
    kernel: `${type()} ${release()}`,
    fileSystem: fileSystemOf(directory),
    node: process.versions.node,
    loadAverage: loadavg()[0],
  };
}

/** Of the packages what is installed, of programs what they say themselves. */
export function peerVersions() {
  const { dependencies } = require('./package.json');
  const versions = Object.fromEntries(
    Object.keys(dependencies).map((name) => [name, require(`./node_modules/${name}/package.json`).version]),
  );
  const Database = require('better-sqlite3');
  const memory = new Database(':memory:');
  versions.sqlite = memory.prepare('SELECT sqlite_version()').pluck().get();
  memory.close();
  versions.redis = versionOfRedis();
  versions.postgresql = hasPostgres() ? versionOfPostgres() : undefined;
  versions['python3-dirq'] = hasDirq() ? versionOfDirq() : undefined;
  return versions;
}

/** The type of the mount that the directory is on: the one with the longest path of those that lead to it. */
function fileSystemOf(directory) {
  try {
    const mounts = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([, at]) => at === '/' || directory === at || directory.startsWith(`${at}/`));
    const [, , name, options] = mounts.toSorted(([, one], [, other]) => one.length - other.length).at(-1);
    return `${name} (${options})`;
  } catch {
    return 'unknown'; // no Linux
  }
}
