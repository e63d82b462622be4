/**
 * Starting a task and settling it, by one process, beside the bare calls that it is made of: look, read, rename to a claim, look;
 * write the outcome, rename the claim, rename the outcome, unlink. Creating the tasks is not measured.
 */
import { mkdirSync } from 'node:fs';
import { TaskTracker } from '../../dist/tasks.js';
import { rateNow, settleDisk } from '../harness.mjs';
import { makeRecords, settleRecords } from '../peers/bare-tasks.mjs';

/** Of those that there are, so many are run in each turn. */
const TASKS = 1_000;

function idsOf(count) {
  return Array.from({ length: count }, (_, index) => `task-${String(index).padStart(7, '0')}`);
}

/** Every so-many-th, so that they do not lie side by side. */
function some(ids) {
  const step = Math.max(1, Math.floor(ids.length / TASKS));
  return ids.filter((_, index) => index % step === 0).slice(0, TASKS);
}

function ours(count) {
  return async ({ directory, scale }) => {
    const ids = idsOf(count * scale);
    const tracker = await TaskTracker.open(`file:${directory}/store`, { useCase: 'bench', durability: 'process' });
    await tracker.createMany(ids.map((id) => [id, { rows: 1 }]));
    settleDisk();
    const chosen = some(ids);
    const rate = await rateNow(chosen.length, async () => {
      for (const id of chosen) await tracker.run(id, (attempt) => (attempt.data = { rows: 2 }));
    });
    const { succeeded } = await tracker.counts();
    await tracker.dispose();
    if (succeeded !== chosen.length) throw new Error(`${succeeded} of ${chosen.length} tasks succeeded.`);
    return rate;
  };
}

function bare(count) {
  return async ({ directory, scale }) => {
    const ids = idsOf(count * scale);
    mkdirSync(`${directory}/bare`);
    makeRecords(`${directory}/bare`, ids);
    settleDisk();
    const chosen = some(ids);
    return rateNow(chosen.length, () => settleRecords(`${directory}/bare`, chosen));
  };
}

const figure = (name, title, suffix) => ({
  name,
  title,
  ours: `ours${suffix}`,
  peer: `bare${suffix}`,
  peerName: 'the bare calls',
  atLeast: 0.5,
});

export const tasks = {
  name: 'tasks',
  times: 3,
  sides: { ours: ours(1_000), bare: bare(1_000) },
  figures: [figure('task', 'start + settle of tasks, 1,000 there', '')],
};

export const many = {
  name: 'tasks-1m',
  most: 3,
  sides: { oursMany: ours(1_000_000), bareMany: bare(1_000_000) },
  figures: [figure('task-1m', 'the same, 1,000,000 there', 'Many')],
};
