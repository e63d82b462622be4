/**
 * Makes a clone ready to run, without a dependency of its own: installs what the lock file names when it is not
 * there, and builds `dist` when it is older than `src`. When all is ready it only looks: well under 200 ms.
 *
 *   node scripts/ready.mjs           installs and builds; a type error fails it
 *   node scripts/ready.mjs install   installs only (the tests build for themselves and say what does not compile)
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { trim } from './trim.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SRC = join(ROOT, 'src');
const DIST = join(ROOT, 'dist');
const CACHE = join(ROOT, 'node_modules', '.cache', 'dibs');
const STAMP = join(CACHE, 'built');
const CONFIGS = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

/** What npm wrote down at the end of the last install differs from the lock file, or there was no whole install. */
export function installIsStale(lockText, installedText) {
  const wanted = JSON.parse(lockText).packages;
  const installed = JSON.parse(installedText).packages;
  return Object.entries(wanted).some(([path, entry]) => {
    if (path === '') return false;
    const there = installed[path];
    // What is optional may be left out: a binary for another platform, a peer that nobody asked for.
    if (there === undefined) return !(entry.optional || entry.devOptional || entry.peer);
    return there.version !== entry.version || there.integrity !== entry.integrity;
  });
}

export function install() {
  const installed = join(ROOT, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && !installIsStale(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'), readFileSync(installed, 'utf8')))
    return;
  console.error('Installing what package-lock.json names (npm ci) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { shell: process.platform === 'win32' });
}

/** Builds `dist` if a source changed since it was built. Gives whether it compiled without complaint; it is built all the same. */
export function build() {
  const fingerprint = fingerprintOf([...filesIn(SRC), ...CONFIGS.map((name) => join(ROOT, name))]);
  if (existsSync(join(DIST, 'index.js')) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint) return true;
  console.error('Building dist …');
  // Built aside and moved file by file: a process that runs from dist meanwhile never loads half a file.
  const stage = join(CACHE, `stage-${process.pid}`);
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', stage], {
    stdio: ['ignore', 2, 2],
  });
  trim(stage, filesIn(stage));
  publish(stage);
  rmSync(stage, { recursive: true, force: true });
  if (status === 0) writeFileSync(STAMP, fingerprint);
  return status === 0;
}

/** Moves what was built into dist and removes what no source makes any more. */
function publish(stage) {
  const built = new Set(filesIn(stage).map((path) => relative(stage, path)));
  for (const name of built) {
    const target = join(DIST, name);
    mkdirSync(dirname(target), { recursive: true });
    if (name === join('cli', 'main.js')) chmodSync(join(stage, name), 0o755);
    renameSync(join(stage, name), target);
  }
  for (const path of filesIn(DIST)) if (!built.has(relative(DIST, path))) rmSync(path, { force: true });
}

function filesIn(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function fingerprintOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path}\t${size}\t${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], ...options });
  if (status === 0) return;
  console.error(`${command} ${args.join(' ')} failed: ${error?.message ?? `exit ${status}`}. Mend that, then run it again.`);
  process.exit(1);
}

/** What else would come is a syntax error or a missing function, somewhere. */
function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`This needs Node 20.19 or newer, and runs on ${process.version}. Install a newer Node, then run it again.`);
  process.exit(1);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  refuseOldNode();
  install();
  if (process.argv[2] !== 'install' && !build()) process.exit(1);
}
