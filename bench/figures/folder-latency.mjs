/** How soon a waiting reader sees a put of another process, and what waiting costs it. */
import { fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWriter } from '../ours-folders.mjs';
import { told } from '../told.mjs';

const WAITER = fileURLToPath(new URL('../children/folder-waiter.mjs', import.meta.url));
const POLL_MS = 1_000;
const IDLE_MS = 5_000;
/** Files that somebody is still writing, under names that are no message's. */
const UNREADY = 10_000;

const now = () => Number(process.hrtime.bigint() / 1_000n);

function waiting({ watch, puts, unready = 0 }) {
  return async ({ directory }) => {
    for (let number = 0; number < unready; number += 1) closeSync(openSync(`${directory}/sales-${number}.tsv.part`, 'wx'));
    const writer = await openWriter(directory, { durability: 'process' });
    const child = fork(WAITER, [JSON.stringify({ directory, watch, pollIntervalMs: POLL_MS, idleMs: IDLE_MS })]);
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    await told(child);
    const delays = [];
    for (let number = 0; number < puts; number += 1) {
      // Not in step with the poll: a put comes at any time.
      await sleep(300 + Math.random() * POLL_MS);
      const answered = told(child);
      const start = now();
      await writer.putText(`late-${number}.tsv`, 'x');
      const { at } = await answered;
      delays.push((at - start) / 1_000);
    }
    // What the last put set going is over.
    await sleep(2 * POLL_MS);
    child.send('idle');
    const { share } = await told(child);
    end();
    process.off('exit', end);
    await writer.close();
    delays.sort((one, other) => one - other);
    return { ms: delays[Math.floor(puts / 2)], slowest: delays.at(-1), percent: share * 100 };
  };
}

const oursAlone = (value) => value;
const seen = { pick: ({ ms }) => ms, compare: oursAlone };
const idle = { pick: ({ percent }) => percent, compare: oursAlone, unit: '%', atMost: 1 };
const events = { ours: 'events', peer: 'poll', peerName: 'without events' };
const crowded = { ours: 'crowded', peer: 'events', peerName: 'in an empty folder' };
const poll = { ours: 'poll', peer: 'events', peerName: 'with events' };

export const family = {
  name: 'folder-latency',
  fresh: true,
  unit: 'ms',
  sides: {
    events: waiting({ watch: true, puts: 15 }),
    crowded: waiting({ watch: true, puts: 15, unready: UNREADY }),
    poll: waiting({ watch: false, puts: 7 }),
  },
  figures: [
    { ...events, ...seen, name: 'folder-seen', title: 'a put seen by a waiting reader', atMost: 20 },
    { ...crowded, ...seen, name: 'folder-seen-crowded', title: 'the same among 10,000 unready files' },
    {
      ...poll,
      name: 'folder-seen-poll',
      title: 'the slowest without events, a poll of 1,000 ms',
      pick: ({ slowest }) => slowest,
      compare: oursAlone,
      atMost: 1_200,
    },
    { ...events, ...idle, name: 'folder-idle', title: 'CPU of a waiting reader' },
    { ...crowded, ...idle, name: 'folder-idle-crowded', title: 'the same among 10,000 unready files' },
  ],
};
