/**
 * A PostgreSQL of our own: the system's programs on a new cluster in a temporary directory, reached by a socket in it and by
 * nothing else. It syncs every commit, as it does by default.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installByApt } from './apt.mjs';

const DEBIAN = '/usr/lib/postgresql';
const USER = 'bench';
/** No TCP, so that its port is only a part of the socket's name. Each of a hundred puts in flight may have a connection. */
const SETTINGS = { fsync: 'on', synchronous_commit: 'on', listen_addresses: '', max_connections: '120' };

export function hasPostgres() {
  return programs() !== undefined;
}

export function versionOfPostgres() {
  return spawnSync(join(programs(), 'postgres'), ['--version'], { encoding: 'utf8' }).stdout.match(/\d+(\.\d+)+/)?.[0];
}

export function installPostgres(say) {
  return installByApt('postgresql', hasPostgres, say);
}

/** How a client reaches the server, and a `kill`: nothing of it is needed afterwards. */
export function startPostgres(directory) {
  const data = join(directory, 'data');
  mkdirSync(directory);
  const owner = ownerOf(directory);
  const bin = programs();
  run(join(bin, 'initdb'), ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C'], owner);
  const settings = Object.entries({ ...SETTINGS, unix_socket_directories: directory }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const log = join(directory, 'log');
  run(join(bin, 'pg_ctl'), ['start', '-w', '-D', data, '-l', log, '-o', settings.map(quoted).join(' ')], owner, log);
  const kill = () => spawnSync(join(bin, 'pg_ctl'), ['stop', '-w', '-m', 'immediate', '-D', data], { stdio: 'ignore', ...owner });
  return { connection: { host: directory, user: USER, database: 'postgres' }, kill };
}

/** The directory of its programs: that of the newest where Debian keeps several, else the one on the path. */
function programs() {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one)) : [];
  const bin = versions.map((version) => join(DEBIAN, version, 'bin')).find((path) => existsSync(join(path, 'initdb')));
  if (bin !== undefined) return bin;
  const found = (process.env.PATH ?? '').split(':').find((path) => existsSync(join(path, 'initdb')) && existsSync(join(path, 'pg_ctl')));
  return found;
}

/** It refuses to run as root, so it then gets a user without rights, who may pass through to its directory. */
function ownerOf(directory) {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((option) => idOf('postgres', option) ?? idOf('nobody', option));
  chownSync(directory, uid, gid);
  chmodSync(dirname(directory), 0o711);
  return { uid, gid, cwd: directory };
}

function idOf(user, option) {
  const { status, stdout } = spawnSync('id', [option, user], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
}

function quoted(setting) {
  return `'${setting}'`;
}

/** Its output goes to a file or nowhere: a server that inherited a pipe of ours would keep it open. */
function run(program, args, owner, log) {
  const { status, stderr } = spawnSync(program, args, {
    stdio: ['ignore', 'ignore', log === undefined ? 'pipe' : 'ignore'],
    encoding: 'utf8',
    ...owner,
  });
  if (status === 0) return;
  const why = log !== undefined && existsSync(log) ? readFileSync(log, 'utf8') : (stderr ?? '');
  throw new Error(`${program} failed: ${why.trim()}`);
}
