/**
 * One to sixteen processes on one queue: ours is owned by one process and shared with forked children over their channels, an
 * item at a time; SQLite is claimed by 100 from as many processes that open the same file.
 */
import { workTogether } from '../queue-crew.mjs';

const WORKERS = [1, 2, 4, 8, 16];
const COUNT = 30_000;
const WARM_UP = 10_000;
/** Over all workers. */
const IN_FLIGHT = 128;

function shared(kind, workers) {
  return ({ directory, scale }) =>
    workTogether(kind, { workers, directory, warmUp: WARM_UP * scale, count: COUNT * scale, inFlight: IN_FLIGHT / workers, claim: 100 });
}

export const family = {
  name: 'queue-sharing',
  fresh: true,
  sides: Object.fromEntries(
    WORKERS.flatMap((workers) => [
      [`ours${workers}`, shared('ours', workers)],
      [`sqlite${workers}`, shared('sqlite', workers)],
    ]),
  ),
  figures: WORKERS.map((workers) => ({
    name: `shared-${workers}`,
    title: `get + done by ${workers} forked ${workers === 1 ? 'child' : 'children'}, 'process'`,
    ours: `ours${workers}`,
    peer: `sqlite${workers}`,
    peerName: 'as many processes on SQLite NORMAL, claims by 100',
    chart: { name: 'processes', panel: 'queue', x: workers, ours: 'PersistentQueue, shared', peer: 'SQLite, claims by 100' },
  })),
};
