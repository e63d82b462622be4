/**
 * Peak resident memory of a fresh process that opens a backlog and drains 100,000 of it; Node alone beside it. What a key
 * costs is the difference of two heaps after collection, with and without keys.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { inFreshProcess } from '../fresh-process.mjs';

const MILLION = 1_000_000;
const PART = 100_000;

function filled(name, count, keyed = false) {
  return ({ directory, scale }) => inFreshProcess('fill.mjs', { directory: join(directory, name), count: count * scale, keyed });
}

/** Opening and draining change a directory, so each round has its own copy. */
function copied(name, run) {
  return (context) => {
    const directory = join(context.directory, name);
    cpSync(join(context.shared, name), directory, { recursive: true });
    return run({ ...context, directory });
  };
}

const drainPart = ({ directory, scale }) => inFreshProcess('drain-memory.mjs', { directory, part: PART * scale });
const heap =
  (keyed) =>
  ({ directory }) =>
    inFreshProcess('key-memory.mjs', { directory, keyed });

export const memory = {
  name: 'memory',
  fresh: true,
  unit: 'MB',
  prepare: filled('million', MILLION),
  sides: { million: copied('million', drainPart), node: () => inFreshProcess('node-memory.mjs', {}) },
  figures: [
    {
      name: 'memory-1m',
      title: 'peak memory, 1,000,000 waiting',
      ours: 'million',
      peer: 'node',
      peerName: 'Node alone',
      compare: (ours) => ours,
      atMost: 100,
    },
  ],
};

export const memoryTenMillion = {
  name: 'memory-10m',
  fresh: true,
  unit: 'MB',
  prepare: filled('ten-million', 10 * MILLION),
  sides: { tenMillion: copied('ten-million', drainPart), node: () => inFreshProcess('node-memory.mjs', {}) },
  figures: [
    {
      name: 'memory-10m',
      title: 'peak memory, 10,000,000 waiting',
      ours: 'tenMillion',
      peer: 'node',
      peerName: 'Node alone',
      compare: (ours) => ours,
      atMost: 120,
    },
  ],
};

export const keys = {
  name: 'keys',
  fresh: true,
  unit: 'MB',
  async prepare(context) {
    await filled('keyed', MILLION, true)(context);
    await filled('plain', MILLION)(context);
  },
  sides: { keyed: copied('keyed', heap(true)), plain: copied('plain', heap(false)) },
  figures: [
    {
      name: 'key-cost',
      title: 'bytes a key, 1,000,000 keys',
      ours: 'keyed',
      peer: 'plain',
      peerName: 'the same without keys',
      compare: (keyed, plain) => ((keyed - plain) * 1e6) / MILLION,
      atMost: 100,
    },
  ],
};
