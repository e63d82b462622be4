/** Numbers as a person reads them. The same everywhere, whatever the locale: scripts read this output too. */

/** `1234567` → `1,234,567`. */
export function formatCount(count: number): string {
  return String(Math.trunc(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 message`, `2 messages`. */
export function formatNumberOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

const BYTE_UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** `1234567` → `1.2 MB`. Powers of ten, as disks are sold. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 'B';
  for (const next of BYTE_UNITS) {
    if (value < 999.5) break;
    value /= 1_000;
    unit = next;
  }
  return unit === 'B' || value >= 99.95 ? `${Math.round(value)} ${unit}` : `${value.toFixed(1)} ${unit}`;
}

/** Milliseconds → `0.4s`, `12s`, `3m 05s`, `2h 07m`, `4d 03h`: the two units that matter. */
export function formatDuration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${pad(seconds % 60)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
  return `${Math.floor(minutes / 1_440)}d ${pad(Math.floor(minutes / 60) % 24)}h`;
}

/** Per second: `0.25/s`, `12.5/s`, `1,234/s`. */
export function formatRate(perSecond: number): string {
  if (perSecond < 1) return `${perSecond.toFixed(2)}/s`;
  return perSecond < 100 ? `${perSecond.toFixed(1)}/s` : `${formatCount(Math.round(perSecond))}/s`;
}

function pad(part: number): string {
  return String(part).padStart(2, '0');
}
