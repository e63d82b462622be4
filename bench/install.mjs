/** The bench installs its peers by itself; they are no part of the library's own install. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BENCH = fileURLToPath(new URL('.', import.meta.url));

/** Installs the peers if they are missing, or were compiled for another Node. */
export function installPeers(say) {
  if (peersWork()) return;
  say('Installing the peers (npm ci in bench/); what has no binary for this machine is compiled, which takes minutes …');
  run('npm', ['ci', '--loglevel=error'], BENCH);
  if (!peersWork()) throw new Error('The peers are installed but cannot be loaded. Remove bench/node_modules and try again.');
}

function peersWork() {
  const probe =
    "new (require('better-sqlite3'))(':memory:'); require('bullmq'); require('ioredis'); require('qlobber-fsq'); require('fs-ext'); require('graphile-worker'); require('pg');";
  return spawnSync(process.execPath, ['-e', probe], { cwd: BENCH, stdio: 'ignore' }).status === 0;
}

/** Their output goes to standard error: standard output is the report's. */
function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed in ${cwd}.`);
}
