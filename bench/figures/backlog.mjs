/** get + done does not cost more as the backlog grows. Each side of each round in a fresh process, warmed up by the same number of messages. */
import { inFreshProcess } from '../fresh-process.mjs';

const MEASURED = 200_000;

function waiting(count) {
  return ({ directory, scale }) =>
    inFreshProcess('backlog.mjs', { directory, waiting: Math.max(10_000, count * scale), measured: MEASURED * scale });
}

export const family = {
  name: 'backlog',
  fresh: true,
  sides: { million: waiting(1_000_000), tenThousand: waiting(10_000) },
  figures: [
    {
      name: 'backlog-flat',
      title: 'get + done with 1,000,000 waiting',
      ours: 'million',
      peer: 'tenThousand',
      peerName: 'the same with 10,000 waiting',
      atLeast: 0.9,
    },
  ],
};
