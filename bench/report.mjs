/** The table of figures, as text. */

const COLUMNS = ['figure', 'ours', 'peer', 'ratio', 'min', 'max', 'target', 'met'];

export function formatMachine({ cpu, cores, memoryGB, kernel, fileSystem, node, loadAverage }) {
  return `${cpu}, ${cores} cores, ${memoryGB} GB, ${kernel}, ${fileSystem}, Node ${node}; load before the run ${loadAverage.toFixed(2)}`;
}

export function formatTable(rows) {
  const cells = rows.map((row) => [
    row.title,
    amount(row.ours, row.unit),
    `${amount(row.peer, row.unit)}  ${row.peerName}`,
    digits(row.ratio),
    digits(row.min),
    digits(row.max),
    row.target ?? '',
    verdict(row.met),
  ]);
  const table = [COLUMNS, ...cells];
  const widths = COLUMNS.map((_, column) => Math.max(...table.map((line) => line[column].length)));
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function formatVerdict(rows) {
  const judged = rows.filter((row) => row.met !== null);
  if (judged.length === 0) return 'No figure with a target was run.';
  const missed = judged.filter((row) => !row.met).map((row) => row.figure);
  return `${judged.length - missed.length} of ${judged.length} figures met${missed.length > 0 ? `; missed: ${missed.join(', ')}` : ''}`;
}

function verdict(met) {
  if (met === null) return '';
  return met ? 'yes' : 'NO';
}

function amount(value, unit) {
  if (unit === 'items/s') return `${Math.round(value).toLocaleString('en')}/s`;
  return `${digits(value)} ${unit}`;
}

function digits(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
