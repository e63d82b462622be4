/** What no npm package brings: Debian's packages, where this is Debian and we may. */
import { spawnSync } from 'node:child_process';

/** Installs a package unless `isThere` finds what is wanted; says whether it is there afterwards. */
export function installByApt(name, isThere, say) {
  if (isThere()) return true;
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return false;
  say(`Installing ${name} with apt-get, once …`);
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  spawnSync('apt-get', ['update', '-q'], quiet);
  spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', name], quiet);
  return isThere();
}
