/** get + done, and put, as the backlog grows from 1,000 to 1,000,000 messages. Each side of each round in a fresh process. */
import { inFreshProcess } from '../fresh-process.mjs';

const LOTS = 50;
const BACKLOGS = [1_000, 10_000, 100_000, 1_000_000];

function waiting(kind, count) {
  return ({ directory, scale }) =>
    inFreshProcess('growth.mjs', { kind, directory, waiting: Math.max(1_000, count * scale), lots: Math.max(1, LOTS * scale) });
}

function figures(count) {
  const words = count.toLocaleString('en');
  const both = { ours: `ours${count}`, peer: `sqlite${count}` };
  const chart = { name: 'growth', x: count, ours: 'PersistentQueue', peer: 'SQLite' };
  return [
    {
      ...both,
      name: `growth-drain-${count}`,
      title: `get + done, 'process', ${words} waiting`,
      peerName: 'SQLite NORMAL, claims by 100',
      pick: ({ drain }) => drain,
      chart: { ...chart, panel: 'drain' },
    },
    {
      ...both,
      name: `growth-put-${count}`,
      title: `one put at a time, 'process', ${words} waiting`,
      peerName: 'SQLite NORMAL, single inserts',
      pick: ({ put }) => put,
      chart: { ...chart, panel: 'put' },
    },
  ];
}

export const family = {
  name: 'growth',
  fresh: true,
  sides: Object.fromEntries(
    BACKLOGS.flatMap((count) => [
      [`ours${count}`, waiting('ours', count)],
      [`sqlite${count}`, waiting('sqlite', count)],
    ]),
  ),
  figures: BACKLOGS.flatMap(figures),
};
