/** Lines over a growing number, panel beside panel. A point is the median of the rounds, the bar through it their spread. */
import { X_SCALES, Y_SCALES } from './scales.mjs';
import { at, drawing, escaped, FOOT } from './svg.mjs';

/** One alone is wider. */
const [PANEL, ALONE] = [340, 520];
const GAP = 16;
/** Of a panel: its names on top, then the plot, then the marks below. */
const [TOP, BOTTOM] = [134, 338];
const HEIGHT = BOTTOM + 46 + FOOT;
const LEFT = 54;
const CLASSES = ['one', 'two', 'three'];

/** Undefined when there is nothing to draw. */
export function drawLines({ title, panels }, rows, note) {
  const filled = panels.map((panel) => ({ ...panel, series: seriesOf(rows.filter(({ chart }) => chart.panel === panel.id)) }));
  const there = filled.filter(({ series }) => series.length > 0);
  if (there.length === 0) return undefined;
  const width = there.length === 1 ? ALONE : PANEL;
  const frame = { width: GAP + there.length * (width + GAP), height: HEIGHT, title, note };
  return drawing(frame, there.map((panel, index) => drawPanel(panel, GAP + index * (width + GAP), width)).join('\n'));
}

/** By name, in the order in which they come: ours first. The peer of several figures at one place is one point. */
function seriesOf(rows) {
  const series = new Map();
  for (const side of ['ours', 'peer'])
    for (const row of rows) {
      const name = row.chart[side];
      if (!series.has(name)) series.set(name, new Map());
      const measured = row.measured[side];
      series.get(name).set(row.chart.x, { x: row.chart.x, y: row[side], low: Math.min(...measured), high: Math.max(...measured) });
    }
  return [...series].map(([name, points]) => ({ name, points: [...points.values()].toSorted((one, other) => one.x - other.x) }));
}

function drawPanel({ title, series, xName, unit, x, y }, left, width) {
  const points = series.flatMap((one) => one.points);
  const across = X_SCALES[x](points.map((point) => point.x));
  const up = Y_SCALES[y](points.flatMap(({ low, high }) => [low, high]));
  const place = {
    x: (value) => at(left + LEFT + across.place(value) * (width - LEFT)),
    y: (value) => at(BOTTOM - up.place(value) * (BOTTOM - TOP)),
  };
  return [
    `<text class="name" x="${left}" y="60">${escaped(title)}</text>`,
    ...series.map(({ name }, index) => drawKey(name, index, left)),
    ...up.marks.map((mark) => drawLevel(mark, unit, place.y(mark), left, width)),
    ...across.marks.map((mark) => `<text class="small" x="${place.x(mark)}" y="${BOTTOM + 18}" text-anchor="middle">${count(mark)}</text>`),
    `<text class="small" x="${left + LEFT + (width - LEFT) / 2}" y="${BOTTOM + 37}" text-anchor="middle">${escaped(xName)}</text>`,
    ...series.map((one, index) => drawSeries(one, CLASSES[index], place, unit)),
  ].join('\n');
}

function drawKey(name, index, left) {
  const y = 76 + index * 18;
  return `<line class="series ${CLASSES[index]}" x1="${left}" y1="${y}" x2="${left + 22}" y2="${y}"/>${drawDot(index, left + 11, y)}<text class="small" x="${left + 30}" y="${y + 4}">${escaped(name)}</text>`;
}

function drawLevel(mark, unit, y, left, width) {
  return `<line class="grid" x1="${left + LEFT}" y1="${y}" x2="${left + width}" y2="${y}"/><text class="small" x="${left + LEFT - 8}" y="${y + 4}" text-anchor="end">${amount(mark, unit)}</text>`;
}

function drawSeries({ name, points }, style, place, unit) {
  const path = points.map(({ x, y }) => `${place.x(x)},${place.y(y)}`).join(' ');
  return [
    `<polyline class="series ${style}" points="${path}"/>`,
    ...points.map((point) => {
      const x = place.x(point.x);
      const words = `${name}, ${point.x.toLocaleString('en')}: ${precise(point.y, unit)} (${precise(point.low, unit)} to ${precise(point.high, unit)})`;
      return `<g><title>${escaped(words)}</title><line class="${style}" x1="${x}" y1="${place.y(point.low)}" x2="${x}" y2="${place.y(point.high)}"/>${drawDot(CLASSES.indexOf(style), x, place.y(point.y))}</g>`;
    }),
  ].join('\n');
}

/** Of a shape of its own each, for those who can't tell the colours. */
function drawDot(index, x, y) {
  const style = `class="dot ${CLASSES[index]}"`;
  if (index === 0) return `<circle ${style} cx="${x}" cy="${y}" r="4"/>`;
  if (index === 1) return `<rect ${style} x="${at(x - 3.5)}" y="${at(y - 3.5)}" width="7" height="7"/>`;
  return `<path ${style} d="M${x} ${at(y - 4.5)} l4.5 8 h-9 z"/>`;
}

function count(value) {
  if (value >= 1e6) return `${round(value / 1e6)} M`;
  return value >= 1_000 ? `${round(value / 1_000)} k` : String(round(value));
}

function amount(value, unit) {
  if (unit === 'a second') return value === 0 ? '0' : `${count(value)}/s`;
  return value < 1 ? `${round(value * 1_000)} ms` : `${round(value)} s`;
}

function precise(value, unit) {
  return unit === 'a second' ? `${Math.round(value).toLocaleString('en')} a second` : `${Number(value.toPrecision(3))} ${unit}`;
}

function round(value) {
  return Number(value.toPrecision(3));
}
