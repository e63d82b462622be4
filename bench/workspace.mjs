/** A temporary directory on the disk that the repository is on, gone at the end however that comes. */
import { mkdtempSync, rmSync, statSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BENCH = fileURLToPath(new URL('.', import.meta.url));
const TMPFS = 0x01021994;

/** Gives its path. Anything else that must end with us is told to `onEnd`. */
export function openWorkspace() {
  const parent = isSameDisk(tmpdir(), BENCH) ? tmpdir() : BENCH;
  if (statfsSync(parent).type === TMPFS)
    throw new Error(`${parent} lies in memory, where a sync costs nothing. Set TMPDIR to a directory on a disk.`);
  const path = mkdtempSync(join(parent, parent === BENCH ? '.tmp-' : 'dibs-bench-'));
  const endings = [];
  process.once('exit', () => {
    for (const end of endings) end();
    rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
  return { path, onEnd: (end) => endings.push(end) };
}

function isSameDisk(one, other) {
  return statSync(one).dev === statSync(other).dev && statfsSync(one).type !== TMPFS;
}
