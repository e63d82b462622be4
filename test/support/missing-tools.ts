import { spawnSync } from 'node:child_process';

/** Why what takes root on Linux, and these programs, can't be done here; undefined if it can. */
export function whyNotAsRoot(...tools: readonly string[]): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it takes root on Linux';
  const missing = tools.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
  return missing.length > 0 ? `${missing.join(', ')} missing` : undefined;
}

/** Says aloud what is not tried here, and why; true if it is tried. */
export function sayIfSkipped(what: string, tests: number, why: string | undefined): boolean {
  if (why !== undefined) console.warn(`SKIPPED ${tests} tests of ${what}: ${why}.`);
  return why === undefined;
}
