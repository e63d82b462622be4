/**
 * Opening after a crash: 1,000,000 puts and 500,000 dones by a process that is killed with SIGKILL while it holds some 50
 * messages, one in each journal, so that none could be removed. Each side of each round runs in a fresh process: compiled
 * code or a warm heap would flatter the second. Most of a first message is code that runs for the first time, so that
 * figure is there twice: cold, as after a crash, and in a process that reopened the queue once before.
 */
import { join } from 'node:path';
import { inFreshProcess } from '../fresh-process.mjs';

const PUTS = 1_000_000;
const DONES = 500_000;

function scan({ shared, scale }, warm) {
  return inFreshProcess('reopen.mjs', { directory: join(shared, 'crashed'), outstanding: (PUTS - DONES) * scale, warm });
}

function first({ shared }, warm) {
  return inFreshProcess('first-message.mjs', { directory: join(shared, 'crashed'), warm });
}

export const family = {
  name: 'reopen',
  fresh: true,
  unit: 's',
  async prepare({ directory, scale }) {
    await inFreshProcess('crash.mjs', { directory: join(directory, 'crashed'), puts: PUTS * scale, dones: DONES * scale }, { kill: true });
  },
  sides: {
    scan: (context) => scan(context, false),
    first: (context) => first(context, false),
    scanWarm: (context) => scan(context, true),
    firstWarm: (context) => first(context, true),
    bare: ({ shared, scale }) => inFreshProcess('bare-scan.mjs', { directory: join(shared, 'crashed'), puts: PUTS * scale }),
  },
  figures: [
    {
      name: 'reopen-scan',
      title: 'reopen: open + counts(), 1 M puts, 500 k dones',
      ours: 'scan',
      peer: 'bare',
      peerName: 'bare read, scan, JSON.parse of the puts',
      compare: (ours, bare) => bare / ours,
      atLeast: 0.75,
    },
    { name: 'reopen-first', title: 'reopen: first message', ours: 'first', peer: 'scan', peerName: 'our whole scan', atMost: 0.1 },
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
