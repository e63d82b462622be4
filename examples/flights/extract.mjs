// Extract: what there is to read, cut into units of work, and the reading of one unit.
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { fileURLToPath } from 'node:url';

/** 3,000,000 flights in the United States, in the first half of 2001. */
export const FLIGHTS = fileURLToPath(new URL('../data/flights-3m.parquet', import.meta.resolve('vega-datasets')));

const COLUMNS = ['date', 'delay', 'distance', 'origin', 'destination'];

/**
 * One unit of work: rows `from` (included) to `to` (excluded) of the file.
 * @typedef {{ from: number, to: number }} Range
 *
 * A row as the file has it.
 * @typedef {{ date: Date, delay: bigint, distance: bigint, origin: string, destination: string }} RawFlight
 */

const file = await asyncBufferFromFile(FLIGHTS);
const metadata = await parquetMetadataAsync(file);
const groups = rowGroups();

/** How many rows the file has. */
export const ROWS = Number(metadata.num_rows);

/**
 * The first `rows` rows as ranges of at most `size`. A range never crosses a row group, since that is what Parquet
 * can only decode as a whole.
 * @param {{ rows?: number, size?: number }} [options]
 * @returns {Generator<Range>}
 */
export function* ranges({ rows = ROWS, size = 10_000 } = {}) {
  for (const group of groups) {
    const end = Math.min(group.to, rows);
    for (let from = group.from; from < end; from += size) yield { from, to: Math.min(from + size, end) };
  }
}

/**
 * The rows of one range.
 * @param {Range} range
 * @returns {Promise<Iterable<RawFlight>>}
 */
export async function read({ from, to }) {
  const group = groups.find((each) => from < each.to);
  if (group === undefined || to > group.to) throw new RangeError(`Rows ${from} to ${to} are not in one row group.`);
  return rows(await decode(group), from - group.from, to - group.from);
}

/**
 * @param {Record<string, ArrayLike<any>>} columns
 * @param {number} from
 * @param {number} to
 * @returns {Generator<RawFlight>}
 */
function* rows({ date, delay, distance, origin, destination }, from, to) {
  for (let row = from; row < to; row += 1) {
    yield { date: date[row], delay: delay[row], distance: distance[row], origin: origin[row], destination: destination[row] };
  }
}

/** @type {{ group: Range, columns: ReturnType<typeof columnsOf> } | undefined} */
let last;

/**
 * The columns of a row group. The last one is kept: the next unit is most likely out of the same.
 * @param {Range} group
 */
function decode(group) {
  if (last?.group !== group) last = { group, columns: columnsOf(group) };
  return last.columns;
}

/** @param {Range} group */
async function columnsOf({ from, to }) {
  /** @type {Record<string, ArrayLike<any>>} */
  const columns = {};
  await parquetRead({
    file,
    metadata,
    compressors,
    columns: COLUMNS,
    rowStart: from,
    rowEnd: to,
    onChunk: ({ columnName, columnData }) => {
      columns[columnName] = columnData;
    },
  });
  return columns;
}

/** @returns {Range[]} */
function rowGroups() {
  let from = 0;
  return metadata.row_groups.map(({ num_rows }) => ({ from, to: (from += Number(num_rows)) }));
}
