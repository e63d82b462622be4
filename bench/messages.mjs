/** The messages that both sides of a figure are given: about 100 bytes of JSON, no two alike. */

const REGIONS = ['north', 'south', 'east', 'west'];

/** A unit of work as an extract puts it: which rows of which file. */
export function message(number) {
  return {
    path: `/data/incoming/2026-${String(1 + (number % 12)).padStart(2, '0')}/sales-${String(number).padStart(8, '0')}.tsv.gz`,
    first: number * 1_000,
    rows: (number * 7_919) % 100_000,
    region: REGIONS[number % 4],
  };
}

/** A name as a caller would choose it for a key. */
export function keyOf(value) {
  return `sales-${String(value.first).padStart(12, '0')}.tsv`;
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
