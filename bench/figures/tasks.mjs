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
const MILLION = 1_000_000;

function idsOf(count) {
  return Array.from({ length: count }, (_, index) => `task-${String(index).padStart(7, '0')}`);
}

/** Every so-many-th, so that they do not lie side by side; others in each turn. */
function some(count, turn) {
  const step = Math.max(1, Math.floor(count / TASKS));
  return idsOf(count)
    .filter((_, index) => index % step === turn % step)
    .slice(0, TASKS);
}

/** A turn on tasks that are made for it. */
function onNew(make, run) {
  return async ({ directory, scale }) => {
    await make(directory, idsOf(TASKS * scale));
    settleDisk();
    return run(directory, idsOf(TASKS * scale));
  };
}

/** A turn on some of the million, which no turn makes much fewer. */
function onMany(run) {
  let turn = 0;
  return ({ shared, scale }) => {
    settleDisk();
    return run(shared, some(MILLION * scale, turn++));
  };
}

async function makeMany({ directory, scale }) {
  await makeTasks(directory, idsOf(MILLION * scale));
  makeBare(directory, idsOf(MILLION * scale));
}

const openTracker = (ground) => TaskTracker.open(`file:${ground}/store`, { useCase: 'bench', durability: 'process' });

async function makeTasks(ground, ids) {
  const tracker = await openTracker(ground);
  await tracker.createMany(ids.map((id) => [id, { rows: 1 }]));
  await tracker.dispose();
}

async function runTasks(ground, ids) {
  const tracker = await openTracker(ground);
  const rate = await rateNow(ids.length, async () => {
    for (const id of ids) await tracker.run(id, (attempt) => (attempt.data = { rows: 2 }));
  });
  for (const id of ids) if ((await tracker.get(id))?.status !== 'succeeded') throw new Error(`${id} did not succeed.`);
  await tracker.dispose();
  return rate;
}

function makeBare(ground, ids) {
  mkdirSync(`${ground}/bare`);
  makeRecords(`${ground}/bare`, ids);
}

const runBare = (ground, ids) => rateNow(ids.length, () => settleRecords(`${ground}/bare`, ids));

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
  sides: { ours: onNew(makeTasks, runTasks), bare: onNew(makeBare, runBare) },
  figures: [figure('task', 'start + settle of tasks, 1,000 there', '')],
};

export const many = {
  name: 'tasks-1m',
  times: 3,
  prepare: makeMany,
  sides: { oursMany: onMany(runTasks), bareMany: onMany(runBare) },
  figures: [figure('task-1m', 'the same, 1,000,000 there', 'Many')],
};
