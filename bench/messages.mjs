/** The messages that both sides of a figure are given: about 100 bytes of JSON, no two alike. */

const REGIONS = ['north', 'south', 'east', 'west'];

export function message(number) {
  return {
    id: number,
    file: `sales-2026-${String(1 + (number % 12)).padStart(2, '0')}-${String(number % 10_000).padStart(5, '0')}.tsv`,
    rows: (number * 7919) % 100_000,
    offset: number * 4096,
    region: REGIONS[number % 4],
    last: number % 50 === 0,
  };
}

/** A name as a caller would choose it for a key. */
export function keyOf(value) {
  return `sales-${String(value.id).padStart(9, '0')}.tsv`;
}

export function messages(count, first = 0) {
  return Array.from({ length: count }, (_, index) => message(first + index));
}

/** The same values as arrays of `size`, as a bulk call takes them. */
export function batches(values, size) {
  const cut = [];
  for (let start = 0; start < values.length; start += size) cut.push(values.slice(start, start + size));
  return cut;
}

/** What a consumer adds up: a drain that lost, repeated or did not decode a message is no measurement. */
export function sumOfRows(values) {
  return values.reduce((sum, value) => sum + value.rows, 0);
}
