/** get + done: a trivial handler over messages that were put before, each side in a process of its own. */
import { inFreshProcess } from '../fresh-process.mjs';

/** One side, with as long a warm-up as the others. */
function drained(kind, count, options) {
  return ({ directory, scale, redisPort, postgres }) => {
    const warmUp = Math.min(20_000, count) * scale;
    return inFreshProcess('drain.mjs', { kind, directory, warmUp, count: count * scale, redisPort, postgres, ...options });
  };
}

/** Beside a queue that survives nothing: no aim. */
function inMemory(peer, name) {
  return {
    name: `drain-${name}`,
    title: "get + done, 'process', 100 in flight",
    ours: 'process',
    peer,
    peerName: `${name}, in memory only`,
  };
}

export const family = {
  name: 'drains',
  fresh: true,
  sides: {
    process: drained('ours', 200_000, { durability: 'process', inFlight: 100 }),
    normal: drained('sqlite', 100_000, { synchronous: 'NORMAL', claim: 100 }),
    power: drained('ours', 200_000, { durability: 'power', inFlight: 1_000 }),
    full: drained('sqlite', 100_000, { synchronous: 'FULL', claim: 100 }),
    bullmq: drained('bullmq', 6_000, { concurrency: 100 }),
    graphile: drained('graphile', 10_000, {}),
    fastq: drained('fastq', 200_000, { concurrency: 100 }),
    pQueue: drained('pQueue', 100_000, { concurrency: 100 }),
    betterQueue: drained('betterQueue', 20_000, { concurrency: 100 }),
  },
  figures: [
    {
      name: 'drain-process',
      title: "get + done, 'process', 100 in flight",
      ours: 'process',
      peer: 'normal',
      peerName: 'SQLite NORMAL, claims by 100',
      atLeast: 3.5,
    },
    {
      name: 'drain-power',
      title: "get + done, 'power', 1000 in flight",
      ours: 'power',
      peer: 'full',
      peerName: 'SQLite FULL, claims by 100',
      atLeast: 3,
    },
    {
      name: 'drain-power-bullmq',
      title: "get + done, 'power', 1000 in flight",
      ours: 'power',
      peer: 'bullmq',
      peerName: 'BullMQ worker, concurrency 100',
      atLeast: 25,
    },
    {
      name: 'drain-power-graphile',
      title: "get + done, 'power', 1000 in flight",
      ours: 'power',
      peer: 'graphile',
      peerName: 'graphile-worker, completions batched',
    },
    inMemory('fastq', 'fastq'),
    inMemory('pQueue', 'p-queue'),
    inMemory('betterQueue', 'better-queue'),
  ],
};
