/**
 * Opening after a crash: up to 1,000,000 puts and half as many dones by a process that is killed with SIGKILL while it holds
 * some 50 messages, one in each journal, so that none could be removed. Each side of each round runs in a fresh process:
 * compiled code or a warm heap would flatter the second. Most of a first message is code that runs for the first time, so
 * that figure is there twice: cold, as after a crash, and in a process that reopened the queue once before.
 */
import { join } from 'node:path';
import { inFreshProcess } from '../fresh-process.mjs';

const MILLION = 1_000_000;
const SIZES = [10_000, 100_000, MILLION];

function crashed(directory, puts) {
  return join(directory, `crashed-${puts}`);
}

function scan(puts, warm = false) {
  return ({ shared, scale }) => inFreshProcess('reopen.mjs', { directory: crashed(shared, puts), outstanding: (puts / 2) * scale, warm });
}

function first(puts, warm = false) {
  return ({ shared }) => inFreshProcess('first-message.mjs', { directory: crashed(shared, puts), warm });
}

function bareScan(puts) {
  return ({ shared, scale }) => inFreshProcess('bare-scan.mjs', { directory: crashed(shared, puts), puts: puts * scale });
}

const common = { peerName: 'bare read, scan, JSON.parse of the puts', compare: (ours, bare) => bare / ours };
const beside = (puts) => ({ ...common, peer: `bare${puts}` });
const chart = (puts, ours) => ({ name: 'reopen', panel: 'reopen', x: puts, ours, peer: 'bare scan of the puts' });

function figures(puts) {
  const words = `${puts.toLocaleString('en')} puts, half of them done`;
  const scanned = { name: `reopen-scan-${puts}`, title: `reopen: open + counts(), ${words}`, ours: `scan${puts}` };
  const got = { name: `reopen-first-${puts}`, title: `reopen: first message, ${words}`, ours: `first${puts}` };
  return [
    { ...beside(puts), ...scanned, atLeast: puts === MILLION ? 0.75 : undefined, chart: chart(puts, 'open and count all') },
    { ...beside(puts), ...got, chart: chart(puts, 'open and get the first') },
  ];
}

export const family = {
  name: 'reopen',
  fresh: true,
  unit: 's',
  async prepare({ directory, scale }) {
    for (const puts of SIZES) {
      const settings = { directory: crashed(directory, puts), puts: puts * scale, dones: (puts / 2) * scale };
      await inFreshProcess('crash.mjs', settings, { kill: true });
    }
  },
  sides: {
    ...Object.fromEntries(
      SIZES.flatMap((puts) => [
        [`scan${puts}`, scan(puts)],
        [`first${puts}`, first(puts)],
        [`bare${puts}`, bareScan(puts)],
      ]),
    ),
    scanWarm: scan(MILLION, true),
    firstWarm: first(MILLION, true),
  },
  figures: [
    ...SIZES.flatMap(figures),
    {
      name: 'reopen-first',
      title: 'reopen: first message, 1,000,000 puts',
      ours: `first${MILLION}`,
      peer: `scan${MILLION}`,
      peerName: 'our whole scan',
      atMost: 0.1,
    },
    {
      name: 'reopen-first-warm',
      title: 'the same, in a warm process',
      ours: 'firstWarm',
      peer: 'scanWarm',
      peerName: 'our whole scan, warm',
      atMost: 0.1,
    },
  ],
};
