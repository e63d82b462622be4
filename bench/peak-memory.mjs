import { readFileSync } from 'node:fs';

/** Most megabytes that this process had resident. Its own: in `maxRSS` Linux counts what the process had that started it. */
export function peakMegabytes() {
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return ((kilobytes ?? process.resourceUsage().maxRSS) * 1_024) / 1e6;
}
