/** The drawings of a run: the ratios, and those whose figures name them, with the panels that each of these has. */
import { drawLines } from './lines.mjs';
import { drawRatios } from './ratios.mjs';

const WAITING = { xName: 'messages waiting', x: 'decades', y: 'linear', unit: 'a second' };

const CHARTS = [
  {
    name: 'growth',
    title: 'As the backlog grows',
    panels: [
      { ...WAITING, id: 'drain', title: "get + done, 'process'" },
      { ...WAITING, id: 'put', title: "one put at a time, 'process'" },
      { ...WAITING, id: 'folder', title: "files: get + done, 'process'", xName: 'files in the folder' },
    ],
  },
  {
    name: 'processes',
    title: 'As processes are added',
    panels: [
      {
        id: 'folder',
        title: "files: get + done, 'process'",
        xName: 'processes on one folder',
        x: 'doublings',
        y: 'linear',
        unit: 'a second',
      },
      {
        id: 'queue',
        title: "values: get + done, 'process'",
        xName: 'forked children on one queue',
        x: 'doublings',
        y: 'linear',
        unit: 'a second',
      },
    ],
  },
  {
    name: 'reopen',
    title: 'Opening after a crash',
    panels: [
      { id: 'reopen', title: 'time from the start', xName: 'messages put, half of them done', x: 'decades', y: 'decades', unit: 's' },
    ],
  },
];

/** Name and text of each file. What no figure of the run belongs to is left out. */
export function drawAll(rows, note) {
  const drawn = [
    ['ratios.svg', drawRatios(rows, note)],
    ...CHARTS.map((chart) => [
      `${chart.name}.svg`,
      drawLines(
        chart,
        rows.filter((row) => row.chart?.name === chart.name),
        note,
      ),
    ]),
  ];
  return drawn.filter(([, text]) => text !== undefined);
}
