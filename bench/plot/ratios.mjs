/**
 * The figures that have an aim, as a drawing: how many times its aim each one reaches, on a scale on which each step doubles.
 * The bar is the median of the rounds, the line across it their spread.
 */
import { drawing, escaped, FOOT } from './svg.mjs';

const WIDTH = 920;
const ROW = 32;
const TOP = 72;
const LEFT = 16;
const LABELS = 430;
const PLOT = WIDTH - LABELS - 110;
/** From a quarter of the aim to eight times. */
const [LOWEST, HIGHEST] = [-2, 3];

/** Undefined when no figure has an aim. */
export function drawRatios(rows, note) {
  const aimed = rows.filter(({ met }) => met !== null);
  if (aimed.length === 0) return undefined;
  const bottom = TOP + aimed.length * ROW;
  const frame = { width: WIDTH, height: bottom + FOOT, title: 'Each figure as a multiple of its aim', note };
  return drawing(frame, [scale(bottom), ...aimed.map((row, index) => drawRow(row, TOP + index * ROW))].join('\n'));
}

function scale(bottom) {
  const steps = Array.from({ length: HIGHEST - LOWEST + 1 }, (_, step) => LOWEST + step);
  return steps
    .map((step) => {
      const x = place(2 ** step);
      const name = step === 0 ? 'the aim' : step < 0 ? `1/${2 ** -step}` : `${2 ** step}x`;
      return `<line class="${step === 0 ? 'aim' : 'grid'}" x1="${x}" y1="${TOP - 10}" x2="${x}" y2="${bottom}"/><text class="small" x="${x}" y="${TOP - 16}" text-anchor="middle">${name}</text>`;
    })
    .join('\n');
}

function drawRow(row, y) {
  const [times, low, high] = timesOfAim(row);
  const start = place(1);
  const end = place(times);
  const middle = y + ROW / 2 - 2;
  return [
    `<g><title>${escaped(`${row.title} beside ${row.peerName}: ${row.ratio.toPrecision(3)}, aim ${row.target}`)}</title>`,
    `<text x="${LEFT}" y="${y + 11}">${escaped(row.title)}</text><text class="small" x="${LEFT}" y="${y + 25}">${escaped(row.peerName)}</text>`,
    `<rect class="${row.met ? 'met' : 'missed'}" x="${Math.min(start, end)}" y="${middle - 6}" width="${Math.max(1, Math.abs(end - start))}" height="12" rx="2"/>`,
    `<line class="spread" x1="${place(low)}" y1="${middle}" x2="${place(high)}" y2="${middle}"/>`,
    `<text class="small" x="${WIDTH - LEFT}" y="${middle + 4}" text-anchor="end">${row.ratio.toPrecision(3)} ${row.met ? 'met' : 'missed'}</text></g>`,
  ].join('');
}

/** The median and the spread, each as so many times the aim; more is always better. */
function timesOfAim({ ratio, min, max, target }) {
  const [how, aim] = target.split(' ');
  // A difference of two measurements may come out below zero.
  const times = (value) => (how === '>=' ? value / Number(aim) : Number(aim) / Math.max(value, Number.EPSILON));
  return [times(ratio), ...[times(min), times(max)].sort((one, other) => one - other)];
}

function place(times) {
  const step = Math.min(HIGHEST, Math.max(LOWEST, Math.log2(Math.max(times, 2 ** LOWEST))));
  return Math.round(LABELS + ((step - LOWEST) / (HIGHEST - LOWEST)) * PLOT);
}
