/** Milliseconds of something short: `0.4 µs`, `12 µs`, `3.1 ms`, `40 ms`, `2.5 s`. */
export function formatDelay(ms: number): string {
  if (ms < 0.001) return `${Math.round(ms * 1e6)} ns`;
  if (ms < 1) return `${trim(ms * 1_000)} µs`;
  return ms < 1_000 ? `${trim(ms)} ms` : `${trim(ms / 1_000)} s`;
}

function trim(value: number): string {
  return value < 9.95 ? value.toFixed(1) : String(Math.round(value));
}
