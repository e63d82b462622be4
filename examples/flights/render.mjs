// What the screen shows: a bar that moves on a terminal, a line every tenth elsewhere. Colour only where it is wanted.

const WIDTH = 28;

/** @param {NodeJS.WriteStream} stream */
export function openScreen(stream) {
  const live = stream.isTTY === true && process.env.TERM !== 'dumb';
  const color = live && !process.env.NO_COLOR;
  const paint = (/** @type {number} */ code) => (/** @type {string} */ text) => (color ? `\x1b[${code}m${text}\x1b[0m` : text);
  let shown = ''; // the bar that stands on the last line
  let tenth = -1; // how far the last plain line was

  /** @param {string} text */
  const line = (text = '') => {
    stream.write(shown === '' ? `${text}\n` : `\r\x1b[K${text}\n`);
    shown = '';
  };

  /**
   * @param {number} part from 0 to 1
   * @param {string} text what it is about
   */
  const bar = (part, text) => {
    const percent = `${String(Math.floor(part * 100)).padStart(3)} %`;
    if (live) {
      const full = Math.round(part * WIDTH);
      const room = Math.max(0, (stream.columns || 80) - WIDTH - 11);
      shown = `  ${paint(36)('█'.repeat(full))}${paint(90)('░'.repeat(WIDTH - full))} ${percent}  ${text.slice(0, room)}`;
      stream.write(`\r\x1b[K${shown}`);
    } else if (Math.floor(part * 10) !== tenth) {
      line(`  ${percent}  ${text}`);
      tenth = Math.floor(part * 10);
    }
  };

  /** Leaves the bar as it stands; the next one is another. */
  const endBar = () => {
    if (shown !== '') stream.write('\n');
    shown = '';
    tenth = -1;
  };

  return { live, line, bar, endBar, bold: paint(1), dim: paint(90), red: paint(31), green: paint(32), cyan: paint(36) };
}

/** @typedef {ReturnType<typeof openScreen>} Screen */

/**
 * `1,234,567`
 * @param {number} n
 */
export function count(n) {
  return Math.round(n).toLocaleString('en-US');
}

/**
 * Lines in columns: the first to the left, numbers to the right.
 * @param {string[][]} rows
 */
export function table(rows) {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('   ')}`.trimEnd(),
  );
}
