import { existsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { CrossDevice, MOVER, type Way, WAYS } from '../support/cross-device.ts';
import { compileShim, type ShimCall, whyNoShim } from '../support/fault-shim.ts';
import { DEEP } from '../support/sample.ts';
import { TalkingProcess } from '../support/talking-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const MEGABYTES = DEEP ? 700 : 8;

const why = whyNoShim() ?? (hasTwoDisks() ? undefined : 'there is no second disk at /dev/shm');
if (why !== undefined) console.warn(`The tests of moves between disks are skipped, ${WAYS.length} of them: ${why}.`);

function hasTwoDisks(): boolean {
  return existsSync('/dev/shm') && statSync('/dev/shm').dev !== statSync(tmpdir()).dev;
}

/** Where it lies once it has moved. */
const GOAL: Readonly<Record<Way, 'queue' | 'elsewhere'>> = { put: 'queue', done: 'elsewhere', fail: 'elsewhere', retry: 'queue' };

/** What has to do with the file: how a folder is opened has nothing to do with two disks. */
function isOfTheMove({ path }: ShimCall): boolean {
  return /big\.tsv|\/stages\/(copy|stage\.|retr)|^\/dev\/shm/.test(path);
}

describe.skipIf(why !== undefined)(`a file of ${MEGABYTES} MB that moves to another disk`, () => {
  it.each(WAYS)(
    'F-03 by `%s` is never seen in part, whenever the mover is killed, and the next one finishes it',
    async (way) => {
      const shim = compileShim(tempFolder());
      const rescuer = new TalkingProcess(MOVER);
      let kills = 0;
      for (const where of ['queue', 'elsewhere'] as const) {
        const first = new CrossDevice(way, MEGABYTES << 20);
        const { calls } = await first.moveWithShim(shim, where);
        expect(first.finals()).toEqual([{ place: GOAL[way], name: expect.stringMatching(/^big\.tsv/), state: 'whole' }]);
        first.remove();
        for (const call of calls.filter(isOfTheMove)) {
          const scene = new CrossDevice(way, MEGABYTES << 20);
          const { isKilled } = await scene.moveWithShim(shim, where, { mode: 'kill', at: call.number });
          const context = `killed before ${call.name} ${call.path}`;
          if (isKilled) kills += 1;
          const seen = scene.finals();
          for (const { name, state } of seen) expect(state, `${name}, ${context}`).toBe('whole');
          expect((await rescuer.ask(scene.job))['error'], context).toBeNull();
          expect(scene.finals(), context).toEqual([{ place: GOAL[way], name: expect.stringMatching(/^big\.tsv/), state: 'whole' }]);
          // A producer without a name shows no sign of life: nobody can tell whether what it staged is needed.
          if (way !== 'put') expect(scene.litter(), context).toEqual([]);
          scene.remove();
        }
      }
      console.log(`moved by ${way}: ${kills} kills`);
      expect(kills).toBeGreaterThan(MEGABYTES);
    },
    3_600_000,
  );
});
