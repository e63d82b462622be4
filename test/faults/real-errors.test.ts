import { describe, expect, it } from 'vitest';
import { FAULT_SCENES } from '../support/fault-scenes.ts';
import { type ShimFault, whyNoShim } from '../support/fault-shim.ts';
import { randomNumbers, shuffled } from '../support/random.ts';
import { copyOf, describeFault, inLanes, makeTools, setScenes, type SetScene } from '../support/real-faults.ts';
import { DEEP } from '../support/sample.ts';
import { tempFolder } from '../support/temp-folder.ts';

const ERRNOS = ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EMFILE', 'EBUSY', 'EEXIST', 'ENOENT', 'ESTALE', 'EINTR'];
const ERRORS_PER_SCENE = DEEP ? 400 : 20;
const LONG = 4 * 3_600_000;

const why = whyNoShim();
if (why !== undefined) console.warn(`The test that lets real calls of real processes fail is skipped, 1 of them: ${why}.`);

describe.skipIf(why !== undefined)('a real process whose disk refuses a call, or does it and says that it did not', () => {
  it(
    'T3 goes on or ends with an error of ours, and what was promised is there',
    async () => {
      const folder = tempFolder();
      const tools = await makeTools(folder);
      const set = await setScenes(tools, folder, FAULT_SCENES);
      const random = randomNumbers(3);
      const jobs = set.flatMap((scene) =>
        shuffled(faultsOf(scene), random)
          .slice(0, ERRORS_PER_SCENE)
          .map((fault) => ({ scene, fault })),
      );
      const wrong: string[] = [];
      const endings = new Map<string, number>();
      let struck = 0;
      await inLanes(jobs, async ({ scene, fault }, rescuer) => {
        const stage = copyOf(scene);
        const played = await stage.playWithShim(tools.shim, scene.scene.scene, 'victim', fault);
        const { outcome, code, said } = played;
        const name = describeFault(scene.scene, fault, played);
        // Only signs of life come at times of their own: a scene may be over before that many calls.
        if (played.calls.length >= fault.at) struck += 1;
        if (outcome !== 'ended') wrong.push(`${name}: ${outcome} ${said}`);
        endings.set(code ?? outcome, (endings.get(code ?? outcome) ?? 0) + 1);
        const may = { mayBeRenamed: fault.errno === 'EEXIST', mayLeaveEmpty: fault.errno === 'EEXIST' || fault.errno === 'ENOENT' };
        wrong.push(...(await stage.judge(rescuer, may)).map((violation) => `${name}: ${violation}`));
        stage.remove();
      });
      console.log(`T3: ${struck} errors, ${jobs.length - struck} missed, ${JSON.stringify(Object.fromEntries(endings))}`);
      expect(wrong).toEqual([]);
      expect(struck).toBeGreaterThanOrEqual(500);
    },
    LONG,
  );
});

function faultsOf({ calls }: SetScene): ShimFault[] {
  return calls.flatMap(({ name, number: at }) => [
    ...ERRNOS.flatMap((errno) => (['error', 'after'] as const).map((mode) => ({ mode, at, errno }))).filter(
      // No kernel says EINTR of a write that took anything: Node makes it again.
      ({ mode, errno }) => !(mode === 'after' && errno === 'EINTR' && name.includes('write')),
    ),
    ...(name.includes('write') ? [{ mode: 'short', at } as const] : []),
  ]);
}
